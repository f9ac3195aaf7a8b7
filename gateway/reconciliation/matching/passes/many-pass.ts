import type { ManyPass } from '../../rules/rule-set';
import { balancedSets, bits, MAX_PAIRS, type BalancedSet } from '../balanced-sets';
import type { Board, Group } from '../board';
import { MAX_COUNTED } from '../chance';
import { components, type Component } from '../components';
import { judgeSet } from '../set-windows';

/** Sets of one component of which each is held against chance. */
const MAX_JUDGED = 64;
/** How rarely chance explains a set that another explanation of its entries is held against. */
export const RIVAL_ONE_IN = 100;

/**
 * Several entries against several of one party: the smallest sets of both sides that balance, where each entry is in
 * one such set only and chance does not explain the sum. Conservation is exact; components above the bound are told,
 * not searched.
 *
 * @param contested groups that stand against every set they share an entry with.
 */
export function manyPass(board: Board, pass: ManyPass, contested: readonly Group[]): void {
  const rule = board.rule(pass.kind);
  const blocked = { ours: new Set<number>(), theirs: new Set<number>() };
  for (const name of ['ours', 'theirs'] as const) {
    for (const group of contested) for (const entry of group[name]) blocked[name].add(entry);
  }
  const isFree = ({ ours, theirs }: Group): boolean =>
    !ours.some((entry) => blocked.ours.has(entry)) && !theirs.some((entry) => blocked.theirs.has(entry));
  const [groups, refused]: [Group[], Group[]] = [[], []];
  for (const component of components(board, pass.dateWindowDays)) {
    for (const group of disjointBalances(board, component, pass).filter(isFree)) {
      const verdict = judgeSet(board, component, group, pass.chanceOneIn);
      if (verdict === 'cut') board.bounds.hit(pass.kind, 'maxCounted', MAX_COUNTED, group.ours, group.theirs);
      (verdict === 'rare' ? groups : refused).push(group);
    }
  }
  for (const group of groups) board.matchGroup(group, rule);
  for (const group of refused) board.noteRivals(group);
}

/** A component's smallest balanced sets of more than two entries that share none with another smallest one. */
function disjointBalances(board: Board, component: Component, pass: ManyPass): Group[] {
  const { ours, theirs } = component;
  if (ours.length + theirs.length < 3) return [];
  if (ours.length + theirs.length > pass.maxComponent) {
    board.bounds.hit(pass.kind, 'maxComponent', pass.maxComponent, ours, theirs);
    return [];
  }
  const sets = setsOf(board, component);
  if (sets === undefined) board.bounds.hit(pass.kind, 'maxPairs', MAX_PAIRS, ours, theirs);
  return disjoint(sets ?? []).map((set) => membersOf(component, set));
}

/**
 * The smallest balanced sets of more than two entries that stand against what else claims their entries, whether or not
 * they share entries: those that chance explains less than once in a hundred such components, where it takes far more
 * to be a match.
 *
 * Where they are very many, all of them: judging each would take long, and together they are an ambiguity anyway.
 */
export function rivalBalances(board: Board, component: Component, pass: ManyPass): Group[] {
  if (component.ours.length + component.theirs.length > pass.maxComponent) return [];
  const groups = (setsOf(board, component) ?? [])
    .filter((set) => bits(set.ours) + bits(set.theirs) > 2)
    .map((set) => membersOf(component, set));
  if (groups.length > MAX_JUDGED) return groups;
  return groups.filter((group) => judgeSet(board, component, group, RIVAL_ONE_IN) === 'rare');
}

function setsOf({ ours, theirs }: Board, component: Component): readonly BalancedSet[] | undefined {
  return balancedSets(
    component.ours.map((entry) => ours.columns.amount[entry] as bigint),
    component.theirs.map((entry) => theirs.columns.amount[entry] as bigint),
  );
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
