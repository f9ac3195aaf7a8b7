import { randomBytes } from 'node:crypto';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { parseEntry, requireAgreed, sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import { POSTING_LIMITS } from '../../chaincode/domain/operations/reconciliation/post-segments';
import type { Lane, SettlementEntry, StandingAgreement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { Answer, Call, Route, Upload } from '../http/route';
import type { FieldProblem } from '../http/validation/field-codes';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import { bulkLines, type BulkLine } from './bulk-lines';
import type { RouteDeps } from './dependencies';
import { EntriesQuery } from './dto/reconciliation';
import { ownRecord } from './records';
import { Turns } from './turns';
import { BulkAnswer } from './views/answers';

/** Largest bulk file, bytes. */
const FILE_LIMIT = 536_870_912;
const MAX_LINES = 1_000_000;
const MAX_PROBLEMS = 1_000;
const BATCH = POSTING_LIMITS.segments * POSTING_LIMITS.entries;

interface GoodLine {
  readonly line: number;
  readonly entry: SettlementEntry;
}

/** Bulk posting: all lines are judged before the first one is posted; batches then go out in the file's order. */
export function entriesRoute(deps: RouteDeps): Route {
  const lanes = new Turns();
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
    handle: (call) => postFile(deps, lanes, call),
  };
}

async function postFile(deps: RouteDeps, lanes: Turns, call: Call): Promise<Answer> {
  const lane = await ownRecord(deps, 'lane', call.params['id']);
  const content = as<Lane>(lane.groups).lane;
  const agreement = as<StandingAgreement>((await ownRecord(deps, 'standingAgreement', content.agreement)).groups);
  const upload = call.upload as Upload;
  const partial = (call.query as EntriesQuery).partial === 'true';
  const { good, problems, lines } = await judge(upload, call.mediaType, agreement);
  if (problems.length > 0 && (!partial || good.length === 0)) throw new HttpProblem('BULK_LINES_INVALID', {}, problems);
  if (good.length === 0) throw new HttpProblem('BULK_EMPTY');
  const segments = await lanes.take(lane.id, () =>
    postBatches(deps, { lane: lane.id, agreement: content.agreement }, good, call.reference),
  );
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
  ids: Ids,
  good: readonly GoodLine[],
  reference: string,
): Promise<PostedSegment[]> {
  const answers: PostedSegment[] = [];
  for (let from = 0; from < good.length; from += BATCH) {
    const batch = chunks(good.slice(from, from + BATCH), POSTING_LIMITS.entries);
    const failed = answers.some(({ state }) => state !== 'posted');
    answers.push(
      ...(failed
        ? unposted(batch, 'notTried')
        : await postOrTell(deps, ids, batch, `${reference}:${from}`, from === 0)),
    );
  }
  return answers;
}

interface Ids {
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
  ids: Ids,
  batch: readonly (readonly GoodLine[])[],
  reference: string,
  isFirst: boolean,
): Promise<PostedSegment[]> {
  try {
    return await postBatch(deps, ids, batch, reference);
  } catch (error) {
    const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome !== 'unknown');
    if (isFirst || !isRefusal) throw error;
    return unposted(batch, 'failed', error.code);
  }
}

/** One transaction. A batch an interrupted run has sent is not sent again: its reference tells what became of it. */
async function postBatch(
  deps: RouteDeps,
  { lane, agreement }: Ids,
  batch: readonly (readonly GoodLine[])[],
  reference: string,
): Promise<PostedSegment[]> {
  const sent = await deps.transactions.byReference(reference);
  const earlier = sent.find(({ outcome }) => outcome === 'committed');
  if (earlier !== undefined) {
    const { transactionId, blockNumber } = earlier;
    return batch.map((lines) => ({ ...span(lines), state: 'posted', transactionId, blockNumber: blockNumber ?? '0' }));
  }
  const open = sent.find(({ outcome }) => outcome === 'unknown');
  if (open !== undefined) throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, open.transactionId);
  const { businessDay } = as<Lane>((await ownRecord(deps, 'lane', lane)).groups).lane;
  const date = (await deps.index.businessDay(businessDay))?.date;
  if (date === undefined) throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay });
  const segments = batch.map((lines) => {
    const entries = lines.map(({ entry }) => entry);
    return { entries, count: entries.length, amountMinor: String(sumMinor(entries)) };
  });
  const { transactionId, blockNumber, written } = await deps.operations.submit({
    operation: 'postSegments',
    input: { lane, date, seed: randomBytes(32).toString('hex'), segments } as unknown as Json,
    recordIds: [lane, agreement],
    reference,
  });
  return batch.map((lines, at) => ({
    ...span(lines),
    state: 'posted',
    transactionId,
    blockNumber: blockNumber.toString(),
    ...(written[at + 1] === undefined ? {} : { recordId: written[at + 1]?.id as string }),
  }));
}

function unposted(
  batch: readonly (readonly GoodLine[])[],
  state: 'failed' | 'notTried',
  code?: string,
): PostedSegment[] {
  return batch.map((lines) => ({ ...span(lines), state, ...(code === undefined ? {} : { code }) }));
}

function span(lines: readonly GoodLine[]): { firstLine: number; lastLine: number; entries: number } {
  return { firstLine: lines[0]?.line ?? 0, lastLine: lines.at(-1)?.line ?? 0, entries: lines.length };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  return parts;
}
