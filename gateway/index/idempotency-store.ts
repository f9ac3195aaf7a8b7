import { randomUUID } from 'node:crypto';
import type { Database, Statement } from '../../network/storage/database';
import type { IdempotencyStart, IdempotencyStore, StoredResponse } from '../ports/local-stores';
import { migrate } from './migrations';

const STEPS = [
  `
  CREATE TABLE idempotency_keys (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    request_sha256 TEXT NOT NULL,
    process TEXT NOT NULL,
    response TEXT,
    started_at TEXT NOT NULL,
    PRIMARY KEY (scope, key)
  ) WITHOUT ROWID;
`,
];
const KEEP_MS = 30 * 86_400_000;

/** Keys of writes with their first answers, kept 30 days; a key begun by a process that ended is told apart. */
export class SqliteIdempotencyStore implements IdempotencyStore {
  /** Names this run of the gateway: an unanswered key of another run is not being worked on by anybody. */
  readonly #process = randomUUID();
  readonly #insert: Statement;
  readonly #one: Statement;
  readonly #take: Statement;
  readonly #finish: Statement;
  readonly #abandon: Statement;

  constructor(database: Database) {
    migrate(database, 'idempotency', STEPS);
    const before = new Date(Date.now() - KEEP_MS).toISOString();
    database.prepare('DELETE FROM idempotency_keys WHERE started_at < ?').run(before);
    this.#insert = database.prepare(`INSERT OR IGNORE INTO idempotency_keys
      (scope, key, request_sha256, process, started_at) VALUES (?, ?, ?, ?, ?)`);
    this.#one = database.prepare(
      'SELECT request_sha256, process, response FROM idempotency_keys WHERE scope = ? AND key = ?',
    );
    this.#take = database.prepare('UPDATE idempotency_keys SET process = ? WHERE scope = ? AND key = ?');
    this.#finish = database.prepare('UPDATE idempotency_keys SET response = ? WHERE scope = ? AND key = ?');
    this.#abandon = database.prepare('DELETE FROM idempotency_keys WHERE scope = ? AND key = ? AND response IS NULL');
  }

  start(scope: string, key: string, requestSha256: string): IdempotencyStart {
    const { changes } = this.#insert.run(scope, key, requestSha256, this.#process, new Date().toISOString());
    if (changes === 1) return { kind: 'started' };
    const row = this.#one.get(scope, key);
    if (row?.['request_sha256'] !== requestSha256) return { kind: 'differs' };
    if (row['response'] !== null)
      return { kind: 'replay', response: JSON.parse(row['response'] as string) as StoredResponse };
    if (row['process'] === this.#process) return { kind: 'inFlight' };
    // This run takes the key over, so that two repeats at once are not both told to look.
    this.#take.run(this.#process, scope, key);
    return { kind: 'interrupted' };
  }

  finish(scope: string, key: string, response: StoredResponse): void {
    this.#finish.run(JSON.stringify(response), scope, key);
  }

  abandon(scope: string, key: string): void {
    this.#abandon.run(scope, key);
  }
}
