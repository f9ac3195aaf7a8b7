import { parse as parseCsv } from 'csv-parse/sync';
import type { Json, JsonObject } from '../../chaincode/domain/json';
import type { FieldCode } from '../http/validation/field-codes';
import { duplicateName } from '../http/validation/duplicate-names';
import { textLines } from './text-lines';

/** Longest line of a bulk file, bytes. */
const MAX_LINE = 8_192;
/** Columns that an empty cell leaves absent. */
const NULLABLE: readonly string[] = ['uetr', 'orderRef', 'invoiceRef', 'lateFor'];

/** One line of a bulk file: a value, or what is wrong with the line as such, before it is an entry. */
export interface BulkLine {
  readonly line: number;
  readonly problem?: FieldCode | 'JSON_INVALID';
  readonly value: Json;
}

/** The lines of a bulk file that are not blank. */
export function bulkLines(source: AsyncIterable<Uint8Array>, mediaType: string): AsyncIterable<BulkLine> {
  return mediaType === 'text/csv' ? csvLines(source) : jsonLines(source);
}

async function* jsonLines(source: AsyncIterable<Uint8Array>): AsyncIterable<BulkLine> {
  for await (const one of textLines(source, MAX_LINE)) {
    if (!('text' in one)) yield { ...one, value: null };
    else if (one.text.trim() !== '') yield { line: one.line, ...fromJson(one.text) };
  }
}

function fromJson(text: string): Omit<BulkLine, 'line'> {
  try {
    const value = JSON.parse(text) as Json;
    return duplicateName(text) === undefined ? { value } : { problem: 'FIELD_DUPLICATE', value: null };
  } catch {
    return { problem: 'JSON_INVALID', value: null };
  }
}

/**
 * Rows under a header line. No field of an entry holds a line end, so every line is a row: one bad row spoils no other.
 *
 * @see RFC 4180
 */
async function* csvLines(source: AsyncIterable<Uint8Array>): AsyncIterable<BulkLine> {
  let names: readonly string[] | undefined;
  for await (const one of textLines(source, MAX_LINE)) {
    if ('text' in one && one.text.trim() === '') continue;
    const cells = 'text' in one ? csvCells(one.text) : undefined;
    if (names !== undefined) {
      yield { line: one.line, ...fromCells(names, cells, 'problem' in one ? one.problem : 'LINE_UNREADABLE') };
    } else {
      names = cells;
      if (names !== undefined && new Set(names).size === names.length) continue;
      // Without its header no row says anything.
      yield { line: one.line, problem: 'LINE_UNREADABLE', value: null };
      return;
    }
  }
}

function fromCells(
  names: readonly string[],
  cells: readonly string[] | undefined,
  problem: FieldCode,
): Omit<BulkLine, 'line'> {
  if (cells?.length !== names.length) return { problem, value: null };
  const entry = names.map((name, at) => [name, cells[at] === '' && NULLABLE.includes(name) ? null : cells[at]]);
  return { value: Object.fromEntries(entry) as JsonObject };
}

/** The cells of one row; undefined when its quotes do not match. */
export function csvCells(row: string): string[] | undefined {
  try {
    const rows = parseCsv(row, { relax_column_count: true });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}
