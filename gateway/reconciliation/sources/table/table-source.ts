import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../../book-entry';
import { sort } from '../canonical-entry';
import { SourceError } from '../source-error';
import { mappedEntry, placesOf, type MappedField, type TableMapping } from './mapping';

/** One row of a table with its number from 1. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table of texts, read once from its first row, its header, to its last. */
export interface Table {
  readonly format: 'csv' | 'xlsx';
  digest(): string;
  /** @throws SourceError. */
  rows(): AsyncIterable<TableRow>;
}

const BATCH = 512;

/** A member's own table, read as its mapping says. */
export class TableSource implements EntrySource {
  readonly #table: Table;
  readonly #mapping: TableMapping;

  constructor(table: Table, mapping: TableMapping) {
    this.#table = table;
    this.#mapping = mapping;
  }

  get format(): string {
    return this.#table.format;
  }

  digest(): string {
    return this.#table.digest();
  }

  balances(): readonly StatedBalance[] {
    return [];
  }

  /** @throws SourceError SOURCE_HEADER_INVALID and those of the table. */
  async *batches(): AsyncIterable<SourceBatch> {
    let places: ReadonlyMap<MappedField, number> | undefined;
    let entries: BookEntry[] = [];
    let refused: RefusedLine[] = [];
    for await (const { line, cells } of this.#table.rows()) {
      if (places === undefined) places = placesOf(this.#mapping, cells);
      else if (cells.some((cell) => cell.trim() !== ''))
        sort(mappedEntry(this.#mapping, places, cells, line), entries, refused);
      if (entries.length + refused.length < BATCH) continue;
      yield { entries, refused };
      [entries, refused] = [[], []];
    }
    if (places === undefined) throw new SourceError('SOURCE_HEADER_INVALID', '1');
    yield { entries, refused };
  }
}

/** A sample row as it stands, and as the mapping reads it. */
export interface PreviewRow {
  readonly line: number;
  readonly cells: readonly string[];
  readonly entry: BookEntry | null;
  readonly refused: RefusedLine | null;
}

/** The header and how the first rows would be read, so that a mapping is seen before it is used. @throws SourceError. */
export async function previewTable(
  table: Table,
  mapping: TableMapping | undefined,
  rows = 5,
): Promise<{ readonly header: readonly string[]; readonly rows: readonly PreviewRow[] }> {
  let header: readonly string[] | undefined;
  let places: ReadonlyMap<MappedField, number> = new Map();
  const shown: PreviewRow[] = [];
  for await (const { line, cells } of table.rows()) {
    if (header === undefined) {
      header = cells;
      if (mapping !== undefined) places = placesOf(mapping, cells);
      continue;
    }
    const read = mapping === undefined ? undefined : mappedEntry(mapping, places, cells, line);
    const isRefused = read !== undefined && 'code' in read;
    shown.push({ line, cells, entry: read === undefined || isRefused ? null : read, refused: isRefused ? read : null });
    if (shown.length === rows) break;
  }
  if (header === undefined) throw new SourceError('SOURCE_HEADER_INVALID', '1');
  return { header, rows: shown };
}
