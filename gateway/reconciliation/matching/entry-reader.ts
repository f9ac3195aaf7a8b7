import { sha256Hex } from '../../../chaincode/domain/hash';
import type { BookEntry } from '../book-entry';
import type { Columns } from './columns';
import { BLOCK, decodeEntry, type WorkTable } from './work-tables';

/** Rows kept: near ones are asked for together. */
const ROWS_KEPT = 256,
  NEWLINE = 10;

/** One side's entries in full, from its work table. */
export class EntryReader {
  readonly #table: WorkTable;
  readonly #columns: Columns;
  readonly #rows = new Map<number, Buffer>();

  constructor(table: WorkTable, columns: Columns) {
    this.#table = table;
    this.#columns = columns;
  }

  async entry(number: number): Promise<BookEntry> {
    return decodeEntry(await this.#text(number), this.#columns.line[number] as number);
  }

  /** SHA-256 of what the entry says, hexadecimal, whatever line it stands in: the same in every file it is in. */
  async digest(number: number): Promise<string> {
    return sha256Hex(Buffer.from(await this.#text(number), 'utf8'));
  }

  async #text(number: number): Promise<string> {
    const row = Math.floor(number / BLOCK);
    let bytes = this.#rows.get(row);
    if (bytes === undefined) {
      const read = await this.#table.read(row);
      bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
      const oldest = this.#rows.keys().next();
      if (this.#rows.size >= ROWS_KEPT && oldest.done !== true) this.#rows.delete(oldest.value);
      this.#rows.set(row, bytes);
    }
    return lineOf(bytes, number % BLOCK);
  }
}

/** The n-th line of a row; the others are not decoded. */
function lineOf(bytes: Buffer, place: number): string {
  let start = 0;
  for (let line = 0; line < place; line++) start = bytes.indexOf(NEWLINE, start) + 1;
  const end = bytes.indexOf(NEWLINE, start);
  return bytes.toString('utf8', start, end < 0 ? bytes.length : end);
}
