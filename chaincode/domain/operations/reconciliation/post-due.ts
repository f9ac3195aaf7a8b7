import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, requireCreator, requireStatus, requireWhole } from '../rules';
import { duesOf, type Due } from './dues';
import { carries, MOST_DUES, remembered, remembers, withDue } from './lane-memory';
import { appendSegments } from './lane-posting';
import { ENTRY_TYPES, type EntryType, type Lane } from './types';

interface Posting {
  readonly lane: string;
  readonly source: string;
  readonly kind: EntryType;
  readonly number: number;
}

/** Most dues of one kind that one record has. */
const MOST_OF_A_KIND = 100;

/**
 * Posts what a record leaves owing: one entry in a lane between the two members, once in all lanes of their pair.
 *
 * Only these two endorse it; other participants of the record hold no lane. The request supplies every lane of the
 * pair's business date, so that none of them hides that the due stands there already.
 */
export const postDue: Operation<Posting> = {
  authority: {
    operation: 'postDue',
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
      source: input.id('source'),
      kind: input.oneOf('kind', ENTRY_TYPES),
      number: input.integer('number', 1, MOST_OF_A_KIND),
    };
    input.end();
    return value;
  },
  reads: ({ lane }, supplied) => ({ businessDays: claimedIds(supplied.get(lane), 'lane', 'businessDay') }),
  apply(context, posting): readonly Change[] {
    const laneRecord = context.record(posting.lane, 'lane');
    requireStatus(laneRecord, postDue.authority);
    const content = as<Lane>(laneRecord.groups);
    requireCreator(context, content.lane.sender);
    const source = context.anyRecord(posting.source);
    const due = requireDue(source, posting);
    if (!carries(content, due)) throw new Rejection('AGREEMENT_NOT_IN_FORCE', { record: posting.lane });
    requireUnposted(context, content, due);
    if (remembered(content) >= MOST_DUES) {
      throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/lane', limit: String(MOST_DUES) });
    }
    return appendSegments(context, {
      laneRecord,
      segments: [[due.entry]],
      seed: seedOf(source, due),
      firstChange: 1,
      remembered: withDue(content, due),
    });
  },
};

/** @throws Rejection RECORD_NOT_SUPPLIED, NOTHING_OWED. */
function requireDue(source: LoadedRecord, { kind, number }: Posting): Due {
  requireWhole(source);
  const due = duesOf(source).find((one) => one.entry.type === kind && one.number === number);
  if (due === undefined) throw new Rejection('NOTHING_OWED', { record: source.document.id, kind });
  return due;
}

/** @throws Rejection RECORD_NOT_SUPPLIED, DUE_POSTED_ALREADY. */
function requireUnposted(context: OperationContext, { lane }: Lane, due: Due): void {
  for (const id of context.businessDay(lane.businessDay).lanes) {
    const record = context.record(id, 'lane');
    requireWhole(record);
    if (remembers(as<Lane>(record.groups), due)) throw new Rejection('DUE_POSTED_ALREADY', { record: id });
  }
}

/** The entry's salt may follow from its source's own secret document: nobody outside knows that one's salt. */
function seedOf({ document }: LoadedRecord, { entry, number }: Due): string {
  return sha256Hex(`concordat.entry.v2\n${document.salt}\n${entry.type}\n${number}`);
}
