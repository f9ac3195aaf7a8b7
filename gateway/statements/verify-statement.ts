import { entriesRoot, sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import { statementRoot, statementTotals } from '../../chaincode/domain/operations/reconciliation/close-day';
import { isStatementSignature } from '../../chaincode/domain/operations/reconciliation/sign-statement';
import type { Statement, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';
import type { TrustFile } from '../../evidence/trust-file';
import { findCommitment, recordDifference, type CommitmentCode, type LedgerCommitment } from './ledger-commitment';
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
  | 'STATEMENT_DIGEST_DIFFERS'
  | 'STATEMENT_SIGNATURE_MISSING'
  | 'STATEMENT_SIGNATURE_INVALID'
  | 'CERTIFICATE_NOT_TRUSTED'
  | 'STATEMENT_NOT_COUNTERSIGNED'
  | CommitmentCode;

/** One thing that does not hold: what, and where. */
export interface StatementProblem {
  readonly code: StatementCode;
  readonly place: string;
}

/** The statement's record as a gateway shows it, as far as it matters here. */
export interface StatementRecord {
  readonly id: string;
  readonly version?: number;
  readonly groups: Statement;
}

export interface StatementVerdict {
  /** `unverified`: the file agrees with itself, but nobody's signature was checked against roots from outside. */
  readonly verdict: 'verified' | 'altered' | 'unverified' | 'unreadable';
  readonly problems: readonly StatementProblem[];
  /** What the ledger committed to; absent where no evidence package was given or it does not hold. */
  readonly commitment?: LedgerCommitment;
}

export interface StatementInput {
  readonly jsonl: string;
  readonly record?: StatementRecord;
  /** Evidence package of the statement, for the ledger's commitment. */
  readonly evidence?: Uint8Array;
  readonly trust?: TrustFile;
  /** The other files, to be compared with what the JSON lines give. */
  readonly csv?: string;
  readonly camt053?: string;
}

/**
 * Recomputes a statement from its JSON lines alone, then its other files, its signatures, and what the ledger holds.
 *
 * Each rests on those before it, so the first that fails ends it. Never throws for bad input.
 */
export function verifyStatement(input: StatementInput): StatementVerdict {
  const { jsonl, record, evidence, trust, csv, camt053 } = input;
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
  if (problems.length === 0 && record !== undefined && evidence === undefined) {
    problems.push(...signatureProblems(parsed, record, trust));
  }
  if (problems.length > 0) return { verdict: 'altered', problems };
  if (evidence !== undefined) return againstLedger(parsed, evidence, input);
  return { verdict: record === undefined || trust === undefined ? 'unverified' : 'verified', problems };
}

/** The ledger's latest version is this statement, and both members signed exactly these files there. */
function againstLedger(
  parsed: ParsedStatement,
  evidence: Uint8Array,
  { record, trust }: StatementInput,
): StatementVerdict {
  const held = { channel: parsed.channel, id: parsed.id, edition: parsed.statement.issue.number };
  const { commitment, problems } = findCommitment(
    evidence,
    { ...held, content: parsed.statement },
    (statement) => statement,
    trust,
  );
  if (commitment === undefined) return { verdict: 'altered', problems };
  const { id, content, status } = commitment;
  const found = [...signatureProblems(parsed, { id, groups: content }, trust)];
  if (found.length === 0 && status !== 'countersigned') {
    found.push({ code: 'STATEMENT_NOT_COUNTERSIGNED', place: status });
  }
  const differs = record === undefined ? undefined : recordDifference(commitment, record);
  if (differs !== undefined) found.push({ code: differs, place: 'record' });
  const verdict = found.length > 0 ? 'altered' : commitment.isAnchored ? 'verified' : 'unverified';
  return { verdict, problems: found, commitment };
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
  const sums = statementTotals(segments, pair);
  const totals: readonly (readonly [name: string, stated: unknown, computed: unknown])[] = [
    ['count', count, sums.count],
    ['debitMinor', debitMinor, sums.debitMinor],
    ['creditMinor', creditMinor, sums.creditMinor],
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
    const differing = Object.entries(digests).find(([name, digest]) => signature.digests[name as 'jsonl'] !== digest);
    if (differing !== undefined) {
      yield { code: 'STATEMENT_DIGEST_DIFFERS', place: `${member} ${differing[0]}` };
      continue;
    }
    const { blocks, certificate, signature: bytes } = signature;
    const claim = { channel: parsed.channel, statement: id, root: parsed.statement.root, digests, blocks, member };
    if (!isStatementSignature(certificate, claim, bytes)) yield { code: 'STATEMENT_SIGNATURE_INVALID', place: member };
    if (trust !== undefined && !isTrusted(certificate, member, trust)) {
      yield { code: 'CERTIFICATE_NOT_TRUSTED', place: member };
    }
  }
}
