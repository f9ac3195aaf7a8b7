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
  const { currency, amountMinor, bookingDate } = raw;
  if (currency === null) return { line, field: 'currency', code: 'ENTRY_FIELD_MISSING' };
  if (amountMinor === null) return { line, field: 'amountMinor', code: 'ENTRY_FIELD_MISSING' };
  if (bookingDate === null) return { line, field: 'bookingDate', code: 'ENTRY_FIELD_MISSING' };
  const wrong = wrongField(raw, amountMinor);
  if (wrong !== undefined) return { line, ...wrong };
  return {
    line,
    entryRef: raw.entryRef,
    uetr: raw.uetr,
    endToEndId: raw.endToEndId,
    references: raw.references,
    remittance: raw.remittance.map(([reference, part]): RemittedDocument => {
      return { reference, amountMinor: part === null ? null : BigInt(part) };
    }),
    currency,
    amountMinor: BigInt(amountMinor),
    direction: raw.direction as BookEntry['direction'],
    status: (raw.status ?? 'booked') as BookEntry['status'],
    isReversal: raw.isReversal === 'true',
    bookingDate,
    valueDate: raw.valueDate ?? bookingDate,
    party: raw.party,
    text: raw.text ?? '',
  };
}

const DIRECTIONS: readonly (string | null)[] = ['credit', 'debit'],
  STATES: readonly (string | null)[] = ['booked', 'pending', 'rejected', null],
  FLAGS: readonly (string | null)[] = ['true', 'false', null];

/** The first field whose text is none of its values. */
function wrongField(raw: RawEntry, amountMinor: string): { field: string; code: EntryCode } | undefined {
  if (!MINOR.test(amountMinor)) return { field: 'amountMinor', code: 'ENTRY_AMOUNT_INVALID' };
  if (raw.direction === null) return { field: 'direction', code: 'ENTRY_FIELD_MISSING' };
  if (!DIRECTIONS.includes(raw.direction)) return { field: 'direction', code: 'ENTRY_FIELD_INVALID' };
  if (!STATES.includes(raw.status)) return { field: 'status', code: 'ENTRY_FIELD_INVALID' };
  if (!FLAGS.includes(raw.isReversal)) return { field: 'isReversal', code: 'ENTRY_FIELD_INVALID' };
  for (const [, part] of raw.remittance) {
    if (part !== null && !MINOR.test(part)) return { field: 'remittance', code: 'ENTRY_AMOUNT_INVALID' };
  }
  return undefined;
}

/** Puts a line's result where it belongs. */
export function sort(result: BookEntry | RefusedLine, entries: BookEntry[], refused: RefusedLine[]): void {
  if ('code' in result) refused.push(result);
  else entries.push(result);
}
