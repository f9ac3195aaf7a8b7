import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseCurrency } from '../../money';
import type { Change, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator } from '../rules';
import { ballTo } from './ball';
import {
  LEDGER_BREAK_CODES,
  WAITING_CODES,
  type BreakContent,
  type BreakEntry,
  type BreakMismatch,
  type MatchRun,
} from './types';

/** Breaks opened in one transaction, and entries and fields one of them names. */
export const BREAK_LIMITS = { breaks: 50, entries: 20, mismatches: 32 } as const;
const TEXT = /^[^\u0000-\u001f]{1,140}$/u;
const SIGNED = /^-?(0|[1-9][0-9]{0,18})$/;

type NewBreak = Pick<
  BreakContent['break'],
  'code' | 'currency' | 'clearsBy' | 'oursMinor' | 'theirsMinor' | 'residualMinor' | 'ours' | 'theirs' | 'mismatches'
> & { readonly holder: string };

interface Opening {
  readonly run: string;
  readonly breaks: readonly NewBreak[];
}

/**
 * Opens what a run found unmatched: each a record of its own, since each is settled for itself.
 *
 * What time may still clear is opened as `timing` and is no break before its date.
 */
export const openBreaks: Operation<Opening> = {
  authority: {
    operation: 'openBreaks',
    record: 'break',
    from: [],
    to: 'open | timing',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      run: input.id('run'),
      breaks: input.list('breaks', { min: 1, max: BREAK_LIMITS.breaks }, parseBreak),
    };
    input.end();
    return value;
  },
  reads: ({ run }, supplied) => ({
    businessDays: claimedIds(supplied.get(run), 'run', 'businessDay'),
    calendars: [...(supplied.get(run)?.document.participants ?? [])],
  }),
  apply(context, { run: id, breaks }): readonly Change[] {
    const record = context.record(id, 'matchRun');
    const { run } = as<MatchRun>(record.groups);
    // Only the member whose books were matched says what does not match in them.
    requireCreator(context, run.by);
    const { participants } = record.document;
    return breaks.map((one): Change => {
      if (!participants.includes(one.holder)) throw new Rejection('MEMBER_UNKNOWN', { field: '/input/breaks' });
      const { date } = context.businessDay(run.businessDay);
      const isWaiting = one.clearsBy !== null && date <= one.clearsBy;
      const content = newBreak(context, one, { id, businessDay: run.businessDay, date });
      const status = isWaiting ? 'timing' : 'open';
      return { kind: 'create', type: 'break', participants, status, groups: groupsOf(content) };
    });
  },
};

function newBreak(
  context: OperationContext,
  { holder, ...found }: NewBreak,
  { id, businessDay, date }: { readonly id: string; readonly businessDay: string; readonly date: string },
): BreakContent {
  return {
    break: { ...found, businessDay, run: id, openedBy: context.creatorMspId, openedOn: date },
    handling: {
      ...ballTo(holder, date, context.calendar(holder)),
      holdings: [],
      proposal: null,
      escalatedOn: null,
      case: null,
      forced: null,
      closing: null,
    },
    comments: { list: [] },
  };
}

function parseBreak(json: Json, path: string): NewBreak {
  const input = Input.of(json, path);
  const entries = { min: 0, max: BREAK_LIMITS.entries };
  const value = {
    code: input.oneOf('code', LEDGER_BREAK_CODES),
    currency: input.with('currency', parseCurrency),
    clearsBy: input.has('clearsBy') ? input.with('clearsBy', parseDate) : input.optionalText('clearsBy'),
    holder: input.mspId('holder'),
    oursMinor: input.text('oursMinor', SIGNED),
    theirsMinor: input.text('theirsMinor', SIGNED),
    residualMinor: input.text('residualMinor', SIGNED),
    ours: input.list('ours', entries, parseEntry),
    theirs: input.list('theirs', entries, parseEntry),
    mismatches: input.list('mismatches', { min: 0, max: BREAK_LIMITS.mismatches }, parseMismatch),
  };
  input.end();
  const isWaiting = WAITING_CODES.includes(value.code);
  if (isWaiting !== (value.clearsBy !== null) || value.ours.length + value.theirs.length === 0) {
    throw new Rejection('REQUEST_INVALID', { field: path });
  }
  return value;
}

function parseEntry(json: Json, path: string): BreakEntry {
  const input = Input.of(json, path);
  const entry = {
    line: input.integer('line', 1, 1_000_000_000),
    reference: input.optionalText('reference', TEXT),
    amountMinor: input.text('amountMinor', SIGNED),
    date: input.with('date', parseDate),
  };
  input.end();
  return entry;
}

function parseMismatch(json: Json, path: string): BreakMismatch {
  const input = Input.of(json, path);
  const mismatch = {
    field: input.text('field', TEXT),
    expected: input.optionalText('expected', TEXT),
    actual: input.optionalText('actual', TEXT),
    delta: input.optionalText('delta', TEXT),
  };
  input.end();
  return mismatch;
}
