import { AUTHORITY } from '../chaincode/domain/operations';
import type { RecordType } from '../chaincode/domain/record';

/** One way from a status to the next. */
export interface Transition {
  /** Operation that takes it. */
  readonly operation: string;
  readonly type: RecordType;
  /** Null for a creation. */
  readonly from: string | null;
  readonly to: string;
  /** Role of the submitting member, as in the authority table. */
  readonly creator: string;
  readonly isSigned: boolean;
}

/** What an operation on one record does to others: the authority table has one row for each operation. */
const SIDE_EFFECTS: readonly Transition[] = [
  effect('issueInvoice', 'purchaseOrder', 'fulfilling', 'fulfilling', 'platform'),
  effect('issueInvoice', 'purchaseOrder', 'completed', 'completed', 'platform'),
  effect('rejectInvoice', 'purchaseOrder', 'fulfilling', 'fulfilling', 'platform'),
  effect('rejectInvoice', 'purchaseOrder', 'completed', 'completed', 'platform'),
  effect('acceptInvoice', 'receivable', null, 'open', 'platform'),
  effect('instructPayment', 'payment', null, 'instructed', 'anyParticipant'),
  effect('reportPayment', 'receivable', 'paying', 'open', 'buyerBank'),
  effect('reportPayment', 'receivable', 'paying', 'discounted', 'buyerBank'),
  effect('reportPayment', 'receivable', 'paying', 'settled', 'buyerBank'),
  effect('returnPayment', 'receivable', 'settled', 'open', 'anyParticipant'),
  effect('returnPayment', 'receivable', 'settled', 'discounted', 'anyParticipant'),
  effect('returnPayment', 'receivable', 'open', 'open', 'anyParticipant'),
  effect('returnPayment', 'receivable', 'discounted', 'discounted', 'anyParticipant'),
  effect('returnPayment', 'receivable', 'paying', 'paying', 'anyParticipant'),
  effect('postDue', 'segment', null, 'posted', 'anyParticipant'),
  effect('postSegments', 'segment', null, 'posted', 'anyParticipant'),
  effect('agreeAgreement', 'lane', null, 'open', 'anyParticipant'),
  effect('closeDay', 'lane', 'open', 'open', 'anyParticipant'),
  effect('computeClearing', 'clearingAgreement', 'agreed', 'agreed', 'anyParticipant'),
  effect('signClearing', 'clearingAgreement', 'agreed', 'agreed', 'anyParticipant'),
  effect('refuseClearing', 'clearingAgreement', 'agreed', 'agreed', 'anyParticipant'),
];

/** Steps of signed operations that take no signature: a draft binds nobody yet, so its platform may end it alone. */
const UNSIGNED: ReadonlySet<string> = new Set(['cancelPurchaseOrder/drafted']);

function effect(operation: string, type: RecordType, from: string | null, to: string, creator: string): Transition {
  return { operation, type, from, to, creator, isSigned: false };
}

/** Every transition the rules know, from the authority table and its side effects. */
export const TRANSITIONS: readonly Transition[] = [
  ...AUTHORITY.flatMap(({ operation, record, from, to, creator, signature }) =>
    (from.length === 0 ? [null] : from).flatMap((start) =>
      to.split(' | ').map((end): Transition => ({
        operation,
        type: record as RecordType,
        from: start,
        to: end,
        creator,
        isSigned: signature !== 'none' && !UNSIGNED.has(`${operation}/${start ?? ''}`),
      })),
    ),
  ),
  ...SIDE_EFFECTS,
];

/** The transitions that lead from one status of a record to another. */
export function transitionsBetween(type: RecordType, from: string | null, to: string): readonly Transition[] {
  return TRANSITIONS.filter((row) => row.type === type && row.from === from && row.to === to);
}
