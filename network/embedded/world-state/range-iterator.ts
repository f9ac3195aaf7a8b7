import type { KeyRange, StateEntry, StateReader } from './state';

const PAGE = 100;

/** Walks a range of a snapshot in pages, so that a long range never sits in memory whole. */
export class RangeIterator {
  readonly #reader: StateReader;
  readonly #limit: number;
  #range: KeyRange;
  #page: StateEntry[] = [];
  #next = 0;
  #returned = 0;
  #exhausted = false;

  /** `limit` 0 means no limit; with a limit one more entry can be looked at for the bookmark. */
  constructor(reader: StateReader, range: KeyRange, limit = 0) {
    this.#reader = reader;
    this.#range = range;
    this.#limit = limit;
  }

  next(): StateEntry | undefined {
    if (this.#limit > 0 && this.#returned >= this.#limit) return undefined;
    const entry = this.#peek();
    if (entry) {
      this.#next++;
      this.#returned++;
    }
    return entry;
  }

  /** The key after the last one returned, or "" at the end. */
  bookmark(): string {
    return this.#peek()?.key ?? '';
  }

  #peek(): StateEntry | undefined {
    if (this.#next >= this.#page.length && !this.#exhausted) this.#load();
    return this.#page[this.#next];
  }

  #load(): void {
    const wanted = this.#limit > 0 ? Math.min(PAGE, this.#limit - this.#returned + 1) : PAGE;
    this.#page = this.#reader.range(this.#range, wanted);
    this.#next = 0;
    this.#exhausted = this.#page.length < wanted;
    const last = this.#page.at(-1);
    if (last) this.#range = { ...this.#range, start: `${last.key}\u0000` };
  }
}
