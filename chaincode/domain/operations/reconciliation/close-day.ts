import { canonicalBytes } from '../../canonical-json';
import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { leafHash, merkleRoot } from '../../merkle';
import { parseCurrency } from '../../money';
import type { Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { groupsOf, requireCreator } from '../rules';
import { calendarVersions } from './business-day';
import { EMPTY_DAY, withSegment } from './lane-posting';
import type { Lane, Segment, Statement, StatementSegment } from './types';

interface Close {
  readonly businessDay: string;
  readonly members: readonly string[];
  readonly currency: string;
  readonly date: string;
  /** Ids of the day's segments, lane by lane in the pair's order, each lane's in sequence. */
  readonly segments: readonly string[];
}

interface LoadedLane {
  readonly record: LoadedRecord;
  readonly lane: Lane['lane'];
}

function parseText(pattern: RegExp) {
  return (item: Json, field: string): string => {
    if (typeof item !== 'string' || !pattern.test(item)) throw new Rejection('REQUEST_INVALID', { field });
    return item;
  };
}

/**
 * Closes a date of a pair in one currency, from the segments' headers alone.
 *
 * The date must lie before the open one, so nobody can extend it any more; every lane of the pair is accounted for,
 * and each lane's headers must chain to what the lane recorded.
 */
export const closeDay: Operation<Close> = {
  authority: {
    operation: 'closeDay',
    record: 'statement',
    from: [],
    to: 'closed',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      businessDay: input.id('businessDay'),
      members: input.list('members', { min: 2, max: 2 }, parseText(/^.{1,64}$/)),
      currency: input.with('currency', parseCurrency),
      date: input.with('date', parseDate),
      segments: input.list('segments', { min: 0, max: 1_080 }, parseText(/^[0-9a-f]{32}$/)),
    };
    input.end();
    return value;
  },
  reads: ({ businessDay, members }) => ({ businessDays: [businessDay], calendars: members }),
  apply(context, input): readonly Change[] {
    const { date, currency } = input;
    const day = context.businessDay(input.businessDay);
    requireCreator(context, ...day.members);
    if (date >= day.date) throw new Rejection('DAY_STILL_OPEN', { date });
    const lanes = day.lanes
      .map((id) => loadLane(context, id, input.businessDay))
      .filter(({ lane }) => lane.currency === currency);
    if (lanes.length === 0) throw new Rejection('DAY_INCOMPLETE', { currency });
    for (const { record, lane } of lanes) requireClosable(record, lane, date);
    const left = [...input.segments];
    const segments = lanes.flatMap((loaded) => daySegments(context, loaded, date, left));
    if (left.length > 0) throw new Rejection('DAY_INCOMPLETE', { record: left[0] as string });
    const statement = newStatement(context, input, day.members, segments);
    return [
      {
        kind: 'create',
        type: 'statement',
        participants: day.members,
        status: 'closed',
        groups: groupsOf({ statement, signatures: {}, refusals: { given: [] } } satisfies Statement),
      },
      ...lanes.map(({ record, lane }): Change => ({
        kind: 'update',
        record,
        status: 'open',
        groups: groupsOf({ lane: closedLane(lane, date) }),
      })),
    ];
  },
};

function loadLane(context: OperationContext, id: string, businessDay: string): LoadedLane {
  const record = context.record(id, 'lane');
  const { lane } = as<Lane>(record.groups);
  if (lane.businessDay !== businessDay) throw new Rejection('DAY_INCOMPLETE', { record: id });
  return { record, lane };
}

function requireClosable({ document }: LoadedRecord, lane: Lane['lane'], date: string): void {
  if (lane.closedThrough !== null && date <= lane.closedThrough) throw new Rejection('DAY_CLOSED', { date });
  const earlier = Object.keys(lane.days).find((open) => open < date);
  if (earlier !== undefined) throw new Rejection('DAY_INCOMPLETE', { record: document.id, date: earlier });
}

/** Takes a lane's headers from the front of the list and folds them; they must give exactly what the lane recorded. */
function daySegments(
  context: OperationContext,
  { record, lane }: LoadedLane,
  date: string,
  left: string[],
): StatementSegment[] {
  const expected = lane.days[date] ?? EMPTY_DAY;
  let folded = EMPTY_DAY;
  const taken: StatementSegment[] = [];
  while (folded.segments < expected.segments) {
    const id = left.shift();
    if (id === undefined) break;
    const segment = as<Segment>(context.record(id, 'segment').groups);
    const { header } = segment;
    if (header.lane !== record.document.id || header.date !== date || header.previousChain !== folded.chain) break;
    folded = withSegment(folded, id, segment);
    const { count, amountMinor, entriesRoot, sequence } = header;
    taken.push({ id, lane: header.lane, sequence, count, amountMinor, entriesRoot, debtor: lane.debtor });
  }
  if (folded.chain !== expected.chain) throw new Rejection('DAY_INCOMPLETE', { record: record.document.id, date });
  return taken;
}

function closedLane(lane: Lane['lane'], date: string): Lane['lane'] {
  const days = Object.fromEntries(Object.entries(lane.days).filter(([open]) => open > date));
  return { ...lane, days, closedThrough: date };
}

/** RFC 6962 root over a statement's segments in order. */
export function statementRoot(segments: readonly StatementSegment[]): string {
  return merkleRoot(segments.map((segment) => leafHash(canonicalBytes(segment as unknown as Json)))).toString('hex');
}

/** What parts of a date add up to, minor units: debit is what the pair's first member owes, credit what its second does. */
export function statementTotals(
  parts: readonly Pick<StatementSegment, 'debtor' | 'count' | 'amountMinor'>[],
  pair: readonly [string, string],
): Pick<Statement['statement'], 'count' | 'debitMinor' | 'creditMinor'> {
  const owedBy = (mspId: string): bigint =>
    parts.filter(({ debtor }) => debtor === mspId).reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  return {
    count: parts.reduce((sum, { count }) => sum + count, 0),
    debitMinor: String(owedBy(pair[0])),
    creditMinor: String(owedBy(pair[1])),
  };
}

function newStatement(
  context: OperationContext,
  { businessDay, currency, date }: Close,
  pair: readonly [string, string],
  segments: readonly StatementSegment[],
): Statement['statement'] {
  return {
    businessDay,
    pair,
    currency,
    date,
    ...statementTotals(segments, pair),
    root: statementRoot(segments),
    segments,
    calendars: calendarVersions(context, pair, date),
    issue: { number: 1, reason: null, by: null, supersedes: null },
  };
}
