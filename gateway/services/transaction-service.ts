import type { OutboxEntry, OutboxReader } from '../ports/outbox-port';
import type { IndexedTransaction, RecordIndex } from '../ports/record-index';
import type { Transactions, TransactionView } from './transactions';

const CONFLICTS = new Set(['MVCC_READ_CONFLICT', 'PHANTOM_READ_CONFLICT']);

/** Tells a transaction's outcome from the ledger if the index saw it, else from the outbox. */
export class TransactionService implements Transactions {
  readonly #outbox: OutboxReader;
  readonly #index: RecordIndex;

  constructor(outbox: OutboxReader, index: RecordIndex) {
    this.#outbox = outbox;
    this.#index = index;
  }

  async transaction(transactionId: string): Promise<TransactionView | undefined> {
    const indexed = await this.#index.transaction(transactionId);
    if (indexed !== undefined) return fromIndex(indexed);
    const entry = await this.#outbox.entry(transactionId);
    return entry && fromOutbox(entry);
  }

  async byReference(reference: string): Promise<readonly TransactionView[]> {
    const views: TransactionView[] = [];
    for (const entry of await this.#outbox.byReference(reference)) {
      views.push((await this.transaction(entry.transactionId)) ?? fromOutbox(entry));
    }
    return views;
  }
}

function fromIndex({ transactionId, code, blockNumber }: IndexedTransaction): TransactionView {
  const outcome = code === 'VALID' ? 'committed' : CONFLICTS.has(code) ? 'conflict' : 'rejected';
  return { transactionId, outcome, code, blockNumber: String(blockNumber) };
}

function fromOutbox({ transactionId, status, code, blockNumber }: OutboxEntry): TransactionView {
  const outcome = status === 'pending' ? 'unknown' : status;
  return { transactionId, outcome, code, blockNumber: blockNumber === null ? null : String(blockNumber) };
}
