import { status } from '@grpc/grpc-js';
import { RpcError } from './rpc-error';

export interface TransactionStatus {
  readonly blockNumber: number;
  /** peer.TxValidationCode. */
  readonly code: number;
}

type Waiter = (found: TransactionStatus) => void;

/** Tells the fate of transactions, waiting for those that are not committed yet. */
export class TransactionStatuses {
  readonly #locate: (txId: string) => TransactionStatus | undefined;
  readonly #waiting = new Map<string, Set<Waiter>>();

  constructor(locate: (txId: string) => TransactionStatus | undefined) {
    this.#locate = locate;
  }

  /** @throws RpcError CANCELLED when the caller goes away first. */
  wait(txId: string, cancelled: AbortSignal): Promise<TransactionStatus> {
    const found = this.#locate(txId);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const waiters = this.#waiting.get(txId) ?? new Set();
      this.#waiting.set(txId, waiters);
      const waiter: Waiter = (committed) => {
        cancelled.removeEventListener('abort', abandon);
        resolve(committed);
      };
      const abandon = (): void => {
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiting.delete(txId);
        reject(new RpcError(status.CANCELLED, 'context canceled'));
      };
      waiters.add(waiter);
      cancelled.addEventListener('abort', abandon, { once: true });
    });
  }

  /** To be called for each transaction of a committed block. */
  committed(txId: string, found: TransactionStatus): void {
    const waiters = this.#waiting.get(txId);
    if (!waiters) return;
    this.#waiting.delete(txId);
    for (const waiter of waiters) waiter(found);
  }
}
