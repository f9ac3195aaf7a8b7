import type { KeyPass } from '../../rules/rule-set';
import type { Board, Side } from '../board';
import { has, isSameKey, isSameMoney, moneyHash } from '../compare';
import { settle } from '../settle';

/** Exact on one key: same key, amount, currency, direction, reversal and rejection. */
export function keyPass(board: Board, pass: KeyPass): void {
  const rule = board.rule(pass.kind);
  const mine = new KeyChains(board.ours, pass.kind);
  const other = new KeyChains(board.theirs, pass.kind);
  const seen = new Uint8Array(board.ours.columns.count);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let entry = 0; entry < seen.length; entry++) {
    if (seen[entry] === 1 || !board.ours.isOpen(entry) || !has(mine.keys, entry)) continue;
    mine.same(mine, entry, ours);
    for (const member of ours) seen[member] = 1;
    other.same(mine, entry, theirs);
    if (theirs.length > 0) settle(board, ours, theirs, rule, pass.dateWindowDays);
  }
}

/** One side's open entries by key and money. */
class KeyChains {
  readonly keys: Uint32Array;
  readonly #side: Side;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;

  constructor(side: Side, kind: KeyPass['kind']) {
    this.#side = side;
    this.keys = kind === 'uetr' ? side.columns.uetr : side.columns.endToEnd;
    const { count } = side.columns;
    const size = 1 << Math.max(4, 32 - Math.clz32(count));
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    this.#next = new Int32Array(count);
    for (let entry = 0; entry < count; entry++) {
      if (!side.isOpen(entry) || !has(this.keys, entry)) continue;
      const slot = this.#slot(entry);
      this.#next[entry] = this.#heads[slot] as number;
      this.#heads[slot] = entry;
    }
  }

  /** Puts this side's entries that say the same as `entry` of `asking` into `into`. */
  same(asking: KeyChains, entry: number, into: number[]): void {
    into.length = 0;
    const slot = this.#slotOf(asking, entry);
    for (let at = this.#heads[slot] as number; at >= 0; at = this.#next[at] as number) {
      const isSame = isSameKey(asking.keys, entry, this.keys, at) && isSameMoney(asking.#side, entry, this.#side, at);
      if (isSame && this.#side.isOpen(at)) into.push(at);
    }
  }

  #slot(entry: number): number {
    return this.#slotOf(this, entry);
  }

  #slotOf(of: KeyChains, entry: number): number {
    const mixed = (of.keys[entry * 2] as number) ^ moneyHash(of.#side, entry);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}
