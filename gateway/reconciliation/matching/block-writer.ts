import { crc32 } from 'node:zlib';

const NEWLINE = 10;

/** Entries on their way into one row of a work table, encoded once into one growing buffer. */
export class BlockWriter {
  entries = 0;
  #bytes = Buffer.allocUnsafe(65_536);
  #used = 0;

  /** Adds one line and gives the CRC-32 of its UTF-8. */
  add(text: string): number {
    const most = this.#used + text.length * 3 + 1;
    if (most > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes.subarray(0, this.#used)], most * 2);
    if (this.entries++ > 0) this.#bytes[this.#used++] = NEWLINE;
    const start = this.#used;
    this.#used += this.#bytes.write(text, start, 'utf8');
    return crc32(this.#bytes.subarray(start, this.#used));
  }

  /** The row so far; the next one begins empty. */
  take(): Uint8Array {
    const row = Buffer.from(this.#bytes.subarray(0, this.#used));
    this.#used = 0;
    this.entries = 0;
    return row;
  }
}
