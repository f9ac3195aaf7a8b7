import type { Lane, StandingAgreement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { Upload } from '../http/route';
import type { PostedEntries } from '../ports/posted-entries';
import type { RecordIndex } from '../ports/record-index';
import { ownRecord } from '../routes/records';
import { compareLines, type ComparedLine } from './compare-lines';
import { AnswerBuilder, MOST_TOLD, type ControlTotals, type EntriesAnswer } from './entries-answer';
import { isGood, judgeLines, type JudgedLine, type RefusedLine } from './judge-lines';
import { settledBatches, type BatchDependencies, type SettledLine } from './post-batches';

export interface EntriesFileDependencies extends BatchDependencies {
  readonly index: RecordIndex;
  readonly posted: PostedEntries;
}

/** A file of entries for one lane, from wherever it came. */
export interface EntriesFile {
  readonly lane: string | undefined;
  readonly mediaType: string;
  readonly upload: Upload;
  /** The caller's idempotency key: the same file under it goes on where it stopped. */
  readonly reference: string;
  /** Whether good lines are posted though others are refused. */
  readonly partial: boolean;
  readonly control?: ControlTotals;
}

/** Is told how far a file is. */
export interface Observer {
  /** Lines of the file, before the first one is posted. */
  readonly judged?: (lines: number) => Promise<void>;
  /** All lines of a file of which some are refused, so that none is posted. */
  readonly refused?: (lines: readonly JudgedLine[]) => Promise<void>;
  /** One batch more, in the file's order. */
  readonly settled?: (batch: readonly SettledLine[]) => Promise<void>;
}

/**
 * Posts a file: all of its lines are judged, and compared with what is posted, before the first one is posted.
 *
 * With an observer it is patient: what may pass by itself is thrown, for the caller comes again.
 * @throws HttpProblem BULK_TOO_LARGE, BULK_EMPTY, BULK_LINES_INVALID, CONTROL_TOTALS_DIFFER; Rejection; LedgerError.
 */
export async function postEntriesFile(
  deps: EntriesFileDependencies,
  { lane: id, mediaType, upload, reference, partial, control = {} }: EntriesFile,
  observer?: Observer,
): Promise<EntriesAnswer> {
  const lane = await ownRecord(deps, 'lane', id);
  const { agreement } = as<Lane>(lane.groups).lane;
  const terms = as<StandingAgreement>((await ownRecord(deps, 'standingAgreement', agreement)).groups);
  const lines = await compareLines(deps.posted, lane.id, await judgeLines(upload, mediaType, terms));
  if (!isPostable(lines, partial)) {
    await observer?.refused?.(lines);
    throw problemOf(lines);
  }
  requireTotals(lines, control);
  await observer?.judged?.(lines.length);
  const answer = new AnswerBuilder();
  const file = { lane: lane.id, agreement, reference, lines, partial, isPatient: observer !== undefined };
  for await (const batch of settledBatches(deps, file)) {
    answer.add(batch);
    await observer?.settled?.(batch);
  }
  return answer.answer();
}

type Lines = readonly (ComparedLine | RefusedLine)[];

function isPostable(lines: Lines, partial: boolean): boolean {
  return lines.length > 0 && (partial ? lines.some(isGood) : lines.every(isGood));
}

function problemOf(lines: Lines): HttpProblem {
  if (lines.length === 0) return new HttpProblem('BULK_EMPTY');
  const refused = lines.filter((line): line is RefusedLine => !isGood(line)).slice(0, MOST_TOLD);
  return new HttpProblem(
    'BULK_LINES_INVALID',
    {},
    refused.map(({ line, pointer, code }) => ({ line, pointer, code })),
  );
}

/** The totals are those of the file as it came, refused lines and duplicates among them. */
function requireTotals(lines: Lines, control: ControlTotals): void {
  const amounts = lines.map((line) => (isGood(line) ? BigInt(line.entry.amountMinor) : line.amountMinor));
  const found = {
    entries: lines.length,
    amountMinor: String(amounts.reduce((sum, amount) => sum + amount, 0n)),
  };
  const { entries = found.entries, amountMinor = found.amountMinor } = control;
  if (entries === found.entries && amountMinor === found.amountMinor) return;
  const field = entries === found.entries ? 'amountMinor' : 'entries';
  const { amountMinor: sum } = found;
  throw new HttpProblem('CONTROL_TOTALS_DIFFER', { field, entries: String(found.entries), amountMinor: sum });
}
