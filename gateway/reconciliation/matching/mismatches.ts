import type { BookEntry } from '../book-entry';
import { dayNumber } from './columns';
import type { Normaliser } from './normalise';
import type { Mismatch } from './result';

type Shown = readonly [field: string, value: (entry: BookEntry) => string | null, alike?: keyof Normaliser];

/** Fields in the order they are told; amounts before references before dates. */
const FIELDS: readonly Shown[] = [
  ['currency', ({ currency }) => currency],
  ['amountMinor', ({ amountMinor }) => String(amountMinor)],
  ['direction', ({ direction }) => direction],
  ['status', ({ status }) => status],
  ['isReversal', ({ isReversal }) => String(isReversal)],
  ['uetr', ({ uetr }) => uetr, 'uetr'],
  ['endToEndId', ({ endToEndId }) => endToEndId, 'reference'],
  ['references', ({ references }) => (references.length === 0 ? null : references.join(';'))],
  ['valueDate', ({ valueDate }) => valueDate],
  ['bookingDate', ({ bookingDate }) => bookingDate],
  ['party', ({ party }) => party, 'party'],
];

/** Every field in which two entries differ, as received, ours expected and theirs actual; two spellings of one text do not. */
export function mismatchesOf(ours: BookEntry, theirs: BookEntry, normaliser: Normaliser): readonly Mismatch[] {
  return FIELDS.flatMap(([field, value, alike]) => {
    const [expected, actual] = [value(ours), value(theirs)];
    const isSame =
      alike === undefined ? expected === actual : normaliser[alike](expected) === normaliser[alike](actual);
    return isSame ? [] : [{ field, expected, actual, delta: deltaOf(field, ours, theirs) }];
  });
}

/** The one field that says an entry stands alone: its amount, which the other side does not have. */
export function absence(entry: BookEntry, isOurs: boolean): readonly Mismatch[] {
  const amount = String(entry.amountMinor);
  return [
    isOurs
      ? { field: 'amountMinor', expected: amount, actual: null, delta: `-${amount}` }
      : { field: 'amountMinor', expected: null, actual: amount, delta: amount },
  ];
}

/** Sums of a group that differ. */
export function sumMismatch(ours: bigint, theirs: bigint): readonly Mismatch[] {
  if (ours === theirs) return [];
  return [{ field: 'amountMinor', expected: String(ours), actual: String(theirs), delta: String(theirs - ours) }];
}

/** Theirs less ours: minor units of one currency, or days. */
function deltaOf(field: string, ours: BookEntry, theirs: BookEntry): string | null {
  if (field === 'amountMinor') {
    return ours.currency === theirs.currency ? String(theirs.amountMinor - ours.amountMinor) : null;
  }
  if (field === 'valueDate' || field === 'bookingDate')
    return String(dayNumber(theirs[field]) - dayNumber(ours[field]));
  return null;
}
