import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { parseMinor } from '../../money';
import type { Change, LoadedRecord, Operation } from '../../operation';
import { as, type Payment } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { requireSamePayment } from './payment-message';
import { afterPayment } from './receivable-balance';

interface Return {
  readonly payment: string;
  readonly endToEndId: string;
  readonly currency: string;
  readonly amountMinor: string;
  readonly valueDate: string;
  /** ISO 20022 external return reason code. */
  readonly reason: string;
  /** SHA-256 of the bank's message. */
  readonly document: string | null;
}

/**
 * The creditor's member gives a payment made back, whole, by its own pacs.004 or camt.054.
 *
 * It alone may say so, since it is who owes the money then (`postDue`, kind `reversal`). The receivable is open again
 * by that amount and its instalment can be instructed anew.
 */
export const returnPayment: Operation<Return> = {
  authority: {
    operation: 'returnPayment',
    record: 'payment',
    from: ['paid'],
    to: 'returned',
    creator: 'creditorMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      payment: input.id('payment'),
      endToEndId: input.text('endToEndId', /^[^\u0000-\u001f]{1,35}$/u),
      currency: input.text('currency', /^[A-Z]{3}$/),
      amountMinor: String(input.with('amountMinor', parseMinor)),
      valueDate: input.with('valueDate', parseDate),
      reason: input.text('reason', /^[A-Z0-9]{1,4}$/),
      document: input.optionalText('document', /^[0-9a-f]{64}$/),
    };
    input.end();
    return value;
  },
  reads: ({ payment }, supplied) => ({ businessDays: claimedIds(supplied.get(payment), 'roles', 'businessDay') }),
  apply(context, input): readonly Change[] {
    const record = context.record(input.payment, 'payment');
    requireStatus(record, returnPayment.authority);
    const content = as<Payment>(record.groups);
    requireCreator(context, content.payment.creditorMember);
    requireSamePayment(content, input);
    requireAfterPayment(content, input);
    // Whoever gave part of it back can only give back the rest.
    if (content.payment.refunds !== undefined) throw new Rejection('PAYMENT_REFUNDED', { record: input.payment });
    const { valueDate: on, reason, document } = input;
    const payment = { ...content.payment, returned: { on, reason, document } };
    return [
      { kind: 'update', record, status: 'returned', groups: groupsOf({ ...content, payment }) },
      receivableChange(context.record(content.payment.receivable, 'receivable'), input, content),
    ];
  },
};

/** @throws Rejection DATE_INVALID. */
function requireAfterPayment({ payment: { paidOn } }: Payment, { valueDate }: Return): void {
  if (paidOn === null || valueDate < paidOn) throw new Rejection('DATE_INVALID', { field: '/input/valueDate' });
}

/** A settled receivable stands as it did before the payment; one with another payment under way goes on. */
function receivableChange(record: LoadedRecord, { payment: id, valueDate }: Return, { payment }: Payment): Change {
  const changeMinor = BigInt(payment.amountMinor);
  const effect = { payment: id, status: 'returned', changeMinor, returnedOn: valueDate } as const;
  const { groups } = afterPayment(record, effect);
  const { status } = record.document;
  return { kind: 'update', record, status: status === 'settled' ? payment.receivableStatus : status, groups };
}
