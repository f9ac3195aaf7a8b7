import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Change, Operation, OperationContext } from '../../operation';
import { as, type Invoice, type Payment, type PurchaseOrder, type Receivable } from '../../trade-types';
import { passedIn, headNames, parsePassed } from '../../succession';
import { claimedField, claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import {
  instalmentMinor,
  lateInterestOf,
  requireDue,
  requireNoDispute,
  type ConditionFacts,
} from './payment-condition';

interface Instruction {
  readonly receivable: string;
  readonly instalment: number;
  /** Notices about the order, when a participant has given any. */
  readonly notices: readonly string[];
}

/** End-to-end id (35 characters at most) and UETR of a payment: assigned once, from the transaction that instructs it. */
export function paymentReferences(transactionId: string): { endToEndId: string; uetr: string } {
  const bits = sha256Hex(`concordat.payment.v1\n${transactionId}`);
  const variant = '89ab'[parseInt(bits[48] ?? '0', 16) % 4];
  const parts = [bits.slice(32, 40), bits.slice(40, 44), `4${bits.slice(45, 48)}`, `${variant}${bits.slice(49, 52)}`];
  return { endToEndId: `CC${bits.slice(0, 32).toUpperCase()}`, uetr: `${parts.join('-')}-${bits.slice(52, 64)}` };
}

/** Instructs the buyer's bank to pay an instalment whose condition is met; nobody decides this but the contract. */
export const instructPayment: Operation<Instruction> = {
  authority: {
    operation: 'instructPayment',
    record: 'receivable',
    from: ['open', 'discounted'],
    to: 'paying',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'bilateral',
  },
  // Whoever gave notices shows them to the payment's members, so that these see that none stands.
  shows: ['notice'],
  parse(json) {
    const input = Input.of(json);
    const value = {
      receivable: input.id('receivable'),
      instalment: input.integer('instalment', 0, 99),
      notices: input.list('notices', { min: 0, max: 100 }, (item, field) => {
        if (typeof item !== 'string' || !/^[0-9a-f]{32}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
        return item;
      }),
    };
    input.end();
    return value;
  },
  reads({ receivable }, supplied) {
    const record = supplied.get(receivable);
    const passed = parsePassed(claimedField(record, 'succession', 'passed'));
    const participants = headNames(record?.document.participants ?? [], passed).map(({ name }) => name);
    const heads = claimedIds(record, 'claim', 'order').map((orderId) => ({ orderId, participants }));
    return { businessDays: claimedIds(record, 'roles', 'businessDay'), noticeHeads: heads };
  },
  apply(context, input): readonly Change[] {
    const record = context.record(input.receivable, 'receivable');
    requireStatus(record, instructPayment.authority);
    const { participants, status } = record.document;
    requireCreator(context, ...participants);
    const facts = loadFacts(context, as<Receivable>(record.groups));
    const { receivable } = facts;
    const { date } = context.businessDay(receivable.roles.businessDay);
    const isTaken = receivable.progress.instalments.some(
      ({ index, status: state }) => index === input.instalment && state !== 'rejected' && state !== 'returned',
    );
    if (isTaken) throw new Rejection('STATUS_FORBIDS', { record: input.receivable, operation: 'instructPayment' });
    const due = requireDue(context, facts, input.instalment, date);
    const heads = headNames(participants, passedIn(record.groups));
    requireNoDispute(context, receivable.claim.order, heads, input.notices);
    const payment = newPayment(context, facts, input, { date, due, status: status as 'open' | 'discounted' });
    const instalments = [
      ...receivable.progress.instalments,
      { index: input.instalment, payment: context.newId(1), status: 'instructed' as const },
    ];
    return [
      { kind: 'update', record, status: 'paying', groups: groupsOf({ ...receivable, progress: { instalments } }) },
      { kind: 'create', type: 'payment', participants, status: 'instructed', groups: groupsOf(payment) },
    ];
  },
};

function loadFacts(context: OperationContext, receivable: Receivable): ConditionFacts {
  const order = as<PurchaseOrder>(context.record(receivable.claim.order, 'purchaseOrder').groups);
  const invoice = as<Invoice>(context.record(receivable.claim.invoice, 'invoice').groups);
  return { order, invoice, receivable };
}

function newPayment(
  { transactionId }: OperationContext,
  facts: ConditionFacts,
  { receivable: id, instalment }: Instruction,
  { date, due, status }: { date: string; due: string; status: 'open' | 'discounted' },
): Payment {
  const { order, receivable } = facts;
  const { claim, roles } = receivable;
  return {
    payment: {
      order: claim.order,
      receivable: id,
      instalment,
      invoiceNumber: claim.invoiceNumber,
      ...paymentReferences(transactionId),
      currency: claim.currency,
      amountMinor: String(instalmentMinor(order, BigInt(claim.faceValueMinor), instalment)),
      debtorName: order.parties.buyer.name,
      creditorName: claim.holder.name,
      creditorAccount: claim.holder.account,
      creditorBic: claim.holder.bic,
      creditorMember: claim.holder.mspId,
      requestedDate: date,
      paidOn: null,
      reason: null,
      document: null,
      receivableStatus: status,
      ...lateInterestOf(facts, instalment, due),
    },
    roles,
  };
}
