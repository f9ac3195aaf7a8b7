import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { parseMinor } from '../../chaincode/domain/money';
import { parseEntry, requireAgreed } from '../../chaincode/domain/operations/reconciliation/entries';
import type { SettlementEntry, StandingAgreement } from '../../chaincode/domain/operations/reconciliation/types';
import { HttpProblem } from '../http/problem';
import type { Upload } from '../http/route';
import { bulkLines, type BulkLine } from '../routes/bulk-lines';

const MAX_LINES = 1_000_000;

/** A line that may be posted. */
export interface GoodLine {
  readonly line: number;
  readonly entry: SettlementEntry;
}

/** A line that may not, with what could be read of it. */
export interface RefusedLine {
  readonly line: number;
  /** JSON pointer to the wrong field; empty for the line as such. */
  readonly pointer: string;
  readonly code: string;
  readonly endToEndId: string | null;
  readonly amountMinor: bigint;
}

export type JudgedLine = GoodLine | RefusedLine;

export function isGood<T extends GoodLine>(line: T | RefusedLine): line is T {
  return 'entry' in line;
}

/** Reads a file and judges every line by itself, in the file's order. @throws HttpProblem BULK_TOO_LARGE. */
export async function judgeLines(
  upload: Upload,
  mediaType: string,
  agreement: StandingAgreement,
): Promise<JudgedLine[]> {
  const judged: JudgedLine[] = [];
  const seen = new Set<string>();
  for await (const line of bulkLines(upload.open(), mediaType)) {
    if (judged.length === MAX_LINES) throw new HttpProblem('BULK_TOO_LARGE', { limit: String(MAX_LINES) });
    judged.push(judgeLine(line, agreement, seen));
  }
  return judged;
}

function judgeLine({ line, problem, value }: BulkLine, agreement: StandingAgreement, seen: Set<string>): JudgedLine {
  const refused = (pointer: string, code: string): RefusedLine => ({ line, pointer, code, ...readable(value) });
  if (problem !== undefined) return refused('', problem);
  try {
    const entry = parseEntry(value, String(line));
    requireAgreed([entry], agreement, line);
    if (seen.has(entry.endToEndId)) return refused('/endToEndId', 'SEGMENT_ENTRY_DUPLICATE');
    seen.add(entry.endToEndId);
    return { line, entry };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    const { field = '', reason } = error.details;
    return refused(field, reason ?? error.code);
  }
}

const END_TO_END_ID = /^[^\u0000-\u001f]{1,35}$/u;

/** What control totals and outcomes tell of a line that is no entry. */
function readable(value: Json): { endToEndId: string | null; amountMinor: bigint } {
  const { endToEndId, amountMinor } = Object(value) as { endToEndId?: unknown; amountMinor?: unknown };
  return {
    endToEndId: typeof endToEndId === 'string' && END_TO_END_ID.test(endToEndId) ? endToEndId : null,
    amountMinor: amountOf(amountMinor),
  };
}

function amountOf(value: unknown): bigint {
  try {
    return typeof value === 'string' ? parseMinor(value, '') : 0n;
  } catch {
    return 0n;
  }
}
