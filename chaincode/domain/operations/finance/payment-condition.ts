import { addDays } from '../../business-date';
import { Rejection } from '../../errors';
import type { OperationContext } from '../../operation';
import {
  as,
  type Instalment,
  type Invoice,
  type Payment,
  type PurchaseOrder,
  type Receivable,
  type Shipment,
} from '../../trade-types';
import type { HeadName } from '../../succession';
import type { Notice } from '../trade/give-notice';

/** What a payment condition is judged by. */
export interface ConditionFacts {
  readonly order: PurchaseOrder;
  readonly invoice: Invoice;
  readonly receivable: Receivable;
}

/** The share of the face value that an instalment is; shares of all instalments add up to it exactly. */
export function instalmentMinor(order: PurchaseOrder, faceValueMinor: bigint, index: number): bigint {
  const shareUpTo = (end: number): bigint =>
    order.payment.instalments.slice(0, end).reduce((sum, item) => sum + BigInt(item.shareBasisPoints), 0n);
  const amountUpTo = (end: number): bigint => (faceValueMinor * shareUpTo(end)) / 10_000n;
  return amountUpTo(index + 1) - amountUpTo(index);
}

/**
 * Requires that an instalment's trigger has happened and its delay has run out on the open business date.
 *
 * @returns the date on which it became due.
 * @throws Rejection CONDITION_NOT_MET.
 */
export function requireDue(context: OperationContext, facts: ConditionFacts, index: number, date: string): string {
  const instalment = facts.order.payment.instalments[index];
  const since = instalment === undefined ? null : triggeredOn(context, facts, instalment);
  const due = instalment === undefined || since === null ? null : addDays(since, instalment.delayDays);
  if (due === null || due > date) throw new Rejection('CONDITION_NOT_MET', { instalment: String(index) });
  return due;
}

/**
 * What a payment made late leaves owing, by the order's terms: late is who pays after both the instalment and the invoice
 * were due, and after the last time the money came back.
 */
export function lateInterestOf(
  { order, receivable }: ConditionFacts,
  index: number,
  instalmentDue: string,
): Pick<Payment['payment'], 'lateInterest'> {
  const { lateInterest } = order.payment;
  if (lateInterest === undefined) return {};
  const returned = receivable.progress.instalments.flatMap((item) =>
    item.index === index && item.returnedOn !== undefined ? [item.returnedOn] : [],
  );
  const dueDate = [instalmentDue, receivable.claim.dueDate, ...returned].sort().at(-1) as string;
  return { lateInterest: { ...lateInterest, dueDate } };
}

/** The date an instalment's trigger happened; null when it has not. */
function triggeredOn(
  context: OperationContext,
  { order, invoice, receivable }: ConditionFacts,
  { trigger, date }: Instalment,
): string | null {
  switch (trigger) {
    case 'termsAgreed':
      return order.progress.confirmedOn;
    case 'invoiceIssued':
      return invoice.invoice.issuedOn;
    case 'invoiceAccepted':
      return receivable.claim.acceptedOn;
    case 'date':
      return date;
    case 'despatched':
      return latest(order.progress.despatches.map(({ despatchedOn }) => despatchedOn));
    case 'deliveredByCarrier':
      // A retracted delivery has no date any more, and holds the payment again.
      return latest(shipmentsOf(context, order).map(({ events }) => events.deliveredOn));
  }
}

function shipmentsOf(context: OperationContext, { links }: PurchaseOrder): Shipment[] {
  return links.shipments.map((id) => as(context.record(id, 'shipment').groups));
}

function latest(dates: readonly (string | null)[]): string | null {
  if (dates.length === 0 || dates.includes(null)) return null;
  return [...dates].sort().at(-1) ?? null;
}

/**
 * Requires that no participant's dispute stands against the order.
 *
 * A head that counts notices must be accounted for: all of them supplied, each dispute taken back by its giver.
 * @throws Rejection PAYMENT_HELD_BY_NOTICE.
 */
export function requireNoDispute(
  context: OperationContext,
  orderId: string,
  heads: readonly HeadName[],
  noticeIds: readonly string[],
): void {
  const notices = noticeIds.map((id) => ({
    id,
    notice: as<{ notice: Notice }>(context.record(id, 'notice').groups).notice,
  }));
  for (const { name, givers } of heads) {
    const { count, last } = context.noticeHead(orderId, name);
    const own = notices.filter(({ notice }) => notice.order === orderId && givers.includes(notice.giver));
    const chained = own.length === count && chainEndsAt(own, last);
    const withdrawn = new Set(own.map(({ notice }) => notice.withdraws));
    const open = own.some(({ id, notice }) => notice.kind === 'dispute' && !withdrawn.has(id));
    if (!chained || open)
      throw new Rejection('PAYMENT_HELD_BY_NOTICE', { order: orderId, giver: givers.at(-1) as string });
  }
}

/** Whether the notices are exactly those of a head, each naming the one before. */
function chainEndsAt(
  notices: readonly { readonly id: string; readonly notice: Notice }[],
  last: string | null,
): boolean {
  const byId = new Map(notices.map(({ id, notice }) => [id, notice]));
  let at = last;
  for (let left = notices.length; left > 0; left--) {
    const notice = at === null ? undefined : byId.get(at);
    if (notice === undefined) return false;
    at = notice.previous;
  }
  return at === null;
}
