import { existsSync, rmSync } from 'node:fs';
import type { Database as WasmNative, Statement as WasmNativeStatement } from 'node-sqlite3-wasm';
import { toStorageError, type Database, type Durability, type SqlRow, type SqlValue, type Statement } from './database';

type NativeConstructor = new (path: string) => WasmNative;

/**
 * Adapter of `node-sqlite3-wasm`, which has neither a write-ahead log nor file locks: it marks a locked file by a
 * folder beside it, and a killed process leaves that folder behind.
 *
 * The caller must hold the lock of the data folder (`lockFolder`) first; a mark found here is then a dead one's.
 */
export class WasmDatabase implements Database {
  readonly driver = 'wasm';
  readonly path: string;
  readonly #native: WasmNative;
  readonly #statements = new Set<WasmNativeStatement>();

  constructor(Native: NativeConstructor, path: string, durability: Durability) {
    this.path = path;
    if (existsSync(`${path}.lock`)) rmSync(`${path}.lock`, { recursive: true, force: true });
    this.#native = guarded(() => new Native(path));
    this.exec('PRAGMA locking_mode=EXCLUSIVE');
    this.exec('PRAGMA journal_mode=TRUNCATE');
    this.exec(`PRAGMA synchronous=${durability === 'full' ? 'FULL' : 'OFF'}`);
  }

  exec(sql: string): void {
    guarded(() => this.#native.exec(sql));
  }

  prepare(sql: string): Statement {
    const native = guarded(() => this.#native.prepare(sql));
    this.#statements.add(native);
    return new WasmStatement(native);
  }

  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#native.inTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (!this.#native.isOpen) return;
    for (const statement of this.#statements) release(statement);
    guarded(() => this.#native.close());
  }
}

/** Finalising tells a statement's last failure a second time; whoever ran it has been told. @see sqlite3_finalize */
function release(statement: WasmNativeStatement): void {
  try {
    if (!statement.isFinalized) statement.finalize();
  } catch {
    // The statement is gone all the same.
  }
}

class WasmStatement implements Statement {
  readonly #native: WasmNativeStatement;

  constructor(native: WasmNativeStatement) {
    this.#native = native;
  }

  run(...values: SqlValue[]): { changes: number } {
    return guarded(() => ({ changes: this.#native.run(values).changes }));
  }

  get(...values: SqlValue[]): SqlRow | undefined {
    return guarded(() => (this.#native.get(values) ?? undefined) as SqlRow | undefined);
  }

  all(...values: SqlValue[]): SqlRow[] {
    return guarded(() => this.#native.all(values) as SqlRow[]);
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStorageError(error);
  }
}
