import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../book-entry';
import { CANONICAL_FIELDS, canonicalEntry, sort } from './canonical-entry';
import { SourceError } from './source-error';
import { TextLines } from './text-lines';

const COLUMNS = [...CANONICAL_FIELDS, 'references', 'remittance'] as const;
const REQUIRED = ['currency', 'amountMinor', 'direction', 'bookingDate'];
const MAX_RECORD = 1_048_576;

/**
 * The canonical CSV: RFC 4180, UTF-8, columns named as the fields of `BookEntry` in any order; `references` joined by
 * `;`, `remittance` as `reference:amount` joined by `;` (the amount may be absent).
 */
export class CanonicalCsv implements EntrySource {
  readonly format = 'canonical-csv';
  readonly #lines: TextLines;
  /** Where each column stands; beyond the line's end when it is absent. */
  #places: Places | undefined;
  #width = 0;
  #line = 1;
  /** The lines of a record whose quote is open, and their length. */
  readonly #pieces: string[] = [];
  #open = 0;

  constructor(path: string) {
    this.#lines = new TextLines(path);
  }

  digest(): string {
    return this.#lines.digest();
  }

  balances(): readonly StatedBalance[] {
    return [];
  }

  /** @throws SourceError SOURCE_UNREADABLE, SOURCE_ENCODING, SOURCE_LINE_TOO_LONG, SOURCE_HEADER_INVALID. */
  async *batches(): AsyncIterable<SourceBatch> {
    for await (const lines of this.#lines.parts()) yield this.#batch(this.#records(lines));
    if (this.#pieces.length > 0) throw new SourceError('SOURCE_LINE_TOO_LONG', String(this.#line));
    if (this.#places === undefined) throw new SourceError('SOURCE_HEADER_INVALID', '1');
  }

  /** Joins the lines that a quote holds together; a record may be open at the end of a part. */
  #records(lines: readonly string[]): string[] {
    const records: string[] = [];
    for (const line of lines) {
      const isTurned = line.includes('"') && hasOddQuotes(line);
      if (this.#pieces.length === 0 && !isTurned) {
        records.push(line);
        continue;
      }
      this.#pieces.push(line);
      this.#open += line.length;
      const isWhole = isTurned && this.#pieces.length > 1;
      if (isWhole) records.push(this.#pieces.splice(0).join('\n'));
      if (isWhole) this.#open = 0;
      if (this.#open > MAX_RECORD) {
        throw new SourceError('SOURCE_LINE_TOO_LONG', String(this.#line + records.length));
      }
    }
    return records;
  }

  #batch(records: readonly string[]): SourceBatch {
    const entries: BookEntry[] = [];
    const refused: RefusedLine[] = [];
    for (const record of records) {
      const line = this.#line;
      this.#line += 1 + (record.includes('"') ? newlines(record) : 0);
      const text = record.endsWith('\r') ? record.slice(0, -1) : record;
      if (this.#places === undefined) this.#header(text);
      else if (text !== '') sort(this.#entry(text, line), entries, refused);
    }
    return { entries, refused };
  }

  /** @throws SourceError SOURCE_HEADER_INVALID. */
  #header(record: string): void {
    const names = cellsOf(record);
    const isWrong =
      new Set(names).size !== names.length ||
      names.some((name) => !COLUMNS.some((column) => column === name)) ||
      REQUIRED.some((name) => !names.includes(name));
    if (isWrong) throw new SourceError('SOURCE_HEADER_INVALID', '1');
    const place = (column: string): number => (names.includes(column) ? names.indexOf(column) : names.length);
    this.#places = Object.fromEntries(COLUMNS.map((column) => [column, place(column)])) as Places;
    this.#width = names.length;
  }

  #entry(record: string, line: number): BookEntry | RefusedLine {
    const cells = cellsOf(record);
    if (cells.length !== this.#width) return { line, field: '', code: 'LINE_COLUMNS_WRONG' };
    const at = this.#places as Places;
    const cell = (place: number): string | null => {
      const text = cells[place];
      return text === undefined || text === '' ? null : text;
    };
    const references = cell(at.references);
    const remittance = cell(at.remittance);
    return canonicalEntry(
      {
        entryRef: cell(at.entryRef),
        uetr: cell(at.uetr),
        endToEndId: cell(at.endToEndId),
        currency: cell(at.currency),
        amountMinor: cell(at.amountMinor),
        direction: cell(at.direction),
        status: cell(at.status),
        isReversal: cell(at.isReversal),
        bookingDate: cell(at.bookingDate),
        valueDate: cell(at.valueDate),
        party: cell(at.party),
        text: cell(at.text),
        references: references === null ? NONE : distinct(references),
        remittance: remittance === null ? NONE : remittance.split(';').map(document),
      },
      line,
    );
  }
}

type Places = Readonly<Record<(typeof COLUMNS)[number], number>>;
const NONE: readonly never[] = [];

function distinct(list: string): readonly string[] {
  return list.includes(';') ? [...new Set(list.split(';'))] : [list];
}

/** References may hold colons: the last one parts the amount. */
function document(text: string): [string, string | null] {
  const at = text.lastIndexOf(':');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1) === '' ? null : text.slice(at + 1)];
}

function hasOddQuotes(record: string): boolean {
  let quotes = 0;
  for (let at = record.indexOf('"'); at >= 0; at = record.indexOf('"', at + 1)) quotes++;
  return quotes % 2 === 1;
}

function newlines(record: string): number {
  return record.split('\n').length - 1;
}

/** The cells of one record. @see RFC 4180 section 2 */
function cellsOf(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  for (let at = 0; at <= record.length;) {
    if (record[at] !== '"') {
      const comma = record.indexOf(',', at);
      const end = comma < 0 ? record.length : comma;
      cells.push(record.slice(at, end));
      at = end + 1;
      continue;
    }
    let cell = '';
    let from = at + 1;
    for (;;) {
      const quote = record.indexOf('"', from);
      cell += record.slice(from, quote < 0 ? record.length : quote);
      from = quote < 0 ? record.length : quote + 1;
      if (quote < 0 || record[from] !== '"') break;
      cell += '"';
      from++;
    }
    const comma = record.indexOf(',', from);
    const end = comma < 0 ? record.length : comma;
    cells.push(cell + record.slice(from, end));
    at = end + 1;
  }
  return cells;
}
