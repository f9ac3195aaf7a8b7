import type { Database as NativeDatabase, Statement as NativeStatement } from 'better-sqlite3';
import { toStorageError, type Database, type Durability, type SqlRow, type SqlValue, type Statement } from './database';

/** Pages of 4 KiB in the write-ahead log before they move into the database: fewer, larger moves than by default. */
const CHECKPOINT_PAGES = 4_000;

type NativeConstructor = new (path: string) => NativeDatabase;

/** Adapter of `better-sqlite3`: write-ahead log, one `fsync` per commit when durability is `full`. */
export class BetterDatabase implements Database {
  readonly driver = 'better';
  readonly path: string;
  readonly #native: NativeDatabase;

  constructor(Native: NativeConstructor, path: string, durability: Durability) {
    this.path = path;
    this.#native = guarded(() => new Native(path));
    this.exec('PRAGMA journal_mode=WAL');
    this.exec(`PRAGMA synchronous=${durability === 'full' ? 'FULL' : 'NORMAL'}`);
    this.exec('PRAGMA busy_timeout=5000');
    this.exec(`PRAGMA wal_autocheckpoint=${CHECKPOINT_PAGES}`);
  }

  exec(sql: string): void {
    guarded(() => this.#native.exec(sql));
  }

  prepare(sql: string): Statement {
    return new BetterStatement(guarded(() => this.#native.prepare(sql)));
  }

  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite may have rolled back already (a full disk does); a second ROLLBACK would hide the cause.
      if (this.#native.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (this.#native.open) guarded(() => this.#native.close());
  }
}

class BetterStatement implements Statement {
  readonly #native: NativeStatement;

  constructor(native: NativeStatement) {
    this.#native = native;
  }

  run(...values: SqlValue[]): { changes: number } {
    return guarded(() => ({ changes: this.#native.run(...values).changes }));
  }

  get(...values: SqlValue[]): SqlRow | undefined {
    return guarded(() => this.#native.get(...values) as SqlRow | undefined);
  }

  all(...values: SqlValue[]): SqlRow[] {
    return guarded(() => this.#native.all(...values) as SqlRow[]);
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageError(error);
  }
}
