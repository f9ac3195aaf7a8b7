import { Rejection } from '../../chaincode/domain/errors';
import { parseEntry, requireAgreed } from '../../chaincode/domain/operations/reconciliation/entries';
import type { Lane, SettlementEntry, StandingAgreement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { Answer, Call, Route, Upload } from '../http/route';
import type { FieldProblem } from '../http/validation/field-codes';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import { LanePostings, POSTING_BATCH, type PostedRun } from '../services/lane-postings';
import { bulkLines, type BulkLine } from './bulk-lines';
import type { RouteDeps } from './dependencies';
import { EntriesQuery } from './dto/reconciliation';
import { ownRecord } from './records';
import { BulkAnswer } from './views/answers';

/** Largest bulk file, bytes. */
const FILE_LIMIT = 536_870_912;
const MAX_LINES = 1_000_000;
const MAX_PROBLEMS = 1_000;

interface GoodLine {
  readonly line: number;
  readonly entry: SettlementEntry;
}

/** Bulk posting: all lines are judged before the first one is posted; batches then go out in the file's order. */
export function entriesRoute(deps: RouteDeps): Route {
  const postings = new LanePostings(deps);
  return {
    method: 'post',
    path: '/v1/lanes/{id}/entries',
    operationId: 'postEntries',
    tag: 'lanes',
    summary: 'Post settlement entries in bulk: NDJSON, or CSV with a header line',
    permission: 'prepare',
    query: EntriesQuery,
    body: { kind: 'upload', mediaTypes: ['application/x-ndjson', 'text/csv'], limit: FILE_LIMIT },
    answer: { status: 200, description: 'What became of each segment.', type: BulkAnswer },
    handle: (call) => postFile(deps, postings, call),
  };
}

/** A file of entries for one lane, from wherever it came. */
export interface EntriesFile {
  readonly lane: string | undefined;
  readonly mediaType: string;
  readonly upload: Upload;
  readonly reference: string;
  readonly partial: boolean;
}

function postFile(deps: RouteDeps, postings: LanePostings, call: Call): Promise<Answer> {
  const { params, mediaType, reference, upload, query } = call;
  const partial = (query as EntriesQuery).partial === 'true';
  return postEntriesFile(deps, postings, {
    lane: params['id'],
    mediaType,
    upload: upload as Upload,
    reference,
    partial,
  });
}

/** @throws HttpProblem BULK_LINES_INVALID, BULK_EMPTY, BULK_TOO_LARGE; Rejection; LedgerError. */
export async function postEntriesFile(
  deps: RouteDeps,
  postings: LanePostings,
  { lane: id, mediaType, upload, reference, partial }: EntriesFile,
): Promise<{ readonly json: object }> {
  const lane = await ownRecord(deps, 'lane', id);
  const content = as<Lane>(lane.groups).lane;
  const agreement = as<StandingAgreement>((await ownRecord(deps, 'standingAgreement', content.agreement)).groups);
  const { good, problems, lines } = await judge(upload, mediaType, agreement);
  if (problems.length > 0 && (!partial || good.length === 0)) throw new HttpProblem('BULK_LINES_INVALID', {}, problems);
  if (good.length === 0) throw new HttpProblem('BULK_EMPTY');
  const place = { postings, lane: lane.id, agreement: content.agreement };
  const segments = await postBatches(deps, place, good, reference);
  const refusedLines = problems.map(({ line = 0, pointer, code }) => ({ line, pointer, code }));
  const complete = segments.every(({ state }) => state === 'posted');
  return {
    json: { complete, lines, accepted: good.length, refused: lines - good.length, refusedLines, segments },
  };
}

/** Reads and judges every line. @throws HttpProblem BULK_TOO_LARGE. */
async function judge(
  upload: Upload,
  mediaType: string,
  agreement: StandingAgreement,
): Promise<{ good: GoodLine[]; problems: FieldProblem[]; lines: number }> {
  const good: GoodLine[] = [];
  const problems: FieldProblem[] = [];
  const seen = new Set<string>();
  let lines = 0;
  for await (const line of bulkLines(upload.open(), mediaType)) {
    if (++lines > MAX_LINES) throw new HttpProblem('BULK_TOO_LARGE');
    const judged = judgeLine(line, agreement, seen);
    if ('entry' in judged) good.push(judged);
    else if (problems.length < MAX_PROBLEMS) problems.push(judged);
  }
  return { good, problems, lines };
}

function judgeLine(
  { line, problem, value }: BulkLine,
  agreement: StandingAgreement,
  seen: Set<string>,
): GoodLine | FieldProblem {
  if (problem !== undefined) return { line, pointer: '', code: problem };
  try {
    const entry = parseEntry(value, String(line));
    requireAgreed([entry], agreement, line);
    if (seen.has(entry.endToEndId)) return { line, pointer: '/endToEndId', code: 'SEGMENT_ENTRY_DUPLICATE' };
    seen.add(entry.endToEndId);
    return { line, entry };
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    const { field = '', reason } = error.details;
    return { line, pointer: field, code: reason ?? error.code };
  }
}

type PostedSegment = BulkAnswer['segments'][number];

async function postBatches(
  deps: RouteDeps,
  place: Place,
  good: readonly GoodLine[],
  reference: string,
): Promise<PostedSegment[]> {
  const answers: PostedSegment[] = [];
  for (let from = 0; from < good.length; from += POSTING_BATCH) {
    const batch = good.slice(from, from + POSTING_BATCH);
    const failed = answers.some(({ state }) => state !== 'posted');
    if (failed) answers.push({ ...span(batch), state: 'notTried' });
    else answers.push(...(await postOrTell(deps, place, batch, `${reference}:${from}`, from === 0)));
  }
  return answers;
}

interface Place {
  readonly postings: LanePostings;
  readonly lane: string;
  readonly agreement: string;
}

/**
 * One batch, or why it did not commit. A refusal of the first one is the whole file's: nothing was posted.
 *
 * An outcome nobody knows is thrown, never told as failed: the same request under the same key looks it up and goes on.
 */
async function postOrTell(
  deps: RouteDeps,
  place: Place,
  batch: readonly GoodLine[],
  reference: string,
  isFirst: boolean,
): Promise<PostedSegment[]> {
  try {
    return await postBatch(deps, place, batch, reference);
  } catch (error) {
    const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome !== 'unknown');
    if (isFirst || !isRefusal) throw error;
    return [{ ...span(batch), state: 'failed', code: error.code }];
  }
}

/** One transaction. A batch an interrupted run has sent is not sent again: its reference tells what became of it. */
async function postBatch(
  deps: RouteDeps,
  { postings, lane, agreement }: Place,
  batch: readonly GoodLine[],
  reference: string,
): Promise<PostedSegment[]> {
  const sent = await deps.transactions.byReference(reference);
  const earlier = sent.find(({ outcome }) => outcome === 'committed');
  if (earlier !== undefined) {
    const { transactionId, blockNumber } = earlier;
    return [{ ...span(batch), state: 'posted', transactionId, blockNumber: blockNumber ?? '0' }];
  }
  const open = sent.find(({ outcome }) => outcome === 'unknown');
  if (open !== undefined) throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, open.transactionId);
  const runs = await postings.post({ lane, agreement, reference, entries: batch.map(({ entry }) => entry) });
  return told(batch, runs);
}

/** The segments an upload's lines went into; a segment may hold lines of other uploads too. */
function told(batch: readonly GoodLine[], runs: readonly PostedRun[]): PostedSegment[] {
  let from = 0;
  return runs.map(({ entries, ...place }) => {
    const lines = batch.slice(from, (from += entries));
    return { ...span(lines), state: 'posted', ...place };
  });
}

function span(lines: readonly GoodLine[]): { firstLine: number; lastLine: number; entries: number } {
  return { firstLine: lines[0]?.line ?? 0, lastLine: lines.at(-1)?.line ?? 0, entries: lines.length };
}
