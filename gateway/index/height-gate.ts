import { ledgerError } from '../ports/ledger-port';

interface Waiter {
  readonly block: bigint;
  readonly open: () => void;
}

/** Lets callers wait until a block is in the index. */
export class HeightGate {
  #height: bigint;
  readonly #waiters = new Set<Waiter>();

  constructor(height: bigint) {
    this.#height = height;
  }

  /** Number of the next block. */
  get height(): bigint {
    return this.#height;
  }

  reach(height: bigint): void {
    this.#height = height;
    for (const waiter of this.#waiters) if (waiter.block < height) waiter.open();
  }

  /** Resolves once block `block` is below the height. @throws LedgerError unavailable (INDEX_BEHIND) after the time. */
  wait(block: bigint, timeoutMs = 30_000): Promise<void> {
    if (block < this.#height) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        settle();
      };
      const waiter: Waiter = { block, open: end(resolve) };
      const timer = setTimeout(
        end(() => reject(ledgerError('unavailable', 'INDEX_BEHIND', { block: String(block) }))),
        timeoutMs,
      );
      this.#waiters.add(waiter);
    });
  }
}
