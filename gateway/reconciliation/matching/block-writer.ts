import { crc32 } from 'node:zlib';
import { BLOCK } from './work-tables';

const NEWLINE = 10;

/**
 * Entries on their way into rows of a work table, encoded once into one buffer that is used again and again: a buffer a
 * row would pile up until the next collection.
 */
export class BlockWriter {
  #bytes = Buffer.allocUnsafeSlow(1_048_576);
  #used = 0;
  #entries = 0;
  /** Where each row that is whole ends. */
  readonly #ends: number[] = [];

  /** Rows that are whole. */
  get rowCount(): number {
    return this.#ends.length;
  }

  /** Adds one line and gives the CRC-32 of its UTF-8. */
  add(text: string): number {
    const most = this.#used + text.length * 3 + 1;
    if (most > this.#bytes.length) this.#grow(most * 2);
    if (this.#entries++ > 0) this.#bytes[this.#used++] = NEWLINE;
    const start = this.#used;
    this.#used += this.#bytes.write(text, start, 'utf8');
    const sum = crc32(this.#bytes.subarray(start, this.#used));
    if (this.#entries === BLOCK) this.endRow();
    return sum;
  }

  /** Makes the entries of an unfinished row a row. */
  endRow(): void {
    if (this.#entries > 0) this.#ends.push(this.#used);
    this.#entries = 0;
  }

  /** The whole rows, until `clear`. */
  rows(): Uint8Array[] {
    return this.#ends.map((end, at) => this.#bytes.subarray(at === 0 ? 0 : this.#ends[at - 1], end));
  }

  /** Forgets the whole rows. */
  clear(): void {
    const end = this.#ends.at(-1) ?? 0;
    this.#bytes.copyWithin(0, end, this.#used);
    this.#used -= end;
    this.#ends.length = 0;
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafeSlow(size);
    this.#bytes.copy(larger, 0, 0, this.#used);
    this.#bytes = larger;
  }
}
