import type { CoveringPass } from '../../rules/rule-set';
import type { Board, Group, Side } from '../board';
import { isWithin } from '../compare';
import { components, type Component } from '../components';
import { groupOf, makeDisjoint, type Proposal } from '../proposals';
import { exactSubsets } from '../subset-sum';

/** Entries of both sides of one component, multiplied: above it every entry would be held against thousands. */
const MAX_PRODUCT = 4_000_000;

/**
 * One entry and the only set of the other side's entries of its party that adds up to it, within the window: 1-N, N-1.
 *
 * Two sets for one entry, or one entry in two sets, are an ambiguity: nothing is matched. A search that a bound ended
 * proves nothing, so it matches nothing either.
 */
export function coveringPass(board: Board, pass: CoveringPass): void {
  const proposals: Proposal[] = [];
  const blockers: Group[] = [];
  for (const component of components(board, pass.dateWindowDays)) {
    const { ours, theirs } = component;
    if (ours.length * theirs.length > MAX_PRODUCT) {
      board.bounds.hit(pass.kind, 'maxComponent', MAX_PRODUCT, ours, theirs);
      continue;
    }
    for (const side of [board.ours, board.theirs]) coverOne(board, side, component, pass, proposals, blockers);
  }
  makeDisjoint(board, proposals, blockers);
}

function coverOne(
  board: Board,
  side: Side,
  component: Component,
  pass: CoveringPass,
  proposals: Proposal[],
  blockers: Group[],
): void {
  const other = board.other(side);
  for (const one of component[side.name]) {
    const target = side.columns.amount[one] as bigint;
    const candidates = component[other.name].filter(
      (mate) =>
        (other.columns.amount[mate] as bigint) <= target && isWithin(side, one, other, mate, pass.dateWindowDays),
    );
    // An entry of the same amount would be the simpler answer, whatever speaks against it: then no set is the only one.
    const hasEqual = candidates.some((mate) => other.columns.amount[mate] === target);
    if (candidates.length < 2 || hasEqual) continue;
    if (candidates.length > pass.maxCandidates) {
      const group = groupOf({ side: side.name, one, parts: candidates });
      board.bounds.hit(pass.kind, 'maxCandidates', pass.maxCandidates, group.ours, group.theirs);
      continue;
    }
    const amounts = candidates.map((mate) => other.columns.amount[mate] as bigint);
    const { solutions, isCut } = exactSubsets(amounts, target, pass);
    const groups = solutions.map((solution) => ({
      side: side.name,
      one,
      parts: solution.map((at) => candidates[at] as number),
      rule: pass.kind,
    }));
    if (isCut) {
      const group = groupOf({ side: side.name, one, parts: candidates });
      board.bounds.hit(pass.kind, 'maxSteps', pass.maxSteps, group.ours, group.theirs);
    }
    if (groups.length === 1 && !isCut) proposals.push(groups[0] as Proposal);
    else blockers.push(...groups.map(groupOf));
  }
}
