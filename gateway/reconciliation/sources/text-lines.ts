import { isAscii, isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { SourceError } from './source-error';

/** Bytes read at once: small enough that what they hold is young when it is done with. */
const CHUNK = 65_536,
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
   * Lines without their ends, as many as were read at once.
   *
   * @throws SourceError SOURCE_UNREADABLE, SOURCE_ENCODING, SOURCE_LINE_TOO_LONG.
   */
  async *parts(): AsyncGenerator<string[]> {
    const file = await open(this.#path, 'r').catch((error: unknown) => {
      throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
    });
    try {
      const room = Buffer.allocUnsafe(CHUNK + MAX_LINE);
      let [offset, isFirst, kept] = [0, true, 0];
      for (let isEnd = false; !isEnd;) {
        const bytesRead = await readInto(file, room, kept);
        isEnd = bytesRead === 0;
        this.#hash.update(room.subarray(kept, kept + bytesRead));
        const known = room.subarray(0, kept + bytesRead);
        const end = isEnd ? known.length : known.lastIndexOf(NEWLINE) + 1;
        kept = known.length - end;
        if (kept > MAX_LINE) throw new SourceError('SOURCE_LINE_TOO_LONG', '');
        if (end === 0) continue;
        const whole = known.subarray(0, end);
        if (!isUtf8(whole)) {
          const before = await linesBefore(this.#path, offset);
          throw new SourceError('SOURCE_ENCODING', String(before + badLine(whole) + 1));
        }
        offset += end;
        const lines = linesOf(whole);
        if (isFirst) lines[0] = (lines[0] as string).replace('\uFEFF', '');
        isFirst = false;
        yield lines;
        room.copyWithin(0, end, end + kept);
      }
      this.#digest = this.#hash.digest('hex');
    } finally {
      await file.close();
    }
  }
}

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Reads at most one part behind what is kept; 0 at the file's end. */
async function readInto(file: OpenFile, room: Buffer, kept: number): Promise<number> {
  try {
    return (await file.read(room, kept, CHUNK, null)).bytesRead;
  } catch (error) {
    throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
  }
}

/**
 * The lines, without their ends.
 *
 * One character beyond Latin-1 would make the text of a whole part twice as wide, and everything cut from it slower: so
 * bytes are cut first, and only the lines that need it are decoded.
 */
function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (isAscii(bytes)) return lines;
  return lines.map((line) => (BEYOND_ASCII.test(line) ? Buffer.from(line, 'latin1').toString('utf8') : line));
}

const BEYOND_ASCII = /[\u0080-\u00ff]/;

/** Lines in the first bytes of a file: asked only to tell where it is wrong. */
async function linesBefore(path: string, bytes: number): Promise<number> {
  let lines = 0;
  if (bytes === 0) return lines;
  for await (const chunk of createReadStream(path, { end: bytes - 1 })) {
    for (const byte of chunk as Buffer) if (byte === NEWLINE) lines++;
  }
  return lines;
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
