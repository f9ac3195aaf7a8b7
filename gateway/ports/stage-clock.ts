/** What a write goes through, in this order; what is left of a request's time is reading, checking and answering. */
export const STAGES = ['authenticate', 'key', 'prepare', 'endorse', 'store', 'order', 'commit', 'index'] as const;
export type Stage = (typeof STAGES)[number];

/** Measures stages for whoever wants to know; without an observer it only passes the work through. */
export class StageClock {
  #observe: (stage: Stage, seconds: number) => void = () => undefined;

  observedBy(observe: (stage: Stage, seconds: number) => void): void {
    this.#observe = observe;
  }

  /** Runs the work and tells how long it took, however it ended. */
  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const from = performance.now();
    try {
      return await work();
    } finally {
      this.#observe(stage, (performance.now() - from) / 1_000);
    }
  }
}
