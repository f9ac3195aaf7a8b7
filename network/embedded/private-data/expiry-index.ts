import type { Database, Statement } from '../../storage/database';
import { bytesOfStateKey, stateKeyOfBytes, type StateKey } from '../world-state/state-key';

/** A hashed key that vanishes when block `expiresAt` is committed, unless it was written again. */
export interface ExpiringKey {
  readonly namespace: string;
  readonly key: StateKey;
  readonly expiresAt: number;
}

/** When hashed keys of collections with a `blockToLive` vanish. @see fabric txmgmt/pvtstatepurgemgmt/purge_mgr.go */
export class ExpiryIndex {
  readonly #insert: Statement;
  readonly #due: Statement;
  readonly #clear: Statement;

  constructor(database: Database) {
    database.exec(`CREATE TABLE IF NOT EXISTS expiry (expires_at INTEGER NOT NULL, committed INTEGER NOT NULL,
      namespace TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (expires_at, committed, namespace, key)) WITHOUT ROWID`);
    this.#insert = database.prepare('INSERT OR IGNORE INTO expiry VALUES (?, ?, ?, ?)');
    this.#due = database.prepare('SELECT committed, namespace, key FROM expiry WHERE expires_at <= ?');
    this.#clear = database.prepare('DELETE FROM expiry WHERE expires_at <= ?');
  }

  due(blockNumber: number): { committed: number; namespace: string; key: StateKey }[] {
    return this.#due.all(blockNumber).map((row) => ({
      committed: Number(row['committed']),
      namespace: String(row['namespace']),
      key: stateKeyOfBytes(row['key'] as Uint8Array),
    }));
  }

  /** Notes a block's new entries and forgets those due; the caller runs it inside its transaction. */
  advance(blockNumber: number, keys: readonly ExpiringKey[]): void {
    this.#clear.run(blockNumber);
    for (const { namespace, key, expiresAt } of keys) {
      this.#insert.run(expiresAt, blockNumber, namespace, bytesOfStateKey(key));
    }
  }
}
