import { canonicalJson } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import type { Groups } from '../../chaincode/domain/record';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import type { OpenRecord, OpenVersion } from '../../evidence/steps/content';
import type { TrustFile } from '../../evidence/trust-file';
import { examineEvidence, type Established } from '../../evidence/verify-evidence';

export type CommitmentCode =
  'EVIDENCE_REJECTED' | 'EVIDENCE_OTHER_STATEMENT' | 'STATEMENT_NOT_COMMITTED' | 'STATEMENT_SUPERSEDED';

/** What an evidence package proves the ledger to hold of one statement: its latest version and how it is known. */
export interface LedgerCommitment {
  readonly channel: string;
  readonly genesisHash: string;
  /** Whether a trust file from outside said that this is the right network. */
  readonly isAnchored: boolean;
  readonly id: string;
  readonly version: number;
  readonly status: string;
  /** Block that holds the latest version; the package commits to the chain up to `height`. */
  readonly block: number;
  readonly height: number;
  /** Members whose peers stated that there is no later version. */
  readonly witnesses: readonly string[];
  /** Whether the package shows that the date was over for both members: a statement's own does, a case's does not. */
  readonly isDayProven: boolean;
  readonly content: Statement;
}

export type CommitmentProblem = { readonly code: CommitmentCode; readonly place: string };

/** A statement, or what a proof says of one, to be held against the ledger. */
export interface Held {
  readonly channel: string;
  readonly id: string;
  readonly edition: number;
  readonly content: object;
}

/** The same of a statement on the ledger. */
export type Shown = (statement: Statement['statement']) => object;

/**
 * Judges an evidence package and finds in it the very statement that is held against it.
 *
 * Never throws for any bytes. Codes: EVIDENCE_REJECTED (place: step and code), EVIDENCE_OTHER_STATEMENT,
 * STATEMENT_SUPERSEDED (an earlier edition was this), STATEMENT_NOT_COMMITTED (place: the first member that differs).
 */
export function findCommitment(
  evidence: Uint8Array,
  held: Held,
  shown: Shown,
  trust?: TrustFile,
): { readonly commitment?: LedgerCommitment; readonly problems: readonly CommitmentProblem[] } {
  const { report, established } = examineEvidence(evidence, trust);
  if (established === undefined) {
    const failed = report.checks.find(({ ok, code }) => !ok && code !== 'TRUST_NOT_GIVEN');
    const place = `${failed?.step ?? ''} ${failed?.code ?? ''} ${failed?.subject ?? ''}`.trim();
    return { problems: [{ code: 'EVIDENCE_REJECTED', place }] };
  }
  const record = established.records.find(({ id, versions }) => id === held.id && isStatement(versions));
  if (record === undefined || established.channel !== held.channel) {
    return { problems: [{ code: 'EVIDENCE_OTHER_STATEMENT', place: held.id }] };
  }
  const problem = difference(record, held, shown);
  if (problem !== undefined) return { problems: [problem] };
  const isAnchored = report.verdict === 'verified';
  const isDayProven = report.checks.some(({ code }) => code === 'STATEMENT_COMMITTED');
  return { commitment: { ...latest(record, established), isAnchored, isDayProven }, problems: [] };
}

/** Whether a record as a gateway answered it is the latest on the ledger, an earlier version, or none of it. */
export function recordDifference(
  { id, version, content }: LedgerCommitment,
  record: { readonly id: string; readonly version?: number; readonly groups: Statement },
): 'STATEMENT_SUPERSEDED' | 'STATEMENT_RECORD_DIFFERS' | undefined {
  if (record.version !== undefined && record.version < version) return 'STATEMENT_SUPERSEDED';
  const { statement, signatures, refusals } = record.groups;
  const isSame = record.id === id && textOf({ statement, signatures, refusals }) === textOf(content);
  return isSame ? undefined : 'STATEMENT_RECORD_DIFFERS';
}

/** Disclosed in full, as a statement's package always is; a case's may hold one with groups left out. */
function isStatement(versions: readonly OpenVersion[]): boolean {
  return versions.every(
    ({ document, open }) =>
      document.type === 'statement' &&
      ['statement', 'signatures', 'refusals'].every((name) => open[name] !== undefined),
  );
}

function difference({ versions }: OpenRecord, held: Held, shown: Shown): CommitmentProblem | undefined {
  const statements = versions.map((version) => contentOf(version).statement);
  const wanted = textOf(held.content);
  const last = statements.at(-1) as Statement['statement'];
  if (textOf(shown(last)) === wanted) return undefined;
  if (statements.some((statement) => textOf(shown(statement)) === wanted)) {
    const place = `edition ${held.edition}, now ${last.issue.number} in version ${versions.length}`;
    return { code: 'STATEMENT_SUPERSEDED', place };
  }
  const [own, other] = [held.content, shown(last)].map((one) => one as Readonly<Record<string, Json>>);
  const names = [...new Set([...Object.keys(own ?? {}), ...Object.keys(other ?? {})])].sort();
  const place = names.find((name) => canonicalJson(own?.[name] ?? null) !== canonicalJson(other?.[name] ?? null)) ?? '';
  return { code: 'STATEMENT_NOT_COMMITTED', place };
}

function latest(
  { id, versions }: OpenRecord,
  established: Established,
): Omit<LedgerCommitment, 'isAnchored' | 'isDayProven'> {
  const { channel, genesisHash, height } = established;
  const last = versions.at(-1) as OpenVersion;
  return {
    channel,
    genesisHash,
    id,
    version: versions.length,
    status: last.document.status,
    block: established.blockOf(last.transactionId),
    height,
    witnesses: established.witnesses(id),
    content: contentOf(last),
  };
}

function contentOf({ open }: OpenVersion): Statement {
  const { statement, signatures, refusals } = open;
  return as<Statement>({ statement, signatures, refusals } as Groups);
}

function textOf(value: object): string {
  return canonicalJson(value as Json);
}
