import { entriesRoot, sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import { statementRoot } from '../../chaincode/domain/operations/reconciliation/close-day';
import { isStatementSignature } from '../../chaincode/domain/operations/reconciliation/sign-statement';
import type { Statement, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';
import type { TrustFile } from '../../evidence/trust-file';
import { parseStatement, StatementFormatError, type ParsedStatement } from './parse-statement';
import type { SegmentEntries, StatementSource } from './statement-source';
import { isTrusted } from './trusted-certificate';
import { digestsOf, writeStatement } from './write-statement';

export type StatementCode =
  | 'STATEMENT_UNREADABLE'
  | 'STATEMENT_LINE_INVALID'
  | 'SEGMENT_ENTRIES_DIFFER'
  | 'SEGMENT_UNKNOWN'
  | 'STATEMENT_TOTAL_DIFFERS'
  | 'STATEMENT_ROOT_DIFFERS'
  | 'STATEMENT_FILE_DIFFERS'
  | 'STATEMENT_RECORD_DIFFERS'
  | 'STATEMENT_SIGNATURE_MISSING'
  | 'STATEMENT_SIGNATURE_INVALID'
  | 'CERTIFICATE_NOT_TRUSTED';

/** One thing that does not hold: what, and where. */
export interface StatementProblem {
  readonly code: StatementCode;
  readonly place: string;
}

/** The statement's record as a gateway shows it, as far as it matters here. */
export interface StatementRecord {
  readonly id: string;
  readonly groups: Statement;
}

export interface StatementVerdict {
  /** `unverified`: the file agrees with itself, but nobody's signature was checked against roots from outside. */
  readonly verdict: 'verified' | 'altered' | 'unverified' | 'unreadable';
  readonly problems: readonly StatementProblem[];
}

export interface StatementInput {
  readonly jsonl: string;
  readonly record?: StatementRecord;
  readonly trust?: TrustFile;
  /** The other files, to be compared with what the JSON lines give. */
  readonly csv?: string;
  readonly camt053?: string;
}

/** Recomputes a statement from its JSON lines alone, then its other files, then its signatures. Never throws for bad input. */
export function verifyStatement({ jsonl, record, trust, csv, camt053 }: StatementInput): StatementVerdict {
  let parsed: ParsedStatement;
  try {
    parsed = parseStatement(jsonl);
  } catch (error) {
    if (!(error instanceof StatementFormatError)) throw error;
    const verdict = error.code === 'STATEMENT_UNREADABLE' ? 'unreadable' : 'altered';
    return { verdict, problems: [{ code: error.code, place: `line ${error.line}` }] };
  }
  const problems = [...contentProblems(parsed)];
  if (problems.length === 0) problems.push(...fileProblems(sourceOf(parsed), { csv, camt053 }));
  if (problems.length === 0 && record !== undefined) problems.push(...signatureProblems(parsed, record, trust));
  if (problems.length > 0) return { verdict: 'altered', problems };
  return { verdict: record === undefined || trust === undefined ? 'unverified' : 'verified', problems };
}

/** A parsed statement as the writers take it. */
export function sourceOf({ channel, id, statement, entries }: ParsedStatement): StatementSource {
  return {
    channel,
    id,
    statement,
    *segments(): Generator<SegmentEntries> {
      for (const segment of statement.segments) yield { segment, entries: entries.get(segment.id) ?? [] };
    },
  };
}

function* contentProblems({ statement, entries, trailer }: ParsedStatement): Generator<StatementProblem> {
  for (const segment of statement.segments) {
    if (!holds(segment, entries.get(segment.id) ?? [])) {
      yield { code: 'SEGMENT_ENTRIES_DIFFER', place: `segment ${segment.id}` };
    }
  }
  const known = new Set(statement.segments.map(({ id }) => id));
  for (const id of entries.keys()) if (!known.has(id)) yield { code: 'SEGMENT_UNKNOWN', place: `segment ${id}` };
  if (statementRoot(statement.segments) !== statement.root) yield { code: 'STATEMENT_ROOT_DIFFERS', place: 'root' };
  yield* totalProblems(statement, trailer);
}

function holds(segment: StatementSegment, entries: Parameters<typeof entriesRoot>[0]): boolean {
  return (
    entries.length === segment.count &&
    String(sumMinor(entries.map(({ entry }) => entry))) === segment.amountMinor &&
    entriesRoot(entries) === segment.entriesRoot
  );
}

function* totalProblems(
  { segments, pair, count, debitMinor, creditMinor, root }: Statement['statement'],
  trailer: ParsedStatement['trailer'],
): Generator<StatementProblem> {
  const owedBy = (mspId: string): string =>
    String(
      segments.filter(({ debtor }) => debtor === mspId).reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n),
    );
  const totals: readonly (readonly [name: string, stated: unknown, computed: unknown])[] = [
    ['count', count, segments.reduce((sum, segment) => sum + segment.count, 0)],
    ['debitMinor', debitMinor, owedBy(pair[0])],
    ['creditMinor', creditMinor, owedBy(pair[1])],
  ];
  for (const [name, stated, computed] of totals) {
    if (stated !== computed || trailer[name] !== computed) yield { code: 'STATEMENT_TOTAL_DIFFERS', place: name };
  }
  if (trailer['root'] !== root) yield { code: 'STATEMENT_ROOT_DIFFERS', place: 'trailer' };
}

function* fileProblems(
  source: StatementSource,
  files: { readonly csv?: string | undefined; readonly camt053?: string | undefined },
): Generator<StatementProblem> {
  for (const format of ['csv', 'camt053'] as const) {
    const given = files[format];
    if (given === undefined) continue;
    if ([...writeStatement(format, source)].join('') !== given) yield { code: 'STATEMENT_FILE_DIFFERS', place: format };
  }
}

/** Both members must have signed digests of exactly the files that this statement gives. */
function* signatureProblems(
  parsed: ParsedStatement,
  { id, groups }: StatementRecord,
  trust: TrustFile | undefined,
): Generator<StatementProblem> {
  const source = sourceOf(parsed);
  if (id !== parsed.id || groups.statement.root !== parsed.statement.root) {
    yield { code: 'STATEMENT_RECORD_DIFFERS', place: id };
    return;
  }
  const digests = digestsOf(source);
  for (const member of parsed.statement.pair) {
    const signature = groups.signatures[member];
    if (signature === undefined) {
      yield { code: 'STATEMENT_SIGNATURE_MISSING', place: member };
      continue;
    }
    const claim = {
      channel: parsed.channel,
      statement: id,
      root: parsed.statement.root,
      digests: digests as unknown as typeof signature.digests,
      blocks: signature.blocks,
      member,
    };
    if (!isStatementSignature(signature.certificate, claim, signature.signature)) {
      yield { code: 'STATEMENT_SIGNATURE_INVALID', place: member };
    }
    if (trust !== undefined && !isTrusted(signature.certificate, member, trust)) {
      yield { code: 'CERTIFICATE_NOT_TRUSTED', place: member };
    }
  }
}
