import { canonicalBytes } from '../../canonical-json';
import { parseDate } from '../../business-date';
import type { BusinessDay } from '../../business-day';
import { calendarOn, isCommonBusinessDay, nextBusinessDate } from '../../calendar';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { Change, Operation, OperationContext } from '../../operation';
import { requireCreator } from '../rules';

/** The next version of a pair's business date. */
export function nextDay(day: BusinessDay, change: Partial<BusinessDay>): Change {
  const previous = sha256Hex(canonicalBytes(day as unknown as Json));
  return { kind: 'businessDay', value: { ...day, ...change, version: day.version + 1, previous } };
}

interface Opening {
  readonly with: string;
  readonly date: string;
}

/** Opens the business date of a pair; it dates what the two do with one another, and binds neither to anything. */
export const openBusinessDay: Operation<Opening> = {
  authority: {
    operation: 'openBusinessDay',
    record: 'businessDay',
    from: [],
    to: 'open',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { with: input.mspId('with'), date: input.with('date', parseDate) };
    input.end();
    return value;
  },
  // Only the other one's name is in the input: the own calendar is the creator's, whose name the request does not say.
  reads: ({ with: other }) => ({ network: true, calendars: [other] }),
  apply(context, { with: other, date }): readonly Change[] {
    const known = context.network().members.some(({ mspId }) => mspId === other);
    if (!known || other === context.creatorMspId) throw new Rejection('MEMBER_UNKNOWN', { field: '/input/with' });
    if (!isCommonBusinessDay(date, [context.calendar(other)])) throw new Rejection('DATE_NOT_NEXT', { date });
    const members = [context.creatorMspId, other].sort() as [string, string];
    const value = { id: context.newId(0), members, date, proposal: null, lanes: [], version: 1, previous: null };
    return [{ kind: 'businessDay', value }];
  },
};

interface DateInput {
  readonly businessDay: string;
  readonly date: string;
}

/** Members of the pair are not known before the key is read; calendars of all members are few and small. */
function dateReads({ businessDay }: DateInput, members: readonly string[]) {
  return { businessDays: [businessDay], calendars: members };
}

/** Version of each member's calendar in force on a date; 0 for one that has none. */
export function calendarVersions(
  context: OperationContext,
  members: readonly string[],
  date: string,
): Record<string, number> {
  return Object.fromEntries(members.map((mspId) => [mspId, calendarOn(context.calendar(mspId), date)?.version ?? 0]));
}

function requireNext(context: OperationContext, day: BusinessDay, date: string): void {
  const books = day.members.map((mspId) => context.calendar(mspId));
  if (date !== nextBusinessDate(day.date, books)) throw new Rejection('DATE_NOT_NEXT', { date });
}

interface PairInput extends DateInput {
  readonly members: readonly string[];
}

function parsePairInput(json: Json): PairInput {
  const input = Input.of(json);
  const members = input.list('members', { min: 2, max: 2 }, (item, field) => {
    if (typeof item !== 'string') throw new Rejection('REQUEST_INVALID', { field });
    return item;
  });
  const value = { businessDay: input.id('businessDay'), date: input.with('date', parseDate), members };
  input.end();
  return value;
}

function loadPair(context: OperationContext, { businessDay, members }: PairInput): BusinessDay {
  const day = context.businessDay(businessDay);
  requireCreator(context, ...day.members);
  if (day.members.some((mspId, at) => mspId !== members[at])) {
    throw new Rejection('REQUEST_INVALID', { field: '/input/members' });
  }
  return day;
}

/** One member proposes the next business date; the date moves only when the other one follows. */
export const proposeDate: Operation<PairInput> = {
  authority: {
    operation: 'proposeDate',
    record: 'businessDay',
    from: ['open'],
    to: 'open',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse: parsePairInput,
  reads: (input) => dateReads(input, input.members),
  apply(context, input): readonly Change[] {
    const day = loadPair(context, input);
    requireNext(context, day, input.date);
    return [nextDay(day, { proposal: { by: context.creatorMspId, date: input.date } })];
  },
};

/** The other member advances the open business date to the proposed one. */
export const advanceDate: Operation<PairInput> = {
  authority: { ...proposeDate.authority, operation: 'advanceDate', creator: 'otherMember' },
  parse: parsePairInput,
  reads: (input) => dateReads(input, input.members),
  apply(context, input): readonly Change[] {
    const day = loadPair(context, input);
    const { proposal } = day;
    if (proposal === null || proposal.by === context.creatorMspId || proposal.date !== input.date) {
      throw new Rejection('PROPOSAL_MISSING', { date: input.date });
    }
    requireNext(context, day, input.date);
    return [nextDay(day, { date: input.date, proposal: null })];
  },
};
