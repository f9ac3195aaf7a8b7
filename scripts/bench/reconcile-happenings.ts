import type { Draft } from './reconcile-books';
import type { Dice } from './reconcile-dice';

/** Entries that belong together, or that make one break. */
export interface Planted {
  readonly code: string | null;
  readonly left: readonly Draft[];
  readonly right: readonly Draft[];
}

/** One kind of thing that happens in books, and its share of what happens, by mix. */
export interface Plant {
  readonly name: string;
  readonly share: { readonly pairs: number; readonly groups: number };
  readonly make: (dice: Dice, number: number) => Planted[];
}

/** Day, after the first, on which the files are looked at (6 November), a Friday. */
export const LAST = 36;

export const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export function uetrOf(number: number): string {
  const mixed = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  return `${hex(mixed, 8)}-${hex(number & 0xffff, 4)}-4${hex((mixed >>> 4) & 0xfff, 3)}-8${hex(number % 4_096, 3)}-${hex(number, 12)}`;
}

export const e2eOf = (number: number): string => `PAY-2026-${String(number).padStart(9, '0')}`;
export const invoiceOf = (number: number, part = 0): string => `INV-${number}-${part}`;

export function base(dice: Dice): Draft {
  return {
    currency: dice.one(['USD', 'USD', 'USD', 'EUR', 'CNY']),
    amount: dice.between(1_000, dice.chance(0.1) ? 500_000_000 : 5_000_000),
    direction: dice.chance(0.5) ? 'credit' : 'debit',
    day: dice.below(28),
    party: `PARTY ${dice.below(6_000)}`,
  };
}

/** The other side's date: 23 % one day later, 4 % two. */
export function later(dice: Dice, day: number): number {
  const throwOf = dice.below(100);
  return day + (throwOf < 23 ? 1 : throwOf < 27 ? 2 : 0);
}

/** An amount that no other plant's random amounts take, so that the date alone can tell these apart. */
export const ownAmount = (number: number): number => 700_000_000 + number * 7;

/** The same reference as another system writes it. */
export function spelled(dice: Dice, reference: string): string {
  switch (dice.below(8)) {
    case 0:
      return `EREF+${reference}`;
    case 1:
      return ` ${reference.toLowerCase()} `;
    case 2:
      return reference.replace(/[0-9]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    default:
      return reference;
  }
}

export function pair(code: string | null, left: Draft, right: Draft): Planted[] {
  return [{ code, left: [left], right: [right] }];
}

/** A payment with its end-to-end id on both sides, and what their side tells differently. */
export function keyed(
  dice: Dice,
  number: number,
  code: string | null,
  change: (left: Draft) => Partial<Draft>,
  own: Partial<Draft> = {},
) {
  const left = { ...base(dice), endToEndId: e2eOf(number), ...own };
  return pair(code, left, { ...left, day: later(dice, left.day), ...change(left) });
}

export const usual = (pairs: number, groups = pairs): Plant['share'] => ({ pairs, groups });

/** Amounts that add up to a sum, each above zero. */
export function parts(dice: Dice, sum: number, count: number): number[] {
  const cuts = new Set<number>();
  while (cuts.size < count - 1) cuts.add(dice.between(1, sum - 1));
  const sorted = [0, ...[...cuts].sort((a, b) => a - b), sum];
  return sorted.slice(1).map((cut, at) => cut - (sorted[at] as number));
}

/** One entry of a side and its parts on the other one. */
export function split(
  dice: Dice,
  number: number,
  most: number,
  whole: (base: Draft, amounts: readonly number[]) => Draft,
  part: (base: Draft, amount: number, at: number) => Draft,
): Planted[] {
  const one = { ...base(dice), amount: dice.between(50_000, 5_000_000) };
  const amounts = parts(dice, one.amount, dice.between(2, most));
  const isOurs = dice.chance(0.5);
  const single = whole(isOurs ? one : { ...one, day: later(dice, one.day) }, amounts);
  const several = amounts.map((amount, at) =>
    part({ ...one, amount, day: isOurs ? later(dice, one.day) : one.day + dice.below(2) }, amount, at),
  );
  return [isOurs ? { code: null, left: [single], right: several } : { code: null, left: several, right: [single] }];
}

export function manyToMany(dice: Dice): Planted[] {
  const one = { ...base(dice), amount: dice.between(50_000, 5_000_000) };
  const of = (count: number): Draft[] =>
    parts(dice, one.amount, count).map((amount) => ({ ...one, amount, day: later(dice, one.day) }));
  return [{ code: null, left: of(dice.between(2, 3)), right: of(dice.between(2, 3)) }];
}

/** Two payments of one party and amount days apart, without any reference: nobody can tell which is which. */
export function ambiguous(dice: Dice, number: number): Planted[] {
  const left = { ...base(dice), amount: ownAmount(number) };
  const right = { ...left, day: left.day + 1 };
  return [
    { code: 'MISSING_EXTERNAL', left: [left], right: [] },
    { code: 'MISSING_EXTERNAL', left: [right], right: [] },
    { code: 'MISSING_INTERNAL', left: [], right: [left] },
    { code: 'MISSING_INTERNAL', left: [], right: [right] },
  ];
}

/** A difference of money that no tolerance and no fee explains. */
export function wrongAmount(dice: Dice): number {
  const off = dice.between(1_000, 900_000);
  return off === 1_500 || off === 2_500 ? off + 1 : off;
}
