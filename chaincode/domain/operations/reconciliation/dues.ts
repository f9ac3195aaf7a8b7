import type { LoadedRecord } from '../../operation';
import { as, type Payment } from '../../trade-types';
import type { BreakContent } from '../breaks/types';
import { duesOfBreak } from './dues-of-break';
import { duesOfPayment } from './dues-of-payment';
import type { SettlementEntry } from './types';

/** What a record leaves owing from one member to another. */
export interface Due {
  /** Record it follows from. */
  readonly source: string;
  /** Which of its kind it is there, from 1 on. */
  readonly number: number;
  readonly debtor: string;
  readonly creditor: string;
  /** The business date of the two, which names their lanes. */
  readonly businessDay: string;
  /** What is posted for it; its type is the kind of due. */
  readonly entry: SettlementEntry;
}

/** A record as the ledger or an index holds it. */
export type DueSource = Pick<LoadedRecord, 'document' | 'groups'>;

/**
 * Everything a record leaves owing between two members, in a fixed order: the one place that decides it.
 *
 * What has arisen never goes away: a payment returned still has its principal, and its reversal beside it.
 */
export function duesOf({ document, groups }: DueSource): readonly Due[] {
  return allDues({ document, groups }).filter(
    ({ debtor, creditor, entry }) => debtor !== creditor && entry.amountMinor !== '0',
  );
}

function allDues({ document, groups }: DueSource): readonly Due[] {
  if (document.type === 'payment') return duesOfPayment(document, as<Payment>(groups));
  return document.type === 'break' ? duesOfBreak(document, as<BreakContent>(groups)) : [];
}
