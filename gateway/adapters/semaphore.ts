/**
 * Lets at most `limit` calls run at once; the rest wait in order.
 *
 * A peer's Gateway service refuses what exceeds its own limit (500 by default) with an error that looks like a fault.
 * @see fabric sampleconfig/core.yaml peer.limits.concurrency.gatewayService
 */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
