/** Work under one name is done one after the other: what would only conflict waits instead of being tried again. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` once everything begun earlier under this name has ended, well or not. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const ended = turn
      .catch(() => undefined)
      .finally(() => {
        if (this.#last.get(name) === ended) this.#last.delete(name);
      });
    this.#last.set(name, ended);
    return turn;
  }

  /** Names under which something is going on. */
  get size(): number {
    return this.#last.size;
  }
}
