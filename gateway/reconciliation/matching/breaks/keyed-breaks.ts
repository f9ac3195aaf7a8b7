import type { RuleSet } from '../../rules/rule-set';
import { sumMinor } from '../amounts';
import { PAIRED, type Board, type Side } from '../board';
import { PENDING, REJECTED, REVERSAL } from '../columns';
import { compareAmount, compareEntries, has, isSameKind } from '../compare';
import { keyBuckets } from '../key-chains';
import { KeyItems } from '../key-items';
import type { Links } from '../links';
import { linkedParts, type Incomplete } from '../passes/remittance-pass';
import { groupOf } from '../proposals';
import { pairCode } from './pair-code';

/** Lists of documents that did not come out, where nothing has explained their entries since. */
export function incompleteLists(board: Board, incomplete: readonly Incomplete[]): void {
  const isOpen = ({ ours, theirs }: Incomplete): boolean =>
    ours.every((entry) => board.ours.isOpen(entry)) && theirs.every((entry) => board.theirs.isOpen(entry));
  const uses = new Map<number, number>();
  const tags = ({ ours, theirs }: Incomplete): number[] => [...ours, ...theirs.map((entry) => ~entry)];
  for (const list of incomplete) for (const tag of tags(list)) uses.set(tag, (uses.get(tag) ?? 0) + 1);
  for (const list of incomplete) {
    const isAlone = tags(list).every((tag) => uses.get(tag) === 1);
    const isSingle = list.ours.length === 1 && list.theirs.length === 1 && documents(board, list) === 1;
    if (isAlone && !isSingle && isOpen(list)) board.breakGroup(list, 'SPLIT_INCOMPLETE');
  }
}

/** Documents the list names, whichever side gave it. */
function documents(board: Board, { ours, theirs }: Incomplete): number {
  const count = ({ columns }: Side, entry: number): number =>
    (columns.remittanceEnd[entry] as number) - columns.remittanceStart(entry);
  return Math.max(count(board.ours, ours[0] as number), count(board.theirs, theirs[0] as number));
}

/** Several entries of one reference that pay less than the one entry of the other side. */
export function partialPayments(board: Board, links: Links): void {
  for (const side of [board.ours, board.theirs]) {
    const other = board.other(side);
    for (let one = 0; one < side.columns.count; one++) {
      if (!side.isOpen(one)) continue;
      const parts = linkedParts(links, side, one, other, null);
      if (parts === undefined || sumMinor(other, parts) >= (side.columns.amount[one] as bigint)) continue;
      board.breakGroup(groupOf({ side: side.name, one, parts }), 'PARTIAL');
    }
  }
}

/** Entries of both sides with one UETR or end-to-end id: one payment, told differently. */
export function keyedPairs(board: Board, rules: RuleSet, key: 'uetr' | 'endToEnd'): void {
  for (const { ours, theirs } of keyBuckets(board, key, false)) {
    const order = (side: Side) => (a: number, b: number) => compareAmount(side, b, a) || compareEntries(side, a, b);
    ours.sort(order(board.ours));
    theirs.sort(order(board.theirs));
    const pairs = Math.min(ours.length, theirs.length);
    for (let at = 0; at < pairs; at++) {
      const [a, b] = [ours[at] as number, theirs[at] as number];
      board.breakPair(a, b, pairCode(board, rules, a, b));
    }
    for (const entry of ours.slice(pairs)) board.breakSingle(board.ours, entry, 'DUPLICATE', ours[0]);
    for (const entry of theirs.slice(pairs)) board.breakSingle(board.theirs, entry, 'DUPLICATE', theirs[0]);
  }
}

/** Entries that lead to one another alone by a reference. */
export function referencedPairs(board: Board, links: Links, rules: RuleSet): void {
  const { ours, theirs } = board;
  const pairs: [number, number][] = [];
  for (let a = 0; a < ours.columns.count; a++) {
    if (!ours.isOpen(a)) continue;
    const mates = links.byReference(ours, a, () => true);
    if (mates?.length !== 1) continue;
    const b = mates[0] as number;
    if (links.byReference(theirs, b, () => true)?.length === 1) pairs.push([a, b]);
  }
  for (const [a, b] of pairs) board.breakPair(a, b, pairCode(board, rules, a, b));
}

/** Whether an open entry takes back, or repeats, a matched one of its side: found by the keys of the few open ones. */
export function againstMatched(board: Board): void {
  for (const side of [board.ours, board.theirs]) {
    const open = new KeyItems(side, { uetr: true, references: true, withMoney: false });
    if (open.count === 0) continue;
    const undone: [number, number][] = [];
    const repeated: [number, number][] = [];
    for (let entry = 0; entry < side.columns.count; entry++) {
      if (side.state[entry] !== PAIRED) continue;
      for (const later of open.linked(side, entry, () => true) ?? []) classify(side, entry, later, undone, repeated);
    }
    returned(board, side, undone);
    for (const [later, entry] of repeated.sort(byLine(side))) {
      if (side.isOpen(later)) board.breakSingle(side, later, 'DUPLICATE', entry);
    }
  }
}

function classify(
  side: Side,
  entry: number,
  later: number,
  undone: [number, number][],
  repeated: [number, number][],
): void {
  const { flags, currency, uetr, endToEnd } = side.columns;
  const flag = flags[later] as number;
  if (currency[entry] !== currency[later] || (flag & REJECTED) !== 0) return;
  const isTakenBack = (flag & REVERSAL) !== 0 && ((flags[entry] as number) & REVERSAL) === 0;
  if (isTakenBack) undone.push([later, entry]);
  const sharesId = [uetr, endToEnd].some(
    (key) => has(key, later) && key[later * 2] === key[entry * 2] && key[later * 2 + 1] === key[entry * 2 + 1],
  );
  const isSame = isSameKind(side, entry, side, later);
  const repeats = isSame && (flag & PENDING) === 0 && (sharesId || compareAmount(side, entry, later) === 0);
  if (repeats) repeated.push([later, entry]);
}

function byLine({ columns }: Side) {
  return ([a, b]: [number, number], [c, d]: [number, number]): number =>
    (columns.line[a] as number) - (columns.line[c] as number) ||
    (columns.line[b] as number) - (columns.line[d] as number);
}

/** A reversal of a matched payment: the match is taken back, and all three entries are one break. */
function returned(board: Board, side: Side, undone: readonly [number, number][]): void {
  const originals = new Map<number, Set<number>>();
  for (const [later, entry] of undone) {
    const set = originals.get(later) ?? new Set<number>();
    originals.set(later, set.add(entry));
  }
  const later = [...originals.keys()].sort((a, b) => compareEntries(side, a, b));
  for (const reversal of later) {
    const [entry, ...others] = originals.get(reversal) as Set<number>;
    // Two payments it may take back: none is chosen.
    if (entry === undefined || others.length > 0 || side.state[entry] !== PAIRED || !side.isOpen(reversal)) continue;
    const mate = side.mate[entry] as number;
    board.reopen(side === board.ours ? entry : mate);
    const own = [entry, reversal].sort((a, b) => a - b);
    board.breakGroup(side === board.ours ? { ours: own, theirs: [mate] } : { ours: [mate], theirs: own }, 'RETURNED');
  }
}
