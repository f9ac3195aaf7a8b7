import { parseCanonicalJson } from '../../chaincode/domain/canonical-json';
import { isJsonObject, type Json, type JsonObject } from '../../chaincode/domain/json';
import { currencyDecimals } from '../../chaincode/domain/money';
import { parseEntry } from '../../chaincode/domain/operations/reconciliation/entries';
import type { SaltedEntry, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { STATEMENT_FORMAT } from './json-lines';

/** A statement as its JSON lines tell it, before anything was recomputed. */
export interface ParsedStatement {
  readonly channel: string;
  readonly id: string;
  readonly statement: Statement['statement'];
  /** Segment id → its entries, in the file's order. */
  readonly entries: ReadonlyMap<string, readonly SaltedEntry[]>;
  readonly trailer: JsonObject;
}

/** A file that is no statement, or a line that is none of a statement's. */
export class StatementFormatError extends Error {
  override readonly name = 'StatementFormatError';
  constructor(
    readonly code: 'STATEMENT_UNREADABLE' | 'STATEMENT_LINE_INVALID',
    readonly line: number,
  ) {
    super(`${code} at line ${line}`);
  }
}

/** Reads a statement's JSON lines. @throws StatementFormatError. */
export function parseStatement(text: string): ParsedStatement {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new StatementFormatError('STATEMENT_UNREADABLE', lines.length + 1);
  const header = lineAt(lines, 0, 'STATEMENT_UNREADABLE');
  const { statement, channel, id } = header;
  const isHeader = header['kind'] === 'header' && header['format'] === STATEMENT_FORMAT && isJsonObject(statement);
  if (!isHeader || typeof channel !== 'string' || typeof id !== 'string' || !isStatement(statement)) {
    throw new StatementFormatError('STATEMENT_UNREADABLE', 1);
  }
  const trailer = lineAt(lines, lines.length - 1, 'STATEMENT_LINE_INVALID');
  if (trailer['kind'] !== 'trailer') throw new StatementFormatError('STATEMENT_LINE_INVALID', lines.length);
  return { channel, id, statement: statement as unknown as Statement['statement'], entries: entriesOf(lines), trailer };
}

const ID = /^[0-9a-f]{32}$/,
  DIGEST = /^[0-9a-f]{64}$/,
  MINOR = /^(0|[1-9][0-9]{0,30})$/;

function isStatement(statement: JsonObject): boolean {
  const { pair, segments, root, date, currency, count, debitMinor, creditMinor, issue } = statement;
  return (
    isJsonObject(issue) &&
    Number.isInteger(issue['number']) &&
    Array.isArray(pair) &&
    pair.length === 2 &&
    pair.every((mspId) => typeof mspId === 'string') &&
    fits(root, DIGEST) &&
    fits(date, /^\d{4}-\d{2}-\d{2}$/) &&
    typeof currency === 'string' &&
    currencyDecimals(currency) !== undefined &&
    Number.isInteger(count) &&
    fits(debitMinor, MINOR) &&
    fits(creditMinor, MINOR) &&
    Array.isArray(segments) &&
    segments.every(isSegment)
  );
}

function isSegment(value: Json): boolean {
  if (!isJsonObject(value)) return false;
  const { id, entriesRoot, amountMinor, count, debtor } = value;
  return (
    fits(id, ID) &&
    fits(entriesRoot, DIGEST) &&
    fits(amountMinor, MINOR) &&
    Number.isInteger(count) &&
    typeof debtor === 'string'
  );
}

function fits(value: Json | undefined, form: RegExp): boolean {
  return typeof value === 'string' && form.test(value);
}

function entriesOf(lines: readonly string[]): Map<string, SaltedEntry[]> {
  const entries = new Map<string, SaltedEntry[]>();
  for (let at = 1; at < lines.length - 1; at++) {
    const { kind, segment, salt, entry, ...rest } = lineAt(lines, at, 'STATEMENT_LINE_INVALID');
    const fits = kind === 'entry' && typeof segment === 'string' && typeof salt === 'string' && isJsonObject(rest);
    if (!fits || Object.keys(rest).length > 0) throw new StatementFormatError('STATEMENT_LINE_INVALID', at + 1);
    const list = entries.get(segment) ?? [];
    list.push({ entry: checkedEntry(entry ?? null, at + 1), salt });
    entries.set(segment, list);
  }
  return entries;
}

function checkedEntry(entry: Json, line: number): SaltedEntry['entry'] {
  try {
    return parseEntry(entry, String(line));
  } catch {
    throw new StatementFormatError('STATEMENT_LINE_INVALID', line);
  }
}

/** Only canonical lines pass: two spellings of one statement would have two digests. */
function lineAt(lines: readonly string[], at: number, code: StatementFormatError['code']): JsonObject {
  try {
    const value = parseCanonicalJson(Buffer.from(lines[at] ?? '', 'utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // Told below, by its line.
  }
  throw new StatementFormatError(code, at + 1);
}
