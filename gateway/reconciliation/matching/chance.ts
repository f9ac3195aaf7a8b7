/** Amounts that sets around one entry are drawn from, minor units. */
export interface Pool {
  /** Of the entry's own side, without it; null where the entry itself is outside. */
  readonly own: readonly bigint[] | null;
  readonly others: readonly bigint[];
}

/** The whole of a window, the same without its first day, without its last one, and without both. */
export type Window = readonly [Pool, Pool, Pool, Pool];

/** A set that balances: the entry it is anchored at and others of its side against those of the other one. */
export interface FoundSet {
  readonly anchor: bigint;
  readonly own: readonly bigint[];
  readonly others: readonly bigint[];
}

/** `rare`: chance does not explain the set; `chance`: it may; `cut`: too many sets to count, so nothing is known. */
export type Verdict = 'rare' | 'chance' | 'cut';

/** Sums of subsets counted for one set before the counting ends. */
export const MAX_COUNTED = 200_000;

const SIGNS = [1, -1, -1, 1] as const;
/** Distances from the sum at which sets are counted, as parts of the sum. */
const NEARNESS = [2n, 20n, 200n, 2_000n];
/** Others within a narrow distance before they count as crowding; one or two lie there now and then. */
const CROWD = 3;

/**
 * Whether chance would balance a set as simple as the one found more often than once in `oneIn` such pools.
 *
 * Counts the sets with the same anchor that are at least as simple (no more ways to choose their sizes) and whose sides
 * differ by up to a distance. So many in that range, on the grid of the found amounts' greatest common divisor, is how
 * often chance hits the difference of zero. The densest of four distances decides: amounts that lie close together or
 * are round count for what they are.
 */
export function isExplainedByChance(found: FoundSet, home: Pool, windows: readonly Window[], oneIn: number): Verdict {
  const size = { own: found.own.length, others: found.others.length };
  const limit = ways(home.own?.length ?? 0, size.own) * ways(home.others.length, size.others);
  if (stepsOf(windows, limit) > MAX_COUNTED) return 'cut';
  const sum = found.own.reduce((total, amount) => total + amount, found.anchor);
  const grid = [...found.own, ...found.others].reduce(gcd, found.anchor);
  const distances = NEARNESS.map((part) => sum / part);
  const near = countNear(found.anchor, windows, limit, distances);
  const isChance = distances.some((distance, at) => {
    const sets = near[at] as number;
    if (at > 0 && sets - 1 < CROWD) return false;
    return BigInt(sets) * grid * BigInt(oneIn) > 2n * distance + 1n;
  });
  return isChance ? 'chance' : 'rare';
}

/** Sizes of sets, besides the anchor, that have no more ways to be chosen than `limit`. */
function sizesOf({ own, others }: Pool, limit: number): readonly (readonly [number, number])[] {
  const sizes: [number, number][] = [];
  if (own === null) return sizes;
  for (let left = 0; left <= own.length; left++) {
    for (let right = 1; right <= others.length; right++) {
      if (ways(own.length, left) * ways(others.length, right) <= limit) sizes.push([left, right]);
    }
  }
  return sizes;
}

function stepsOf(windows: readonly Window[], limit: number): number {
  let steps = 0;
  for (const window of windows) {
    const sizes = sizesOf(window[0], limit);
    const [left, right] = [new Set(sizes.map(([of]) => of)), new Set(sizes.map(([, of]) => of))];
    for (const { own, others } of window) {
      for (const of of left) steps += ways(own?.length ?? -1, of);
      for (const of of right) steps += ways(others.length, of);
    }
  }
  return steps;
}

/** How many sets of the windows have sides apart by at most each distance; a set is counted in one window. */
function countNear(
  anchor: bigint,
  windows: readonly Window[],
  limit: number,
  distances: readonly bigint[],
): readonly number[] {
  const counts = distances.map(() => 0);
  for (const window of windows) {
    const sizes = sizesOf(window[0], limit);
    for (const [term, { own, others }] of window.entries()) {
      if (own === null) continue;
      const plain = plainly([anchor, ...own, ...others]);
      const [left, right] = [new SubsetSums(plain(own), plain([anchor])[0]), new SubsetSums(plain(others))];
      for (const [of, to] of sizes) {
        for (const [at, distance] of plain(distances).entries()) {
          const pairs = pairsWithin(left.of(of), right.of(to), distance);
          counts[at] = (counts[at] as number) + (SIGNS[term] as number) * pairs;
        }
      }
    }
  }
  return counts;
}

/** Numbers while sums are exact in them; beyond, the same steps run on bigints. */
function plainly(amounts: readonly bigint[]): (values: readonly bigint[]) => readonly number[] {
  const isSmall = amounts.reduce((sum, amount) => sum + amount, 0n) <= BigInt(Number.MAX_SAFE_INTEGER) / 2n;
  return (values) => (isSmall ? values.map(Number) : values) as readonly number[];
}

/** The sums of all subsets of one size, ascending, made when asked for; each with `base` added. */
class SubsetSums {
  readonly #values: readonly number[];
  readonly #base: number | undefined;
  readonly #bySize = new Map<number, readonly number[]>();

  constructor(values: readonly number[], base?: number) {
    this.#values = values;
    this.#base = base;
  }

  of(size: number): readonly number[] {
    const known = this.#bySize.get(size);
    if (known !== undefined) return known;
    const sums: number[] = [];
    this.#choose(0, size, this.#base, sums);
    sums.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    this.#bySize.set(size, sums);
    return sums;
  }

  #choose(from: number, left: number, sum: number | undefined, sums: number[]): void {
    const values = this.#values;
    if (left === 0) {
      if (sum !== undefined) sums.push(sum);
      return;
    }
    for (let at = from; at <= values.length - left; at++) {
      const value = values[at] as number;
      this.#choose(at + 1, left - 1, sum === undefined ? value : sum + value, sums);
    }
  }
}

/** Pairs of two ascending lists that differ by at most `distance`. */
function pairsWithin(left: readonly number[], right: readonly number[], distance: number): number {
  let [pairs, low, high] = [0, 0, 0];
  for (const value of left) {
    while (low < right.length && (right[low] as number) + distance < value) low++;
    while (high < right.length && (right[high] as number) <= value + distance) high++;
    pairs += high - low;
  }
  return pairs;
}

/** Ways to choose `of` out of `all`; beyond 2^53 rounded, which only bounds are compared with. */
function ways(all: number, of: number): number {
  if (of > all) return 0;
  let product = 1;
  for (let at = 0; at < Math.min(of, all - of); at++) product = (product * (all - at)) / (at + 1);
  return Math.round(product);
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
