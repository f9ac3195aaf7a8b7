const LINE_END = 0x0a,
  CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** One line of a file, from 1; either its text or why it has none. */
export type TextLine =
  | { readonly line: number; readonly text: string }
  | { readonly line: number; readonly problem: 'LINE_TOO_LONG' | 'LINE_UNREADABLE' };

/** A file's lines, read so that neither a long line nor a long file grows the memory: an overlong line is dropped as it comes. */
export async function* textLines(source: AsyncIterable<Uint8Array>, maxBytes: number): AsyncIterable<TextLine> {
  const open = new OpenLine(maxBytes);
  for await (const part of source) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      open.add(bytes.subarray(from, end));
      yield open.end();
      from = end + 1;
    }
    open.add(bytes.subarray(from));
  }
  if (!open.isEmpty) yield open.end();
}

/** The line that has not come to its end. */
class OpenLine {
  readonly #maxBytes: number;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #line = 1;
  #held: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  add(bytes: Buffer): void {
    this.#size += bytes.byteLength;
    // One byte more than fits, for the carriage return before the line's end.
    if (this.#size > this.#maxBytes + BYTE_ORDER_MARK.byteLength + 1) this.#held = [];
    else if (bytes.byteLength > 0) this.#held.push(Buffer.from(bytes));
  }

  end(): TextLine {
    const size = this.#size;
    const bytes = this.#trimmed(this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held));
    const line = this.#line++;
    this.#held = [];
    this.#size = 0;
    if (bytes.byteLength > this.#maxBytes || (bytes.byteLength === 0 && size > this.#maxBytes))
      return { line, problem: 'LINE_TOO_LONG' };
    try {
      return { line, text: this.#decoder.decode(bytes) };
    } catch {
      return { line, problem: 'LINE_UNREADABLE' };
    }
  }

  /** Without the carriage return before its end, and the first line without the mark that says "UTF-8". */
  #trimmed(bytes: Buffer): Buffer {
    const end = bytes.at(-1) === CARRIAGE_RETURN ? bytes.byteLength - 1 : bytes.byteLength;
    const isMarked = this.#line === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK);
    return bytes.subarray(isMarked ? 3 : 0, end);
  }
}
