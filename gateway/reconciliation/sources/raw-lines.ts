import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { SourceError } from './source-error';

/** Longest line of a bank's file, bytes. */
const MAX_LINE = 65_536;
const NEWLINE = 10;

/** One line of a bank's file, without its end. */
export interface RawLine {
  readonly line: number;
  readonly text: string;
}

/**
 * The lines of a file in one of the encodings banks send: UTF-8, UTF-16 with its mark, else Latin 1, line by line.
 *
 * Bounded memory whatever the file's size; its digest is known at the end.
 */
export class RawLines {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #digest: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  digest(): string {
    if (this.#digest === undefined) throw new Error('the file was not read to its end');
    return this.#digest;
  }

  /** @throws SourceError SOURCE_UNREADABLE, SOURCE_LINE_TOO_LONG, SOURCE_ENCODING (a NUL byte). */
  async *[Symbol.asyncIterator](): AsyncGenerator<RawLine> {
    let line = 0;
    for await (const text of this.#texts())
      yield { line: ++line, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    this.#digest = this.#hash.digest('hex');
  }

  async *#texts(): AsyncGenerator<string> {
    let rest = Buffer.alloc(0);
    let wide: TextDecoder | undefined;
    let wideRest = '';
    let isFirst = true;
    for await (const chunk of this.#chunks()) {
      this.#hash.update(chunk);
      if (isFirst) wide = wideDecoder(chunk);
      if (wide !== undefined) {
        const lines = (wideRest + wide.decode(chunk, { stream: true })).split('\n');
        wideRest = lines.pop() ?? '';
        if (wideRest.length > MAX_LINE) throw new SourceError('SOURCE_LINE_TOO_LONG', '');
        yield* lines;
      } else {
        const known: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        let from = isFirst && known[0] === 0xef && known[1] === 0xbb && known[2] === 0xbf ? 3 : 0;
        for (let end = known.indexOf(NEWLINE, from); end >= 0; end = known.indexOf(NEWLINE, from)) {
          yield decoded(known.subarray(from, end));
          from = end + 1;
        }
        rest = Buffer.from(known.subarray(from));
        if (rest.length > MAX_LINE) throw new SourceError('SOURCE_LINE_TOO_LONG', '');
      }
      isFirst = false;
    }
    const last = wide === undefined ? decoded(rest) : wideRest;
    if (last !== '') yield last;
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of createReadStream(this.#path)) yield chunk as Buffer;
    } catch (error) {
      throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
    }
  }
}

function wideDecoder(chunk: Buffer): TextDecoder | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return new TextDecoder('utf-16le');
  return chunk[0] === 0xfe && chunk[1] === 0xff ? new TextDecoder('utf-16be') : undefined;
}

function decoded(bytes: Buffer): string {
  if (bytes.includes(0)) throw new SourceError('SOURCE_ENCODING', '');
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}
