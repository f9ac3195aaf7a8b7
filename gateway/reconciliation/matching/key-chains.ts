import type { Board, Side } from './board';
import type { Scratch } from './scratch';
import { has, isSameKey, isSameMoney, moneyHash } from './compare';

/**
 * Open entries of both sides by equal key, and by equal money where asked; keys that one side lacks are left out.
 *
 * The lists are new ones, the caller's to order; entries may be taken while the buckets are walked. One walk at a time:
 * all walks of a board use the same room.
 */
export function* keyBuckets(
  board: Board,
  key: 'uetr' | 'endToEnd',
  withMoney: boolean,
): Generator<{ readonly ours: number[]; readonly theirs: number[] }> {
  const mine = new KeyChains(board.scratch, board.ours, key, withMoney);
  const other = new KeyChains(board.scratch, board.theirs, key, withMoney);
  const seen = new Uint8Array(board.ours.columns.count);
  for (let entry = 0; entry < seen.length; entry++) {
    if (seen[entry] === 1 || !board.ours.isOpen(entry) || !has(mine.keys, entry)) continue;
    const theirs = other.same(mine, entry);
    if (theirs === NONE) continue;
    const ours = mine.same(mine, entry);
    for (const member of ours) seen[member] = 1;
    yield { ours, theirs };
  }
}

/**
 * The same buckets of equal key and money, told apart: one entry on each side, which nearly all are, or more.
 *
 * No list is made for what is one to one.
 */
export function visitKeyBuckets(
  board: Board,
  key: 'uetr' | 'endToEnd',
  onPair: (ours: number, theirs: number) => void,
  onBucket: (ours: number[], theirs: number[]) => void,
): void {
  const mine = new KeyChains(board.scratch, board.ours, key, true);
  const other = new KeyChains(board.scratch, board.theirs, key, true);
  const seen = new Uint8Array(board.ours.columns.count);
  for (let entry = 0; entry < seen.length; entry++) {
    if (seen[entry] === 1 || !board.ours.isOpen(entry) || !has(mine.keys, entry)) continue;
    const mate = other.only(mine, entry);
    if (mate === NOBODY) continue;
    if (mate !== SEVERAL && mine.only(mine, entry) === entry) {
      onPair(entry, mate);
      continue;
    }
    // What a bucket leaves open is not asked again: buckets may be as large as their file.
    const ours = mine.same(mine, entry);
    for (const member of ours) seen[member] = 1;
    onBucket(ours, other.same(mine, entry));
  }
}

const NOBODY = -1,
  SEVERAL = -2;

/** Of most keys that one side lacks, so no list is made. */
const NONE: number[] = [];

/** One side's open entries in chains of equal key. */
class KeyChains {
  readonly keys: Uint32Array;
  readonly #side: Side;
  readonly #withMoney: boolean;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;

  constructor(scratch: Scratch, side: Side, key: 'uetr' | 'endToEnd', withMoney: boolean) {
    this.#side = side;
    this.#withMoney = withMoney;
    this.keys = side.columns[key];
    const { count } = side.columns;
    const size = 1 << Math.max(4, 32 - Math.clz32(count));
    this.#mask = size - 1;
    this.#heads = scratch.take(`${side.name} heads`, size).fill(-1);
    this.#next = scratch.take(`${side.name} next`, count);
    for (let entry = 0; entry < count; entry++) {
      if (!side.isOpen(entry) || !has(this.keys, entry)) continue;
      const slot = this.#slotOf(this, entry);
      this.#next[entry] = this.#heads[slot] as number;
      this.#heads[slot] = entry;
    }
  }

  /** This side's open entries that say the same as `entry` of `asking`, which is made with the same choices. */
  same(asking: KeyChains, entry: number): number[] {
    let found = NONE;
    const slot = this.#slotOf(asking, entry);
    for (let at = this.#heads[slot] as number; at >= 0; at = this.#next[at] as number) {
      const isSame =
        isSameKey(asking.keys, entry, this.keys, at) &&
        (!this.#withMoney || isSameMoney(asking.#side, entry, this.#side, at));
      if (!isSame || !this.#side.isOpen(at)) continue;
      if (found === NONE) found = [at];
      else found.push(at);
    }
    return found;
  }

  /** The one entry that `same` would give, `NOBODY` or `SEVERAL`. */
  only(asking: KeyChains, entry: number): number {
    let found = NOBODY;
    const slot = this.#slotOf(asking, entry);
    for (let at = this.#heads[slot] as number; at >= 0; at = this.#next[at] as number) {
      const isSame = isSameKey(asking.keys, entry, this.keys, at) && isSameMoney(asking.#side, entry, this.#side, at);
      if (!isSame || !this.#side.isOpen(at)) continue;
      if (found !== NOBODY) return SEVERAL;
      found = at;
    }
    return found;
  }

  #slotOf(of: KeyChains, entry: number): number {
    const low = of.keys[entry * 2] as number;
    const mixed = this.#withMoney ? low ^ moneyHash(of.#side, entry) : low;
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}
