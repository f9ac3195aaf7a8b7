import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { parseMinor } from '../../money';
import type { Change, LoadedRecord, Operation } from '../../operation';
import { as, type Payment } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { chargesOf, parseCharges, type ReportedCharge } from './payment-charges';
import { requireSamePayment } from './payment-message';
import { afterPayment } from './receivable-balance';

interface Report {
  readonly payment: string;
  readonly outcome: 'paid' | 'rejected';
  readonly endToEndId: string;
  readonly currency: string;
  readonly amountMinor: string;
  readonly valueDate: string;
  /** ISO 20022 external reason code of a rejection. */
  readonly reason: string | null;
  /** SHA-256 of the bank's message. */
  readonly document: string | null;
  /** Of a payment made. */
  readonly charges: readonly ReportedCharge[];
}

/**
 * The buyer's bank reports what became of an instructed payment, from its own camt.054 or pain.002.
 *
 * A payment made settles its part of the receivable; a payment refused gives the receivable back. What the two banks
 * then owe one another is `postDue`'s, a transaction of their own: the platform holds no lane.
 */
export const reportPayment: Operation<Report> = {
  authority: {
    operation: 'reportPayment',
    record: 'payment',
    from: ['instructed'],
    to: 'paid | rejected',
    creator: 'buyerBank',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      payment: input.id('payment'),
      outcome: input.oneOf('outcome', ['paid', 'rejected'] as const),
      endToEndId: input.text('endToEndId', /^[^\u0000-\u001f]{1,35}$/u),
      currency: input.text('currency', /^[A-Z]{3}$/),
      amountMinor: String(input.with('amountMinor', parseMinor)),
      valueDate: input.with('valueDate', parseDate),
      reason: input.optionalText('reason', /^[A-Z0-9]{1,4}$/),
      document: input.optionalText('document', /^[0-9a-f]{64}$/),
      charges: parseCharges(input),
    };
    input.end();
    if (value.outcome === 'rejected' && value.charges.length > 0) {
      throw new Rejection('REQUEST_INVALID', { field: '/input/charges' });
    }
    return value;
  },
  reads: ({ payment }, supplied) => ({ businessDays: claimedIds(supplied.get(payment), 'roles', 'businessDay') }),
  apply(context, report): readonly Change[] {
    const record = context.record(report.payment, 'payment');
    requireStatus(record, reportPayment.authority);
    const content = as<Payment>(record.groups);
    requireCreator(context, content.roles.buyerBank);
    requireSamePayment(content, report);
    const receivable = context.record(content.payment.receivable, 'receivable');
    const paidOn = report.outcome === 'paid' ? report.valueDate : null;
    const { reason, document } = report;
    const charges = chargesOf(content, report.charges);
    const payment = { ...content.payment, paidOn, reason, document, ...(charges.length > 0 ? { charges } : {}) };
    return [
      { kind: 'update', record, status: report.outcome, groups: groupsOf({ ...content, payment }) },
      receivableChange(receivable, content, report),
    ];
  },
};

function receivableChange(record: LoadedRecord, { payment }: Payment, { outcome, payment: id }: Report): Change {
  const paidMinor = outcome === 'paid' ? BigInt(payment.amountMinor) : 0n;
  const { openMinor, groups } = afterPayment(record, { payment: id, status: outcome, changeMinor: -paidMinor });
  return { kind: 'update', record, status: openMinor === 0n ? 'settled' : payment.receivableStatus, groups };
}
