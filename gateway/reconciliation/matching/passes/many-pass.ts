import type { ManyPass } from '../../rules/rule-set';
import { balancedSets, bits, MAX_PAIRS, type BalancedSet } from '../balanced-sets';
import type { Board, Group } from '../board';
import { components, type Component } from '../components';

/**
 * Several entries against several of one party: the smallest sets of both sides that balance, where each entry is in
 * one such set only. Conservation is exact; components above the bound are told, not searched.
 */
export function manyPass(board: Board, pass: ManyPass): void {
  const rule = board.rule(pass.kind);
  const groups: Group[] = [];
  for (const component of components(board, pass.dateWindowDays)) {
    const { ours, theirs } = component;
    if (ours.length + theirs.length < 3) continue;
    if (ours.length + theirs.length > pass.maxComponent) {
      board.bounds.hit(pass.kind, 'maxComponent', pass.maxComponent, ours, theirs);
      continue;
    }
    const sets = balancedSets(
      ours.map((entry) => board.ours.columns.amount[entry] as bigint),
      theirs.map((entry) => board.theirs.columns.amount[entry] as bigint),
    );
    if (sets === undefined) board.bounds.hit(pass.kind, 'maxPairs', MAX_PAIRS, ours, theirs);
    else groups.push(...disjoint(sets).map((set) => membersOf(component, set)));
  }
  for (const group of groups) board.matchGroup(group, rule);
}

/** Sets whose entries are in no other one; one to one is left to the passes that look at references. */
function disjoint(sets: readonly BalancedSet[]): BalancedSet[] {
  return sets.filter(
    (set) =>
      bits(set.ours) + bits(set.theirs) > 2 &&
      sets.every((other) => other === set || ((other.ours & set.ours) === 0 && (other.theirs & set.theirs) === 0)),
  );
}

function membersOf({ ours, theirs }: Component, set: BalancedSet): Group {
  const pick = (entries: readonly number[], mask: number): number[] =>
    entries.filter((_, at) => (mask & (1 << at)) !== 0).sort((a, b) => a - b);
  return { ours: pick(ours, set.ours), theirs: pick(theirs, set.theirs) };
}
