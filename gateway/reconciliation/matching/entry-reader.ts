import type { BookEntry } from '../book-entry';
import type { Columns } from './columns';
import { BLOCK, decodeEntry, type WorkTable } from './work-tables';

/** Rows kept: near ones are asked for together. */
const ROWS_KEPT = 64;

/** One side's entries in full, from its work table. */
export class EntryReader {
  readonly #table: WorkTable;
  readonly #columns: Columns;
  readonly #rows = new Map<number, readonly string[]>();

  constructor(table: WorkTable, columns: Columns) {
    this.#table = table;
    this.#columns = columns;
  }

  async entry(number: number): Promise<BookEntry> {
    const row = Math.floor(number / BLOCK);
    let texts = this.#rows.get(row);
    if (texts === undefined) {
      texts = Buffer.from(await this.#table.read(row))
        .toString('utf8')
        .split('\n');
      const oldest = this.#rows.keys().next();
      if (this.#rows.size >= ROWS_KEPT && oldest.done !== true) this.#rows.delete(oldest.value);
      this.#rows.set(row, texts);
    }
    return decodeEntry(texts[number % BLOCK] as string, this.#columns.line[number] as number);
  }
}
