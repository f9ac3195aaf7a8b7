import type { Database, SqlRow, Statement } from '../../network/storage/database';
import type { OutboxEntry, OutboxStatus } from '../ports/outbox-port';
import { migrate } from '../index/migrations';

const STEPS = [
  `
  CREATE TABLE outbox (
    transaction_id TEXT PRIMARY KEY,
    reference TEXT,
    envelope BLOB,
    result BLOB NOT NULL,
    status TEXT NOT NULL,
    code TEXT,
    block_number INTEGER,
    attempts INTEGER NOT NULL,
    stored_at TEXT NOT NULL
  );
  CREATE INDEX outbox_reference ON outbox (reference) WHERE reference IS NOT NULL;
  CREATE INDEX outbox_pending ON outbox (stored_at) WHERE status = 'pending';
`,
];

/** A signed envelope as it is stored before anybody sees it. */
export interface NewEntry {
  readonly transactionId: string;
  readonly envelope: Uint8Array;
  readonly result: Uint8Array;
  readonly reference?: string;
}

export interface FinalMark {
  readonly transactionId: string;
  readonly status: Exclude<OutboxStatus, 'pending'>;
  readonly code: string;
  readonly blockNumber: bigint | null;
}

/** Rows of the outbox; the callers bring the transaction, so that many rows share one `fsync`. */
export class OutboxTable {
  readonly #insert: Statement;
  readonly #finish: Statement;
  readonly #pending: Statement;
  readonly #one: Statement;
  readonly #byReference: Statement;
  readonly #count: Statement;
  readonly #again: Statement;
  readonly #prune: Statement;

  constructor(database: Database) {
    migrate(database, 'outbox', STEPS);
    this.#insert = database.prepare(`INSERT INTO outbox
      (transaction_id, reference, envelope, result, status, attempts, stored_at) VALUES (?, ?, ?, ?, 'pending', 1, ?)`);
    this.#finish = database.prepare(`UPDATE outbox SET status = ?, code = ?, block_number = ?, envelope = NULL
      WHERE transaction_id = ?`);
    this.#pending = database.prepare(
      "SELECT transaction_id, envelope FROM outbox WHERE status = 'pending' ORDER BY stored_at, transaction_id",
    );
    const columns = 'transaction_id, reference, result, status, code, block_number, attempts, stored_at';
    this.#one = database.prepare(`SELECT ${columns} FROM outbox WHERE transaction_id = ?`);
    this.#byReference = database.prepare(`SELECT ${columns} FROM outbox WHERE reference = ? ORDER BY stored_at, rowid`);
    this.#count = database.prepare("SELECT COUNT(*) AS n FROM outbox WHERE status = 'pending'");
    this.#again = database.prepare('UPDATE outbox SET attempts = attempts + 1 WHERE transaction_id = ?');
    this.#prune = database.prepare("DELETE FROM outbox WHERE status <> 'pending' AND stored_at < ?");
  }

  insert(entry: NewEntry, storedAt: string): void {
    this.#insert.run(entry.transactionId, entry.reference ?? null, entry.envelope, entry.result, storedAt);
  }

  finish(mark: FinalMark): void {
    const block = mark.blockNumber === null ? null : Number(mark.blockNumber);
    this.#finish.run(mark.status, mark.code, block, mark.transactionId);
  }

  /** Counts one more broadcast of the same envelope. */
  again(transactionId: string): void {
    this.#again.run(transactionId);
  }

  /** Everything not final, in the order it was stored. */
  pending(): { readonly transactionId: string; readonly envelope: Uint8Array }[] {
    return this.#pending
      .all()
      .map((row) => ({ transactionId: row['transaction_id'] as string, envelope: row['envelope'] as Uint8Array }));
  }

  entry(transactionId: string): OutboxEntry | undefined {
    const row = this.#one.get(transactionId);
    return row && toEntry(row);
  }

  byReference(reference: string): OutboxEntry[] {
    return this.#byReference.all(reference).map(toEntry);
  }

  pendingCount(): number {
    return Number(this.#count.get()?.['n'] ?? 0);
  }

  /** Forgets final entries stored before a moment (ISO 8601 UTC). */
  prune(before: string): void {
    this.#prune.run(before);
  }
}

function toEntry(row: SqlRow): OutboxEntry {
  return {
    transactionId: row['transaction_id'] as string,
    status: row['status'] as OutboxStatus,
    code: row['code'] as string | null,
    blockNumber: row['block_number'] === null ? null : BigInt(row['block_number'] as number),
    attempts: Number(row['attempts']),
    reference: row['reference'] as string | null,
    storedAt: row['stored_at'] as string,
    result: row['result'] as Uint8Array,
  };
}
