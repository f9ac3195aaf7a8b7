import { ledgerError } from '../ports/ledger-port';

interface Waiter {
  readonly block: bigint;
  readonly open: () => void;
}

const POLL_MS = 250;

/**
 * Lets callers wait until a block is in the index.
 *
 * In the usual case the process's own block stream says so. Where several processes share the tables, `look` asks them
 * too while somebody waits: another process may have applied a block while the own stream is broken. It is asked again
 * and again rather than told, because what is told is lost with the connection it would be told on.
 */
export class HeightGate {
  #height: bigint;
  readonly #look: (() => Promise<bigint>) | undefined;
  readonly #waiters = new Set<Waiter>();
  #poll: NodeJS.Timeout | undefined;

  constructor(height: bigint, look?: () => Promise<bigint>) {
    this.#height = height;
    this.#look = look;
  }

  /** Number of the next block. */
  get height(): bigint {
    return this.#height;
  }

  reach(height: bigint): void {
    if (height <= this.#height) return;
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
      this.#pollWhileWaiting();
    });
  }

  #pollWhileWaiting(): void {
    const look = this.#look;
    if (look === undefined || this.#poll !== undefined || this.#waiters.size === 0) return;
    this.#poll = setTimeout(() => {
      look()
        .then(
          (height) => this.reach(height),
          () => undefined,
        ) // a database that is away shows at /readyz
        .finally(() => {
          this.#poll = undefined;
          this.#pollWhileWaiting();
        });
    }, POLL_MS);
  }
}
