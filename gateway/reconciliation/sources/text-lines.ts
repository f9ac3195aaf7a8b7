import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SourceError } from './source-error';

/** Bytes read at once: small enough that what they hold is young when it is done with. */
const CHUNK = 131_072,
  MAX_LINE = 1_048_576,
  NEWLINE = 10;

/** Whole lines of a file, a part at a time: bounded memory whatever the file's size. */
export class TextLines {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #digest: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** SHA-256 of the bytes, hexadecimal, once all were read. */
  digest(): string {
    if (this.#digest === undefined) throw new Error('the file was not read to its end');
    return this.#digest;
  }

  /**
   * Texts that end with a line's end (the last one may not).
   *
   * @throws SourceError SOURCE_UNREADABLE, SOURCE_ENCODING, SOURCE_LINE_TOO_LONG.
   */
  async *parts(): AsyncGenerator<string> {
    const file = await open(this.#path, 'r').catch((error: unknown) => {
      throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
    });
    try {
      let line = 1;
      let rest: Buffer = Buffer.alloc(0);
      for (let isEnd = false; !isEnd;) {
        const chunk = Buffer.allocUnsafe(CHUNK);
        const { bytesRead } = await readInto(file, chunk);
        isEnd = bytesRead === 0;
        const bytes = chunk.subarray(0, bytesRead);
        this.#hash.update(bytes);
        const known = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
        const end = isEnd ? known.length : known.lastIndexOf(NEWLINE) + 1;
        rest = known.subarray(end);
        if (rest.length > MAX_LINE) throw new SourceError('SOURCE_LINE_TOO_LONG', '');
        if (end === 0) continue;
        const whole = known.subarray(0, end);
        if (!isUtf8(whole)) throw new SourceError('SOURCE_ENCODING', String(line + badLine(whole)));
        const text = whole.toString('utf8');
        if (line === 1 && text.startsWith('\uFEFF')) yield text.slice(1);
        else yield text;
        line += 1;
      }
      this.#digest = this.#hash.digest('hex');
    } finally {
      await file.close();
    }
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

async function readInto(file: OpenFile, chunk: Buffer): Promise<{ bytesRead: number }> {
  try {
    return await file.read(chunk, 0, chunk.length, null);
  } catch (error) {
    throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
  }
}

/** How many lines stand before the first that is no UTF-8. */
function badLine(bytes: Buffer): number {
  let lines = 0;
  for (let start = 0; start < bytes.length; lines++) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found + 1;
    if (!isUtf8(bytes.subarray(start, end))) return lines;
    start = end;
  }
  return lines;
}
