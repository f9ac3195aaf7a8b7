import { randomBytes } from 'node:crypto';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import { openPostgresStore } from '../../../gateway/database/postgres-store';
import type { Store, StoreDialect } from '../../../gateway/database/store';
import { temporaryDatabase } from '../gateway/temporary-database';
import { postgresMissing, PrivatePostgres } from './private-postgres';

let shared: Promise<PrivatePostgres> | undefined;

/** The server that the suites of one test process share; ends with the process. */
export function sharedPostgres(): Promise<PrivatePostgres> {
  return (shared ??= PrivatePostgres.start());
}

/** A schema nobody used before. */
export async function newPostgresStore(): Promise<Store> {
  return openPostgresStore((await sharedPostgres()).url, `Test${randomBytes(6).toString('hex')}MSP`);
}

/** Skips a suite, and says why, where there is no PostgreSQL. Call in `before`. */
export function needPostgres(context: Mocha.Context): void {
  const missing = postgresMissing();
  if (missing === undefined) return;
  process.stderr.write(`skipped: ${context.test?.parent?.fullTitle() ?? ''}: ${missing}\n`);
  context.skip();
}

/** One suite on every database a gateway can stand on; stores are closed after each test. */
export function eachDatabase(title: string, suite: (open: () => Promise<Store>, dialect: StoreDialect) => void): void {
  for (const [name, dialect] of [
    ['SQLite', 'sqlite'],
    ['PostgreSQL', 'postgres'],
  ] as const) {
    describe(`${title}, on ${name}`, () => {
      const opened: Store[] = [];
      before(async function () {
        this.timeout(60_000);
        if (dialect === 'postgres') needPostgres(this);
        if (dialect === 'postgres') await sharedPostgres();
      });
      afterEach(async () => {
        for (const store of opened.splice(0)) await store.close();
      });
      suite(async () => {
        const store = dialect === 'sqlite' ? sqliteStore(temporaryDatabase()) : await newPostgresStore();
        opened.push(store);
        return store;
      }, dialect);
    });
  }
}
