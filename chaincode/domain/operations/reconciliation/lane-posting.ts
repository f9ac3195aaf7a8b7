import { canonicalJson } from '../../canonical-json';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import type { Change, LoadedRecord, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { groupsOf } from '../rules';
import { entriesRoot, requireAgreed, saltEntries, sumMinor } from './entries';
import type { Lane, LaneDay, Segment, SettlementEntry, StandingAgreement } from './types';

const EMPTY_CHAIN = '0'.repeat(64);
const EMPTY_DAY: LaneDay = { segments: 0, entries: 0, amountMinor: '0', chain: EMPTY_CHAIN };

/** One more link of a day's chain: no segment can be left out, put in or moved without changing the last one. */
export function chainNext(id: string, { header }: Segment): string {
  return sha256Hex(
    canonicalJson({
      amountMinor: header.amountMinor,
      count: header.count,
      entriesRoot: header.entriesRoot,
      id,
      previous: header.previousChain,
      sequence: header.sequence,
    }),
  );
}

export interface LanePosting {
  readonly laneRecord: LoadedRecord;
  /** Entries of each segment. */
  readonly segments: readonly (readonly SettlementEntry[])[];
  /** 64 hexadecimal characters, for the entries' salts. */
  readonly seed: string;
  /** Place of the first segment among the operation's changes; the lane's own change stands before it. */
  readonly firstChange: number;
  /** What else changes about the lane: the dues it remembers. */
  readonly remembered?: Pick<Lane['lane'], 'principals' | 'dues'>;
}

/**
 * Appends segments to a lane on the open date of its pair.
 *
 * The agreement must be in force and supplied; limits are judged over the whole day.
 * @throws Rejection CREATOR_NOT_ENTITLED, AGREEMENT_NOT_IN_FORCE, ENTRY_LIMIT_EXCEEDED, LATE_DATE_NOT_CLOSED,
 *   DAY_LIMIT_EXCEEDED.
 */
export function appendSegments(context: OperationContext, posting: LanePosting): Change[] {
  const { lane } = as<Lane>(posting.laneRecord.groups);
  if (context.creatorMspId !== lane.sender) {
    throw new Rejection('CREATOR_NOT_ENTITLED', { creator: context.creatorMspId });
  }
  const agreement = agreementInForce(context, lane);
  const { date } = context.businessDay(lane.businessDay);
  let day = lane.days[date] ?? EMPTY_DAY;
  let offset = 0;
  const created = posting.segments.map((entries, at): Change => {
    requireAgreed(entries, agreement, offset);
    requireLate(entries, lane.closedThrough, offset);
    offset += entries.length;
    const salted = saltEntries(entries, posting.seed, `${posting.firstChange + at}`);
    const segment: Segment = {
      header: {
        lane: posting.laneRecord.document.id,
        businessDay: lane.businessDay,
        date,
        sequence: day.segments + 1,
        count: entries.length,
        amountMinor: String(sumMinor(entries)),
        entriesRoot: entriesRoot(salted),
        previousChain: day.chain,
      },
    };
    day = withSegment(day, context.newId(posting.firstChange + at), segment);
    return {
      kind: 'create',
      type: 'segment',
      participants: posting.laneRecord.document.participants,
      status: 'posted',
      groups: groupsOf(segment),
      attachments: { entries: salted as never },
    };
  });
  if (BigInt(day.amountMinor) > BigInt(agreement.agreement.dayLimitMinor)) throw new Rejection('DAY_LIMIT_EXCEEDED');
  const groups = groupsOf({ lane: { ...lane, ...posting.remembered, days: { ...lane.days, [date]: day } } });
  return [{ kind: 'update', record: posting.laneRecord, status: 'open', groups }, ...created];
}

/** A back-reference names a date that is closed: an open one takes its entries itself. @throws Rejection LATE_DATE_NOT_CLOSED. */
function requireLate(entries: readonly SettlementEntry[], closedThrough: string | null, offset: number): void {
  entries.forEach(({ lateFor }, at) => {
    if (lateFor !== undefined && (closedThrough === null || lateFor > closedThrough)) {
      throw new Rejection('LATE_DATE_NOT_CLOSED', { entry: String(offset + at), date: lateFor });
    }
  });
}

function agreementInForce(context: OperationContext, lane: Lane['lane']): StandingAgreement {
  const record = context.record(lane.agreement, 'standingAgreement');
  if (record.document.status !== 'agreed') throw new Rejection('AGREEMENT_NOT_IN_FORCE', { record: lane.agreement });
  return as<StandingAgreement>(record.groups);
}

/** The day after one more segment. */
export function withSegment(day: LaneDay, id: string, segment: Segment): LaneDay {
  const { header } = segment;
  return {
    segments: day.segments + 1,
    entries: day.entries + header.count,
    amountMinor: String(BigInt(day.amountMinor) + BigInt(header.amountMinor)),
    chain: chainNext(id, segment),
  };
}

export { EMPTY_DAY };
