import { isDate } from '../../../chaincode/domain/business-date';
import { currencyDecimals } from '../../../chaincode/domain/money';
import type { BookEntry, RefusedLine } from '../book-entry';
import { dayNumber } from './columns';

/** Bounds of one entry; above them its line is refused, whatever its source. */
export const MAX_AMOUNT_MINOR = 10n ** 18n,
  MAX_REFERENCES = 64,
  MAX_DOCUMENTS = 1_000,
  MAX_TEXT = 2_000;

/** Whether an entry can be matched on, in one place for every source; dates and currencies repeat, so both are kept. */
export class EntryCheck {
  readonly #days = new Map<string, number>();

  /** The first thing wrong with the entry, by field and code; null when nothing is. */
  refusal(entry: BookEntry): Omit<RefusedLine, 'line'> | null {
    if (currencyDecimals(entry.currency) === undefined) return wrong('currency', 'ENTRY_CURRENCY_UNKNOWN');
    if (entry.amountMinor < 0n || entry.amountMinor > MAX_AMOUNT_MINOR)
      return wrong('amountMinor', 'ENTRY_AMOUNT_INVALID');
    if (this.day(entry.bookingDate) === undefined) return wrong('bookingDate', 'ENTRY_DATE_INVALID');
    if (this.day(entry.valueDate) === undefined) return wrong('valueDate', 'ENTRY_DATE_INVALID');
    if (entry.references.length > MAX_REFERENCES) return wrong('references', 'ENTRY_TOO_LARGE');
    if (entry.remittance.length > MAX_DOCUMENTS) return wrong('remittance', 'ENTRY_TOO_LARGE');
    for (const { amountMinor } of entry.remittance) {
      if (amountMinor !== null && (amountMinor < 0n || amountMinor > MAX_AMOUNT_MINOR)) {
        return wrong('remittance', 'ENTRY_AMOUNT_INVALID');
      }
    }
    return longest(entry) > MAX_TEXT ? wrong('', 'ENTRY_TOO_LARGE') : null;
  }

  /** Days since 1970 of a date that is one. */
  day(date: string): number | undefined {
    const known = this.#days.get(date);
    if (known !== undefined || !isDate(date)) return known;
    const day = dayNumber(date);
    this.#days.set(date, day);
    return day;
  }
}

function wrong(field: string, code: string): Omit<RefusedLine, 'line'> {
  return { field, code };
}

function longest({ entryRef, uetr, endToEndId, references, remittance, party, text }: BookEntry): number {
  let most = text.length;
  for (const value of [entryRef, uetr, endToEndId, party])
    if (value !== null && value.length > most) most = value.length;
  for (const value of references) if (value.length > most) most = value.length;
  for (const { reference } of remittance) if (reference.length > most) most = reference.length;
  return most;
}
