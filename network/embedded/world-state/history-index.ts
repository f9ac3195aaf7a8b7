import type { Database, Statement } from '../../storage/database';
import { bytesOfStateKey, type StateKey } from './state-key';
import type { Version } from './state';

export interface KeyChange {
  readonly namespace: string;
  readonly key: StateKey;
  readonly txNumber: number;
}

/** Which transactions wrote a key; the values are in their blocks. */
export class HistoryIndex {
  readonly #insert: Statement;
  readonly #older: Statement;

  constructor(database: Database) {
    database.exec(`CREATE TABLE IF NOT EXISTS history (namespace TEXT NOT NULL, key BLOB NOT NULL,
      block INTEGER NOT NULL, tx INTEGER NOT NULL, PRIMARY KEY (namespace, key, block, tx)) WITHOUT ROWID`);
    this.#insert = database.prepare('INSERT OR IGNORE INTO history VALUES (?, ?, ?, ?)');
    this.#older = database.prepare(`SELECT block, tx FROM history WHERE namespace = ? AND key = ?
      AND (block, tx) < (?, ?) ORDER BY block DESC, tx DESC LIMIT 1`);
  }

  /** Notes a block's changes; the caller runs it inside its transaction. */
  add(blockNumber: number, changes: readonly KeyChange[]): void {
    for (const { namespace, key, txNumber } of changes) {
      this.#insert.run(namespace, bytesOfStateKey(key), blockNumber, txNumber);
    }
  }

  /** The newest change before a position, or undefined; newest first, as Fabric lists them. */
  before(namespace: string, key: StateKey, position: Version): Version | undefined {
    const row = this.#older.get(namespace, bytesOfStateKey(key), position.blockNumber, position.txNumber);
    return row && { blockNumber: Number(row['block']), txNumber: Number(row['tx']) };
  }
}
