import type { RecordDocument } from '../../record';
import type { BreakContent } from '../breaks/types';
import type { Due } from './dues';

/** What the two members of a break have agreed that one owes the other, agreement by agreement. */
export function duesOfBreak({ id, participants }: Pick<RecordDocument, 'id' | 'participants'>, content: BreakContent) {
  const { businessDay, currency } = content.break;
  return (content.handling.adjustments ?? []).map(({ debtor, amountMinor, on }, at): Due => {
    const number = at + 1;
    return {
      source: id,
      number,
      debtor,
      creditor: participants.find((member) => member !== debtor) ?? debtor,
      businessDay,
      entry: {
        endToEndId: adjustmentReference(id, number),
        uetr: null,
        orderRef: null,
        invoiceRef: null,
        type: 'adjustment',
        amountMinor,
        currency,
        occurredAt: `${on}T00:00:00Z`,
        valueDate: on,
      },
    };
  });
}

/** End-to-end id of a break's adjustment, 35 characters: `A`, its number in two digits, the break's id in capitals. */
export function adjustmentReference(breakId: string, number: number): string {
  return `A${String(number).padStart(2, '0')}${breakId.toUpperCase()}`;
}
