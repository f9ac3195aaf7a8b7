import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import { as, type Payment } from '../../trade-types';
import { claimedIds, requireCreator, requireStatus } from '../rules';
import { appendSegments } from './lane-posting';
import type { Lane, SettlementEntry } from './types';

interface Principal {
  readonly lane: string;
  readonly payment: string;
}

/** Payments one lane remembers, so that none is posted twice. */
const MOST_PAYMENTS = 20_000;

/**
 * What the buyer's bank owes the creditor's member for a payment made: one entry in the lane between them, once.
 *
 * Only the two banks endorse it; the payment's own participants hold no lane.
 */
export const postPrincipal: Operation<Principal> = {
  authority: {
    operation: 'postPrincipal',
    record: 'lane',
    from: ['open'],
    to: 'open',
    creator: 'sender',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { lane: input.id('lane'), payment: input.id('payment') };
    input.end();
    return value;
  },
  reads: ({ lane }, supplied) => ({ businessDays: claimedIds(supplied.get(lane), 'lane', 'businessDay') }),
  apply(context, { lane: id, payment: paymentId }): readonly Change[] {
    const laneRecord = context.record(id, 'lane');
    requireStatus(laneRecord, postPrincipal.authority);
    const { lane } = as<Lane>(laneRecord.groups);
    requireCreator(context, lane.sender);
    const paymentRecord = context.record(paymentId, 'payment');
    if (paymentRecord.document.status !== 'paid') throw new Rejection('PAYMENT_NOT_MADE', { record: paymentId });
    if (lane.principals.includes(paymentId)) throw new Rejection('PRINCIPAL_POSTED_ALREADY', { record: paymentId });
    if (lane.principals.length >= MOST_PAYMENTS) {
      throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/payment', limit: String(MOST_PAYMENTS) });
    }
    const { payment, roles } = as<Payment>(paymentRecord.groups);
    const fits =
      lane.sender === roles.buyerBank &&
      lane.receiver === payment.creditorMember &&
      lane.debtor === roles.buyerBank &&
      lane.currency === payment.currency;
    if (!fits) throw new Rejection('AGREEMENT_NOT_IN_FORCE', { record: id });
    // The entry's salt may follow from the payment's own secret document: nobody outside knows its salt.
    const seed = sha256Hex(`concordat.entry.v1\n${paymentRecord.document.salt}`);
    return appendSegments(context, {
      laneRecord,
      segments: [[toEntry(payment)]],
      seed,
      firstChange: 1,
      principals: [...lane.principals, paymentId],
    });
  },
};

function toEntry(payment: Payment['payment']): SettlementEntry {
  const paidOn = payment.paidOn ?? '';
  return {
    endToEndId: payment.endToEndId,
    uetr: payment.uetr,
    orderRef: null,
    invoiceRef: payment.invoiceNumber.slice(0, 35),
    type: 'principal',
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    occurredAt: `${paidOn}T00:00:00Z`,
    valueDate: paidOn,
  };
}
