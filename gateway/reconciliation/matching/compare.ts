import type { Side } from './board';
import { DEBIT, PENDING, REJECTED, REVERSAL } from './columns';

/** What makes two entries of different kinds: they never match, whatever their amounts. */
export const KIND = DEBIT | REVERSAL | REJECTED;

/** Whether currency, direction, reversal and rejection agree. */
export function isSameKind(one: Side, entry: number, other: Side, mate: number): boolean {
  return (
    one.columns.currency[entry] === other.columns.currency[mate] &&
    (((one.columns.flags[entry] as number) ^ (other.columns.flags[mate] as number)) & KIND) === 0
  );
}

/** Whether amount and kind agree, by the halves of the amounts: a million bigints would be made otherwise. */
export function isSameMoney(one: Side, entry: number, other: Side, mate: number): boolean {
  const a = one.amountWords,
    b = other.amountWords;
  return a[entry * 2] === b[mate * 2] && a[entry * 2 + 1] === b[mate * 2 + 1] && isSameKind(one, entry, other, mate);
}

/** A number that equal money shares. */
export function moneyHash({ amountWords, columns }: Side, entry: number): number {
  const kind = (columns.currency[entry] as number) ^ (((columns.flags[entry] as number) & KIND) << 16);
  return (
    Math.imul(amountWords[entry * 2] as number, 0x9e3779b1) ^
    Math.imul(amountWords[entry * 2 + 1] as number, 0x85ebca77) ^
    Math.imul(kind, 0xc2b2ae3d)
  );
}

export function compareAmount({ amountWords: words }: Side, a: number, b: number): number {
  // Amounts are never negative, so the halves compare as unsigned numbers do (little-endian, as every Node.js port is).
  return (
    (words[a * 2 + 1] as number) - (words[b * 2 + 1] as number) || (words[a * 2] as number) - (words[b * 2] as number)
  );
}

/** Order among entries of equal key: final before pending, then by day, content and, for true twins, place. */
export function compareEntries({ columns }: Side, a: number, b: number): number {
  const { flags, day, content, line } = columns;
  return (
    ((flags[a] as number) & PENDING) - ((flags[b] as number) & PENDING) ||
    (day[a] as number) - (day[b] as number) ||
    (content[a] as number) - (content[b] as number) ||
    (line[a] as number) - (line[b] as number)
  );
}

export function isWithin(one: Side, entry: number, other: Side, mate: number, days: number | null): boolean {
  return days === null || Math.abs((one.columns.day[entry] as number) - (other.columns.day[mate] as number)) <= days;
}

/** Whether both name a party and it is not the same one. */
export function partiesDiffer(one: Side, entry: number, other: Side, mate: number): boolean {
  const a = one.columns.party,
    b = other.columns.party;
  return has(a, entry) && has(b, mate) && !isSameKey(a, entry, b, mate);
}

export function has(column: Uint32Array, entry: number): boolean {
  return column[entry * 2] !== 0 || column[entry * 2 + 1] !== 0;
}

export function isSameKey(a: Uint32Array, entry: number, b: Uint32Array, mate: number): boolean {
  return a[entry * 2] === b[mate * 2] && a[entry * 2 + 1] === b[mate * 2 + 1];
}
