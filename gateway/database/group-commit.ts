interface Waiting<T> {
  readonly item: T;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Collects what is to be written while the last group is on its way into the next one, so that many share one `fsync`. */
export class GroupCommit<T> {
  readonly #writeAll: (items: readonly T[]) => Promise<void>;
  #waiting: Waiting<T>[] = [];
  #running: Promise<void> | undefined;
  #commits = 0;

  /** `writeAll` writes a group in one SQL transaction, or nothing of it. */
  constructor(writeAll: (items: readonly T[]) => Promise<void>) {
    this.#writeAll = writeAll;
  }

  /** Number of SQL transactions so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Resolves when the item is on disk. @throws StorageError; then nothing of the group is known to be written. */
  write(item: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits to be written. */
  async flush(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeAll(group.map(({ item }) => item));
        this.#commits++;
        group.forEach(({ resolve }) => resolve());
      } catch (error) {
        group.forEach(({ reject }) => reject(error));
      }
    }
    this.#running = undefined;
  }
}
