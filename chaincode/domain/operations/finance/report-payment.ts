import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import { parseMinor } from '../../money';
import type { Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as, type Payment, type Receivable } from '../../trade-types';
import { appendSegments } from '../reconciliation/lane-posting';
import type { Lane, SettlementEntry } from '../reconciliation/types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';

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
  /** Lane from the buyer's bank to the creditor's member; null when they are one. */
  readonly lane: string | null;
}

/**
 * The buyer's bank reports what became of an instructed payment, from its own camt.054 or pain.002.
 *
 * A payment made settles its part of the receivable and posts the principal between the two members, all in one
 * transaction; a payment refused gives the receivable back.
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
      lane: input.optionalText('lane', /^[0-9a-f]{32}$/),
    };
    input.end();
    return value;
  },
  reads: ({ payment, lane }, supplied) => ({
    businessDays: [
      ...claimedIds(supplied.get(payment), 'roles', 'businessDay'),
      ...(lane === null ? [] : claimedIds(supplied.get(lane), 'lane', 'businessDay')),
    ],
  }),
  apply(context, report): readonly Change[] {
    const record = context.record(report.payment, 'payment');
    requireStatus(record, reportPayment.authority);
    const content = as<Payment>(record.groups);
    requireCreator(context, content.roles.buyerBank);
    requireSame(content, report);
    const receivable = context.record(content.payment.receivable, 'receivable');
    const paidOn = report.outcome === 'paid' ? report.valueDate : null;
    const payment = { ...content.payment, paidOn, reason: report.reason, document: report.document };
    return [
      { kind: 'update', record, status: report.outcome, groups: groupsOf({ ...content, payment }) },
      receivableChange(receivable, content, report),
      ...(report.outcome === 'paid' ? principal(context, content, report) : []),
    ];
  },
};

function requireSame({ payment }: Payment, { endToEndId, currency, amountMinor }: Report): void {
  const same =
    endToEndId === payment.endToEndId && currency === payment.currency && amountMinor === payment.amountMinor;
  if (!same) throw new Rejection('PAYMENT_REPORT_DIFFERS');
}

function receivableChange(record: LoadedRecord, { payment }: Payment, { outcome, payment: id }: Report): Change {
  const content = as<Receivable>(record.groups);
  const paidMinor = outcome === 'paid' ? BigInt(payment.amountMinor) : 0n;
  const openMinor = BigInt(content.claim.openMinor) - paidMinor;
  const instalments = content.progress.instalments.map((item) =>
    item.payment === id ? { ...item, status: outcome } : item,
  );
  const groups = { ...content, claim: { ...content.claim, openMinor: String(openMinor) }, progress: { instalments } };
  return {
    kind: 'update',
    record,
    status: openMinor === 0n ? 'settled' : payment.receivableStatus,
    groups: groupsOf(groups),
  };
}

/** The buyer's bank owes the creditor's member what it paid out for it: one entry in the lane between them. */
function principal(context: OperationContext, { payment, roles }: Payment, report: Report): Change[] {
  if (payment.creditorMember === roles.buyerBank) return [];
  const laneRecord = context.record(report.lane ?? '', 'lane');
  const { lane } = as<Lane>(laneRecord.groups);
  const fits =
    lane.sender === roles.buyerBank &&
    lane.receiver === payment.creditorMember &&
    lane.debtor === roles.buyerBank &&
    lane.currency === payment.currency;
  if (!fits) throw new Rejection('AGREEMENT_NOT_IN_FORCE', { record: laneRecord.document.id });
  const entry: SettlementEntry = {
    endToEndId: payment.endToEndId,
    uetr: payment.uetr,
    orderRef: null,
    invoiceRef: payment.invoiceNumber.slice(0, 35),
    type: 'principal',
    amountMinor: payment.amountMinor,
    currency: payment.currency,
    occurredAt: `${report.valueDate}T00:00:00Z`,
    valueDate: report.valueDate,
  };
  // The entry's salt may follow from the payment's own secret document: nobody outside knows its salt.
  const seed = sha256Hex(`concordat.entry.v1\n${context.record(report.payment, 'payment').document.salt}`);
  return appendSegments(context, { laneRecord, segments: [[entry]], seed, firstChange: 3 });
}
