import { Rejection } from '../../chaincode/domain/errors';
import { HttpProblem } from '../http/problem';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import type { RecordIndex } from '../ports/record-index';
import { POSTING_BATCH, type EntryPlace, type LanePostings } from '../services/lane-postings';
import type { Transactions } from '../services/transactions';
import type { ComparedLine } from './compare-lines';
import { isGood, type RefusedLine } from './judge-lines';

export type LineOutcome = 'posted' | 'duplicate' | 'refused' | 'failed' | 'notTried';

/** What became of one line. */
export interface SettledLine {
  readonly line: ComparedLine | RefusedLine;
  readonly outcome: LineOutcome;
  readonly place?: EntryPlace;
  readonly code?: string;
}

export interface BatchDependencies {
  readonly index: Pick<RecordIndex, 'waitForHeight'>;
  readonly transactions: Pick<Transactions, 'byReference'>;
  readonly postings: LanePostings;
}

export interface Batches {
  readonly lane: string;
  readonly agreement: string;
  readonly reference: string;
  readonly lines: readonly (ComparedLine | RefusedLine)[];
  /** Whether good lines are posted though others are refused. */
  readonly partial: boolean;
  /** Whether whatever may pass by itself is thrown, for a caller that comes again. */
  readonly isPatient: boolean;
}

/**
 * Posts a file's lines batch by batch in their order, and tells each batch as it is settled.
 *
 * A batch is a fixed run of lines, sent under a reference of its own. What an earlier run under the same references has
 * posted is found in the lane, and told as posted, not as a duplicate. An outcome nobody knows is thrown, never told as
 * failed: the same again looks it up and goes on. So is a refusal before anything of the file is posted.
 *
 * @throws HttpProblem BULK_LINES_INVALID; Rejection what the rules refuse; LedgerError.
 */
export async function* settledBatches(deps: BatchDependencies, file: Batches): AsyncGenerator<readonly SettledLine[]> {
  const own = await sentBefore(deps, file);
  const state: Progress = { own, isPosted: false, isFailed: false };
  for (let from = 0; from < file.lines.length; from += POSTING_BATCH) {
    yield await settleBatch(deps, file, state, from);
  }
}

interface Progress {
  /** Ids of the transactions sent for this file. */
  readonly own: ReadonlySet<string>;
  isPosted: boolean;
  isFailed: boolean;
}

async function settleBatch(
  deps: BatchDependencies,
  file: Batches,
  state: Progress,
  from: number,
): Promise<readonly SettledLine[]> {
  const batch = file.lines.slice(from, from + POSTING_BATCH);
  const fresh = batch.filter(isFresh);
  const told: Told = new Map();
  if (state.isFailed) for (const { line } of fresh) told.set(line, { outcome: 'notTried' });
  else {
    try {
      await postFresh(deps.postings, { ...file, reference: `${file.reference}:${from}` }, fresh, told);
    } catch (error) {
      const isBegun = state.isPosted || isKnown(file.lines, state.own);
      if (!isBegun || !isRefusal(error, file.isPatient)) throw error;
      state.isFailed = true;
      for (const { line } of fresh) if (!told.has(line)) told.set(line, { outcome: 'failed', code: error.code });
    }
  }
  const settled = batch.map((line) => settle(line, told.get(line.line), state.own));
  if (settled.some(({ outcome }) => outcome === 'posted')) state.isPosted = true;
  return settled;
}

/** Line → what its posting gave. */
type Told = Map<number, Omit<SettledLine, 'line'>>;

/** One transaction; what another caller has posted differently since the lines were compared is refused by its line. */
async function postFresh(
  postings: LanePostings,
  { lane, agreement, reference, partial }: Batches,
  fresh: readonly ComparedLine[],
  told: Told,
): Promise<void> {
  for (let left = fresh; left.length > 0;) {
    try {
      const entries = left.map(({ entry }) => entry);
      const outcomes = await postings.post({ lane, agreement, reference, entries });
      outcomes.forEach((outcome, at) => told.set((left[at] as ComparedLine).line, outcome));
      return;
    } catch (error) {
      if (!(error instanceof HttpProblem) || error.code !== 'SEGMENT_ENTRY_CONFLICT') throw error;
      const guilty = left[Number(error.details['entry'])] as ComparedLine;
      const problem = { line: guilty.line, pointer: '/endToEndId', code: error.code };
      if (!partial) throw new HttpProblem('BULK_LINES_INVALID', {}, [problem]);
      told.set(guilty.line, { outcome: 'refused', code: error.code });
      left = left.filter((one) => one !== guilty);
    }
  }
}

function settle(
  line: ComparedLine | RefusedLine,
  told: Omit<SettledLine, 'line'> | undefined,
  own: ReadonlySet<string>,
): SettledLine {
  if (!isGood(line)) return { line, outcome: 'refused', code: line.code };
  const { outcome, place = line.known, ...more } = told ?? { outcome: 'duplicate' as const };
  if (place === undefined) return { line, outcome, ...more };
  return { line, outcome: own.has(place.transactionId) ? 'posted' : outcome, place, ...more };
}

function isFresh(line: ComparedLine | RefusedLine): line is ComparedLine {
  return isGood(line) && line.known === undefined;
}

/** Whether an earlier run has posted something of the file. */
function isKnown(lines: Batches['lines'], own: ReadonlySet<string>): boolean {
  return own.size > 0 && lines.some((line) => isGood(line) && own.has(line.known?.transactionId ?? ''));
}

function isRefusal(error: unknown, isPatient: boolean): error is { readonly code: string } {
  if (error instanceof LedgerError) return isPatient ? error.outcome === 'rejected' : error.outcome !== 'unknown';
  return error instanceof Rejection || error instanceof HttpProblem;
}

/** Ids of the transactions that an earlier run has sent for the same lines. @throws LedgerError unknown, unavailable. */
async function sentBefore(
  { index, transactions }: BatchDependencies,
  { reference, lines }: Batches,
): Promise<ReadonlySet<string>> {
  const own = new Set<string>();
  for (let from = 0; from < lines.length; from += POSTING_BATCH) {
    const sent = await transactions.byReference(`${reference}:${from}`);
    const open = sent.find(({ outcome }) => outcome === 'unknown');
    if (open !== undefined) throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, open.transactionId);
    for (const { outcome, transactionId, blockNumber } of sent) {
      if (outcome !== 'committed') continue;
      if (blockNumber !== null) await index.waitForHeight(BigInt(blockNumber));
      own.add(transactionId);
    }
  }
  return own;
}
