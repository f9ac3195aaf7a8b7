import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseMinor } from '../../money';
import type { Change, Operation } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, requireCreator } from '../rules';
import { parseEntry, sumMinor } from './entries';
import { appendSegments } from './lane-posting';
import type { Lane, SettlementEntry } from './types';

/** Segments of one transaction, and entries of one segment. */
export const POSTING_LIMITS = { segments: 12, entries: 1_000 } as const;

interface Posting {
  readonly lane: string;
  readonly date: string;
  readonly seed: string;
  readonly segments: readonly (readonly SettlementEntry[])[];
}

function parseSegment(json: Json, path: string): SettlementEntry[] {
  const input = Input.of(json, path);
  const entries = input.list('entries', { min: 1, max: POSTING_LIMITS.entries }, (item, place) =>
    parseEntry(item, place),
  );
  const count = input.integer('count', 1, POSTING_LIMITS.entries);
  const amountMinor = input.with('amountMinor', parseMinor);
  input.end();
  if (count !== entries.length || amountMinor !== sumMinor(entries)) {
    throw new Rejection('SEGMENT_CONTROL_WRONG', { field: path });
  }
  return entries;
}

/** Posts settlement entries in segments: header on the ledger, entries beside it, both only at the two members. */
export const postSegments: Operation<Posting> = {
  authority: {
    operation: 'postSegments',
    record: 'lane',
    from: ['open'],
    to: 'open',
    creator: 'sender',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      lane: input.id('lane'),
      date: input.with('date', parseDate),
      seed: input.digest('seed'),
      segments: input.list('segments', { min: 1, max: POSTING_LIMITS.segments }, parseSegment),
    };
    input.end();
    requireUnique(value.segments.flat());
    return value;
  },
  reads: ({ lane }, supplied) => ({ businessDays: claimedIds(supplied.get(lane), 'lane', 'businessDay') }),
  apply(context, { lane: id, date, seed, segments }): readonly Change[] {
    const laneRecord = context.record(id, 'lane');
    const { lane } = as<Lane>(laneRecord.groups);
    requireCreator(context, lane.sender);
    if (context.businessDay(lane.businessDay).date !== date) throw new Rejection('DATE_NOT_OPEN', { date });
    return appendSegments(context, { laneRecord, segments, seed, firstChange: 1 });
  },
};

function requireUnique(entries: readonly SettlementEntry[]): void {
  const seen = new Set<string>();
  entries.forEach(({ endToEndId }, at) => {
    if (seen.has(endToEndId)) throw new Rejection('SEGMENT_ENTRY_DUPLICATE', { entry: String(at) });
    seen.add(endToEndId);
  });
}
