import { parse } from 'csv-parse';
import { pipeline, Readable } from 'node:stream';
import { RawLines } from '../raw-lines';
import { SourceError } from '../source-error';
import type { Table, TableRow } from './table-source';

const DELIMITERS = [';', '\t', ',', '|'] as const;
const LIMITS = { record: 65_536, cells: 500 } as const;

/** A CSV table in any of the encodings and with any of the delimiters that spreadsheets and banks write. */
export class CsvTable implements Table {
  readonly format = 'csv';
  readonly #lines: RawLines;
  readonly #delimiter: string | undefined;

  constructor(path: string, delimiter?: string) {
    this.#lines = new RawLines(path);
    this.#delimiter = delimiter;
  }

  digest(): string {
    return this.#lines.digest();
  }

  /** @throws SourceError SOURCE_LINE_TOO_LONG, SOURCE_TABLE_BROKEN and those of `RawLines`. */
  async *rows(): AsyncIterable<TableRow> {
    const lines = this.#lines[Symbol.asyncIterator]();
    const first = await lines.next();
    if (first.done === true) return;
    const delimiter = this.#delimiter ?? likelyDelimiter(first.value.text);
    const parser = parse({
      delimiter,
      bom: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: LIMITS.record,
      info: true,
    });
    pipeline(Readable.from(joined(first.value.text, lines)), parser, () => undefined);
    try {
      for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
        if (record.length > LIMITS.cells) throw new SourceError('SOURCE_TABLE_BROKEN', String(info.lines));
        yield { line: info.lines, cells: record };
      }
    } catch (error) {
      if (error instanceof SourceError) throw error;
      const { code, lines: at } = error as { code?: string; lines?: number };
      throw new SourceError(
        code === 'CSV_MAX_RECORD_SIZE' ? 'SOURCE_LINE_TOO_LONG' : 'SOURCE_TABLE_BROKEN',
        String(at ?? ''),
        {
          cause: error,
        },
      );
    }
  }
}

async function* joined(first: string, rest: AsyncIterator<{ readonly text: string }>): AsyncGenerator<string> {
  yield `${first}\n`;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield `${next.value.text}\n`;
}

/** The delimiter that parts the header into most columns. */
function likelyDelimiter(header: string): string {
  const count = (delimiter: string): number => header.split(delimiter).length;
  return [...DELIMITERS].sort((one, other) => count(other) - count(one))[0] as string;
}
