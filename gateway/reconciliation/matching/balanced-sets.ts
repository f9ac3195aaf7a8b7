/** Subsets of both sides, as bit masks over their entries. */
export interface BalancedSet {
  readonly ours: number;
  readonly theirs: number;
}

/** Balanced sets looked at before a component counts as too entangled. */
export const MAX_PAIRS = 20_000;

/**
 * Every smallest pair of subsets with equal sums (no part of it balances by itself); undefined when there are too many.
 *
 * Takes 2^n steps for the larger side: callers bound both sides together.
 */
export function balancedSets(ours: readonly bigint[], theirs: readonly bigint[]): readonly BalancedSet[] | undefined {
  const bySum = new Map<bigint | number, number[]>();
  // Numbers while both sides' sums are exact in them, for speed and memory; bigints beyond.
  const isSmall = [ours, theirs].every((side) => total(side) <= BigInt(Number.MAX_SAFE_INTEGER));
  const [left, right] = [sums(ours, isSmall), sums(theirs, isSmall)];
  for (let mask = 1; mask < left.length; mask++) {
    const sum = left[mask] as bigint | number;
    const masks = bySum.get(sum);
    if (masks === undefined) bySum.set(sum, [mask]);
    else masks.push(mask);
  }
  const sets: BalancedSet[] = [];
  for (let mask = 1; mask < right.length; mask++) {
    for (const other of bySum.get(right[mask] as bigint | number) ?? []) {
      if (sets.push({ ours: other, theirs: mask }) > MAX_PAIRS) return undefined;
    }
  }
  return smallest(sets);
}

function total(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** The sum of every subset. */
function sums(amounts: readonly bigint[], isSmall: boolean): (bigint | number)[] {
  const values = (isSmall ? amounts.map(Number) : amounts) as readonly number[];
  const all = new Array<number>(1 << values.length);
  all[0] = (isSmall ? 0 : 0n) as number;
  for (let mask = 1; mask < all.length; mask++) {
    const lowest = 31 - Math.clz32(mask & -mask);
    all[mask] = (all[mask & (mask - 1)] as number) + (values[lowest] as number);
  }
  return all;
}

function smallest(sets: BalancedSet[]): BalancedSet[] {
  const size = ({ ours, theirs }: BalancedSet): number => bits(ours) + bits(theirs);
  const kept: BalancedSet[] = [];
  for (const set of sets.sort((a, b) => size(a) - size(b) || a.ours - b.ours || a.theirs - b.theirs)) {
    const holdsOne = kept.some(({ ours, theirs }) => (ours & set.ours) === ours && (theirs & set.theirs) === theirs);
    if (!holdsOne) kept.push(set);
  }
  return kept;
}

/** Number of entries of a mask. */
export function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
