import { interestMinor } from '../../interest';
import type { RecordDocument } from '../../record';
import type { Payment } from '../../trade-types';
import type { Due } from './dues';
import type { EntryType } from './types';

type Source = Pick<RecordDocument, 'id' | 'status'>;
type Owed = Pick<Due, 'number' | 'debtor' | 'creditor'> & {
  readonly kind: EntryType;
  readonly amountMinor: string;
  readonly on: string;
};

/** What a payment made leaves owing, and what its return does. */
export function duesOfPayment(source: Source, content: Payment): readonly Due[] {
  if (source.status !== 'paid' && source.status !== 'returned') return [];
  const owed = [...principal(content), ...fees(content), ...interest(content), ...giveBack(content)];
  return owed.map((one) => toDue(source, content, one));
}

/** The buyer's bank has the buyer's money, and owes it to the creditor's member. */
function principal({ payment, roles }: Payment): readonly Owed[] {
  const [debtor, creditor] = [roles.buyerBank, payment.creditorMember];
  const { amountMinor, paidOn } = payment;
  return [{ kind: 'principal', number: 1, debtor, creditor, amountMinor, on: paidOn ?? '' }];
}

/**
 * A charge that one bank levied and the other one's customer bears: the bearer's bank owes it to the bank that levied it.
 *
 * Borne by each side itself (`SHAR`, and `SLEV` as the schemes have it) or levied by a third bank, it leaves nothing.
 */
function fees({ payment, roles }: Payment): readonly Owed[] {
  const banks = { DEBT: roles.buyerBank, CRED: payment.creditorMember };
  return (payment.charges ?? []).flatMap(({ bearer, member, amountMinor }, at): readonly Owed[] => {
    if (member === null || bearer === 'SHAR' || bearer === 'SLEV') return [];
    const number = at + 1;
    return [{ kind: 'fee', number, debtor: banks[bearer], creditor: member, amountMinor, on: payment.paidOn ?? '' }];
  });
}

/** A payment made late bears interest until the day it was made, owed like the payment itself. */
function interest({ payment, roles }: Payment): readonly Owed[] {
  const { lateInterest, paidOn, creditorMember } = payment;
  if (lateInterest === undefined || paidOn === null) return [];
  const amount = interestMinor(BigInt(payment.amountMinor), lateInterest, lateInterest.dueDate, paidOn);
  const [debtor, creditor] = [roles.buyerBank, creditorMember];
  return [{ kind: 'interest', number: 1, debtor, creditor, amountMinor: String(amount), on: paidOn }];
}

/** What the creditor gives back, the other way: part by part, or whole. */
function giveBack({ payment, roles }: Payment): readonly Owed[] {
  const back = { debtor: payment.creditorMember, creditor: roles.buyerBank };
  const refunds = (payment.refunds ?? []).map(({ amountMinor, on }, at): Owed => ({
    ...back,
    kind: 'refund',
    number: at + 1,
    amountMinor,
    on,
  }));
  if (payment.returned === undefined) return refunds;
  const { amountMinor, returned } = payment;
  return [...refunds, { ...back, kind: 'reversal', number: 1, amountMinor, on: returned.on }];
}

function toDue({ id }: Source, { payment, roles }: Payment, { kind, amountMinor, on, ...owed }: Owed): Due {
  return {
    ...owed,
    source: id,
    businessDay: roles.businessDay,
    entry: {
      endToEndId: payment.endToEndId,
      uetr: payment.uetr,
      orderRef: null,
      invoiceRef: payment.invoiceNumber.slice(0, 35),
      type: kind,
      amountMinor,
      currency: payment.currency,
      occurredAt: `${on}T00:00:00Z`,
      valueDate: on,
    },
  };
}
