import type { BookEntry, RefusedLine, RemittedDocument } from '../book-entry';
import type { EntryCode } from '../entry-codes';

/** A field's raw text where the format has one; null where it says nothing. */
export type RawEntry = Readonly<Record<CanonicalField, string | null>> & {
  readonly references: readonly string[];
  readonly remittance: readonly (readonly [string, string | null])[];
};

/** The canonical fields that are texts, in the order our own files have them. */
export const CANONICAL_FIELDS = [
  'entryRef',
  'uetr',
  'endToEndId',
  'currency',
  'amountMinor',
  'direction',
  'status',
  'isReversal',
  'bookingDate',
  'valueDate',
  'party',
  'text',
] as const;
type CanonicalField = (typeof CANONICAL_FIELDS)[number];

const MINOR = /^[0-9]{1,19}$/;

/** Reads the canonical texts of one line; what an entry may hold beyond its form is checked when it is loaded. */
export function canonicalEntry(raw: RawEntry, line: number): BookEntry | RefusedLine {
  const refused = (field: string, code: EntryCode): RefusedLine => ({ line, field, code });
  const { currency, amountMinor, bookingDate } = raw;
  if (currency === null) return refused('currency', 'ENTRY_FIELD_MISSING');
  if (amountMinor === null) return refused('amountMinor', 'ENTRY_FIELD_MISSING');
  if (bookingDate === null) return refused('bookingDate', 'ENTRY_FIELD_MISSING');
  if (!MINOR.test(amountMinor)) return refused('amountMinor', 'ENTRY_AMOUNT_INVALID');
  const direction = raw.direction === 'credit' || raw.direction === 'debit' ? raw.direction : null;
  if (direction === null)
    return refused('direction', raw.direction === null ? 'ENTRY_FIELD_MISSING' : 'ENTRY_FIELD_INVALID');
  const status = raw.status === null ? 'booked' : statusOf(raw.status);
  if (status === null) return refused('status', 'ENTRY_FIELD_INVALID');
  const isReversal =
    raw.isReversal === null || raw.isReversal === 'false' ? false : raw.isReversal === 'true' ? true : null;
  if (isReversal === null) return refused('isReversal', 'ENTRY_FIELD_INVALID');
  const remittance: RemittedDocument[] = [];
  for (const [reference, part] of raw.remittance) {
    if (part !== null && !MINOR.test(part)) return refused('remittance', 'ENTRY_AMOUNT_INVALID');
    remittance.push({ reference, amountMinor: part === null ? null : BigInt(part) });
  }
  return {
    line,
    entryRef: raw.entryRef,
    uetr: raw.uetr,
    endToEndId: raw.endToEndId,
    references: raw.references,
    remittance,
    currency,
    amountMinor: BigInt(amountMinor),
    direction,
    status,
    isReversal,
    bookingDate,
    valueDate: raw.valueDate ?? bookingDate,
    party: raw.party,
    text: raw.text ?? '',
  };
}

function statusOf(text: string): BookEntry['status'] | null {
  return text === 'booked' || text === 'pending' || text === 'rejected' ? text : null;
}

/** Puts a line's result where it belongs. */
export function sort(result: BookEntry | RefusedLine, entries: BookEntry[], refused: RefusedLine[]): void {
  if ('code' in result) refused.push(result);
  else entries.push(result);
}
