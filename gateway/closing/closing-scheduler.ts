export interface SchedulerOptions {
  /** Pause between two looks, milliseconds. */
  readonly intervalMs: number;
  /** Told when a job failed as a whole; the others and the next look come all the same. */
  readonly onError: (error: unknown) => void;
}

/**
 * Does its jobs again and again, so that a date is closed soon after its cut-off whether anybody is there or not.
 *
 * Both members' gateways, and several processes of each, may run it at once: whoever comes second finds the step done.
 */
export class ClosingScheduler {
  readonly #jobs: readonly (() => Promise<void>)[];
  readonly #options: SchedulerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(jobs: readonly (() => Promise<void>)[], options: SchedulerOptions) {
    this.#jobs = jobs;
    this.#options = options;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.look().finally(() => this.start());
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  /** Every job once, one after the other. Never rejects. */
  async look(): Promise<void> {
    for (const job of this.#jobs) {
      if (this.#isStopped) return;
      try {
        await job();
      } catch (error) {
        this.#options.onError(error);
      }
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
