import type { Database, Statement } from '../../storage/database';

/** A private write set that was endorsed and waits for its transaction to be ordered. */
export interface TransientWrite {
  readonly namespace: string;
  readonly collection: string;
  readonly bytes: Uint8Array;
}

/** Blocks after which data of a transaction that was never ordered is dropped, as a peer's default. */
const RETENTION_BLOCKS = 1_000;

/**
 * One member's private data between endorsement and commit.
 *
 * It is on disk, because the client may order the transaction after a restart; the commit is not pressed to the disk,
 * so it survives a killed process but perhaps not a power loss, after which the client endorses again.
 *
 * @see fabric core/transientstore/store.go
 */
export class TransientStore {
  readonly #database: Database;
  readonly #insert: Statement;
  readonly #select: Statement;
  readonly #deleteTx: Statement;
  readonly #deleteOld: Statement;
  /** Transactions that have data here, so that the many that have none cost nothing; oldest first. */
  readonly #heights = new Map<string, number>();

  constructor(database: Database) {
    this.#database = database;
    database.exec(`PRAGMA secure_delete=ON; CREATE TABLE IF NOT EXISTS transient (tx_id TEXT NOT NULL,
      namespace TEXT NOT NULL, collection TEXT NOT NULL, height INTEGER NOT NULL, bytes BLOB NOT NULL);
      CREATE INDEX IF NOT EXISTS transient_tx ON transient (tx_id);
      CREATE INDEX IF NOT EXISTS transient_height ON transient (height);`);
    this.#insert = database.prepare('INSERT INTO transient VALUES (?, ?, ?, ?, ?)');
    this.#select = database.prepare('SELECT namespace, collection, bytes FROM transient WHERE tx_id = ?');
    this.#deleteTx = database.prepare('DELETE FROM transient WHERE tx_id = ?');
    this.#deleteOld = database.prepare('DELETE FROM transient WHERE height < ?');
    const rows = database.prepare('SELECT tx_id, MIN(height) AS height FROM transient GROUP BY tx_id ORDER BY 2').all();
    for (const row of rows) this.#heights.set(String(row['tx_id']), Number(row['height']));
  }

  put(txId: string, height: number, writes: readonly TransientWrite[]): void {
    if (writes.length === 0) return;
    this.#database.transaction(() => {
      for (const { namespace, collection, bytes } of writes) {
        const known = this.get(txId).some(
          (row) =>
            row.namespace === namespace && row.collection === collection && Buffer.compare(row.bytes, bytes) === 0,
        );
        if (!known) this.#insert.run(txId, namespace, collection, height, bytes);
      }
    });
    if (!this.#heights.has(txId)) this.#heights.set(txId, height);
  }

  /** Everything endorsed for a transaction; endorsers may disagree, the hash on the ledger decides. */
  get(txId: string): TransientWrite[] {
    if (!this.#heights.has(txId)) return [];
    return this.#select.all(txId).map((row) => ({
      namespace: String(row['namespace']),
      collection: String(row['collection']),
      bytes: row['bytes'] as Uint8Array,
    }));
  }

  /** Forgets the transactions of a committed block, and those that waited too long. */
  purge(txIds: readonly string[], height: number): void {
    const done = txIds.filter((txId) => this.#heights.has(txId));
    const [oldest] = this.#heights.values();
    const limit = height - RETENTION_BLOCKS;
    if (done.length === 0 && (oldest === undefined || oldest >= limit)) return;
    this.#database.transaction(() => {
      this.#deleteOld.run(limit);
      for (const txId of done) this.#deleteTx.run(txId);
    });
    for (const txId of done) this.#heights.delete(txId);
    for (const [txId, since] of this.#heights) {
      if (since >= limit) break;
      this.#heights.delete(txId);
    }
  }

  close(): void {
    this.#database.close();
  }
}
