import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { parseMinor } from '../../money';
import type { Change, Operation } from '../../operation';
import { as, REFUND_CODES, type Payment, type PaymentRefund } from '../../trade-types';
import { groupsOf, requireCreator, requireStatus } from '../rules';

interface Refund extends PaymentRefund {
  readonly payment: string;
}

/** Refunds one payment may have. */
const MOST_REFUNDS = 20;

/**
 * The creditor's member gives part of a payment back, for goods short or rejected, or by a credit note of the seller.
 *
 * It alone may say so, since it is who owes the money then (`postDue`, kind `refund`). All refunds together are at most
 * what was paid; the receivable stays settled, since less is owed for the goods, not later.
 */
export const refundPayment: Operation<Refund> = {
  authority: {
    operation: 'refundPayment',
    record: 'payment',
    from: ['paid'],
    to: 'paid',
    creator: 'creditorMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      payment: input.id('payment'),
      amountMinor: String(input.with('amountMinor', parseMinor)),
      on: input.with('valueDate', parseDate),
      code: input.oneOf('code', REFUND_CODES),
      text: input.text('text', /^[^\u0000-\u001f]{1,140}$/u),
      creditNote: input.optionalText('creditNote', /^[^\u0000-\u001f]{1,35}$/u),
      document: input.optionalText('document', /^[0-9a-f]{64}$/),
    };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { payment: id, ...refund }): readonly Change[] {
    const record = context.record(id, 'payment');
    requireStatus(record, refundPayment.authority);
    const content = as<Payment>(record.groups);
    requireCreator(context, content.payment.creditorMember);
    const refunds = [...(content.payment.refunds ?? []), refund];
    requireRefundable(content.payment, refunds);
    const payment = { ...content.payment, refunds };
    return [{ kind: 'update', record, status: 'paid', groups: groupsOf({ ...content, payment }) }];
  },
};

/** @throws Rejection DATE_INVALID, REFUND_EXCEEDS_PAYMENT, REQUEST_TOO_LARGE. */
function requireRefundable({ amountMinor, paidOn }: Payment['payment'], refunds: readonly PaymentRefund[]): void {
  if (paidOn === null || refunds.some(({ on }) => on < paidOn)) {
    throw new Rejection('DATE_INVALID', { field: '/input/valueDate' });
  }
  const sum = refunds.reduce((total, one) => total + BigInt(one.amountMinor), 0n);
  if (sum > BigInt(amountMinor)) throw new Rejection('REFUND_EXCEEDS_PAYMENT', { field: '/input/amountMinor' });
  if (refunds.length > MOST_REFUNDS) {
    throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/payment', limit: String(MOST_REFUNDS) });
  }
}
