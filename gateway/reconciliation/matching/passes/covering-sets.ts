import type { CoveringPass } from '../../rules/rule-set';
import type { Board, Group, Side } from '../board';
import type { BoundName } from '../bounds';
import { isWithin } from '../compare';
import type { Component } from '../components';
import { groupOf } from '../proposals';
import { exactSubsets } from '../subset-sum';

/** Entries of both sides of one component, multiplied: above it every entry would be held against thousands. */
export const MAX_PRODUCT = 4_000_000;

/** Sets found for one entry: a single one is the only one, unless a bound ended the search. */
export interface Covering {
  readonly side: Side;
  readonly one: number;
  /** The one entry, and all entries that sets for it are drawn from. */
  readonly pool: Group;
  readonly groups: readonly Group[];
  readonly isCut: boolean;
}

/** Told of a bound, its limit, and the entries it was met at. */
export type OnBound = (bound: BoundName, limit: number, group: Group) => void;

/** For each entry of a component the sets of the other side's entries that add up to it: two at most. */
export function* coverings(
  board: Board,
  component: Component,
  pass: CoveringPass,
  onBound: OnBound,
): Generator<Covering> {
  const { ours, theirs } = component;
  if (ours.length * theirs.length > MAX_PRODUCT) {
    onBound('maxComponent', MAX_PRODUCT, component);
    return;
  }
  for (const side of [board.ours, board.theirs]) {
    for (const one of component[side.name]) {
      const found = coveringOf(board, side, one, component, pass, onBound);
      if (found !== undefined) yield found;
    }
  }
}

/** The sets of a component's entries of the other side that add up to one entry; undefined where none is looked for. */
export function coveringOf(
  board: Board,
  side: Side,
  one: number,
  component: Component,
  pass: CoveringPass,
  onBound: OnBound,
): Covering | undefined {
  const other = board.other(side);
  const target = side.columns.amount[one] as bigint;
  const candidates = component[other.name].filter(
    (mate) =>
      board.mayPair(side, one, mate) &&
      (other.columns.amount[mate] as bigint) <= target &&
      isWithin(side, one, other, mate, pass.dateWindowDays),
  );
  // An entry of the same amount would be the simpler answer, whatever speaks against it: then no set is the only one.
  const hasEqual = candidates.some((mate) => other.columns.amount[mate] === target);
  if (candidates.length < 2 || hasEqual) return undefined;
  const whole = groupOf({ side: side.name, one, parts: candidates });
  if (candidates.length > pass.maxCandidates) {
    onBound('maxCandidates', pass.maxCandidates, whole);
    return undefined;
  }
  const amounts = candidates.map((mate) => other.columns.amount[mate] as bigint);
  const { solutions, isCut } = exactSubsets(amounts, target, pass);
  if (isCut) onBound('maxSteps', pass.maxSteps, whole);
  const groups = solutions.map((solution) =>
    groupOf({ side: side.name, one, parts: solution.map((at) => candidates[at] as number) }),
  );
  return { side, one, pool: whole, groups, isCut };
}
