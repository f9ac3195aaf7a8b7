import { Rejection } from '../../chaincode/domain/errors';
import { statementTotals } from '../../chaincode/domain/operations/reconciliation/close-day';
import type { Lane } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import type { RecordIndex } from '../ports/record-index';

/** How an open date stands: totals so far, by lane; nobody has signed it and it will change. */
export interface ProvisionalStatement {
  readonly isProvisional: true;
  readonly businessDay: string;
  readonly pair: readonly [string, string];
  readonly currency: string;
  readonly date: string;
  /** Number of the last block it is made of. */
  readonly block: string;
  readonly count: number;
  /** What the pair's first member owes, and is owed so far, minor units. */
  readonly debitMinor: string;
  readonly creditMinor: string;
  readonly lanes: readonly {
    readonly lane: string;
    readonly debtor: string;
    readonly segments: number;
    readonly count: number;
    readonly amountMinor: string;
  }[];
}

/** @throws Rejection BUSINESS_DAY_NOT_FOUND. */
export async function provisionalStatement(
  index: RecordIndex,
  member: string,
  { businessDay, currency }: { readonly businessDay: string; readonly currency: string },
): Promise<ProvisionalStatement> {
  const { height } = await index.state();
  const day = await index.businessDay(businessDay);
  if (day === undefined || !day.members.includes(member)) throw new Rejection('BUSINESS_DAY_NOT_FOUND');
  const { members: pair, date } = day;
  const records = await index.records(day.lanes);
  const lanes = records
    .map(({ id, groups }) => ({ id, lane: as<Lane>(groups).lane }))
    .filter(({ lane }) => lane.currency === currency)
    .map(({ id, lane: { debtor, days } }) => {
      const { segments = 0, entries: count = 0, amountMinor = '0' } = days[date] ?? {};
      return { lane: id, debtor, segments, count, amountMinor };
    });
  return {
    isProvisional: true,
    businessDay,
    pair,
    currency,
    date,
    block: String(height - 1n),
    ...statementTotals(lanes, pair),
    lanes,
  };
}
