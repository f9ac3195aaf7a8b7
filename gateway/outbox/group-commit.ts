import type { Database } from '../../network/storage/database';

interface Waiting {
  readonly work: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Collects the writes of one turn of the event loop into one SQL transaction, so that they share one `fsync`. */
export class GroupCommit {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #commits = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Number of SQL transactions so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Resolves when `work` is on disk. @throws StorageError; then nothing of the group was written. */
  write(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setImmediate(() => this.flush());
      this.#waiting.push({ work, resolve, reject });
    });
  }

  /** Writes what waits now; called by itself at the end of the turn. */
  flush(): void {
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    try {
      this.#database.transaction(() => group.forEach(({ work }) => work()));
      this.#commits++;
      group.forEach(({ resolve }) => resolve());
    } catch (error) {
      group.forEach(({ reject }) => reject(error));
    }
  }
}
