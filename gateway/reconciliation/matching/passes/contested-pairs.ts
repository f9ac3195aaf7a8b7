import type { CoveringPass, ManyPass, RuleSet } from '../../rules/rule-set';
import { PAIRED, type Board, type Group, type Side } from '../board';
import { components, type Component } from '../components';
import { judgeSet } from '../set-windows';
import { coveringOf, MAX_PRODUCT, type OnBound } from './covering-sets';
import { RIVAL_ONE_IN, rivalBalances } from './many-pass';

/**
 * Takes back pairs of equal money and date that a set of open entries explains as well, and names them.
 *
 * Such a pair has no reference that speaks for it: two parts of two payments may be worth the same. Which of both it
 * is cannot be told, so neither is matched.
 */
export function contestedPairs(board: Board, { passes }: RuleSet): readonly Group[] {
  const rule = board.rules.indexOf('amountDate');
  const covering = passes.find((pass) => pass.kind === 'coveringSet');
  const many = passes.find((pass) => pass.kind === 'manyToMany');
  const days = Math.max(covering?.dateWindowDays ?? -1, many?.dateWindowDays ?? -1);
  if (rule < 0 || days < 0) return [];
  // Twins have rivals: what the other twin says is told there already.
  const isPaired = (side: Side, entry: number): boolean =>
    side.state[entry] === PAIRED && side.reason[entry] === rule && oursRivals(board, side, entry) === 0;
  const contested = new Map<number, Group>();
  for (const component of components(board, days, isPaired)) {
    const pairs = pairedOf(board, component);
    const open = component.ours.length + component.theirs.length - pairs.length;
    if (pairs.length === 0 || open < 2) continue;
    for (const group of rivalSets(board, component, covering, many)) {
      for (const pair of pairsAgainst(board, group)) contested.set(pair.ours[0] as number, merged(pair, group));
    }
  }
  for (const [ours, group] of contested) {
    board.reopen(ours);
    board.noteRivals(group);
  }
  return [...contested.values()];
}

function oursRivals({ ours }: Board, side: Side, entry: number): number {
  return ours.rivals[side === ours ? entry : (side.mate[entry] as number)] as number;
}

function pairedOf(board: Board, component: Component): number[] {
  return (['ours', 'theirs'] as const).flatMap((name) =>
    component[name].filter((entry) => !board.side(name).isOpen(entry)),
  );
}

/** Sets of the component that would speak against one another if no pair had been made. */
function rivalSets(
  board: Board,
  component: Component,
  covering: CoveringPass | undefined,
  many: ManyPass | undefined,
): readonly Group[] {
  const { ours, theirs } = component;
  if (many !== undefined && ours.length + theirs.length <= many.maxComponent) {
    return rivalBalances(board, component, many);
  }
  if (covering === undefined) return [];
  // One hit for a component: which of its many entries met the bound says nothing more.
  let isTold = false;
  const onBound: OnBound = (bound, limit) => {
    if (!isTold) board.bounds.hit('amountDate', bound, limit, ours, theirs);
    isTold = true;
  };
  if (ours.length * theirs.length > MAX_PRODUCT) {
    onBound('maxComponent', MAX_PRODUCT, component);
    return [];
  }
  const open = {
    ours: ours.filter((entry) => board.ours.isOpen(entry)),
    theirs: theirs.filter((entry) => board.theirs.isOpen(entry)),
  };
  return [board.ours, board.theirs].flatMap((side) =>
    component[side.name].flatMap((one) => rivalCovering(board, side, one, [component, open], covering, onBound)),
  );
}

/** The only set for one entry: of all entries where it is open, of open ones alone where it has a pair already. */
function rivalCovering(
  board: Board,
  side: Side,
  one: number,
  [component, open]: readonly [Component, Component],
  covering: CoveringPass,
  onBound: OnBound,
): Group[] {
  const found = coveringOf(board, side, one, side.isOpen(one) ? component : open, covering, onBound);
  const [group] = found?.groups ?? [];
  if (found === undefined || group === undefined || found.groups.length > 1 || found.isCut) return [];
  return judgeSet(board, found.pool, group, RIVAL_ONE_IN) === 'rare' ? [group] : [];
}

/** Pairs of which a set holds one entry and not the other; none when most of the set is paired already. */
function pairsAgainst(board: Board, group: Group): Group[] {
  const pairs = new Map<number, Group>();
  let open = 0;
  for (const side of [board.ours, board.theirs]) {
    const other = board.other(side);
    for (const entry of group[side.name]) {
      if (side.isOpen(entry)) {
        open++;
        continue;
      }
      const mate = side.mate[entry] as number;
      const [ours, theirs] = side === board.ours ? [entry, mate] : [mate, entry];
      if (!group[other.name].includes(mate)) pairs.set(ours, { ours: [ours], theirs: [theirs] });
    }
  }
  return open >= pairs.size ? [...pairs.values()] : [];
}

function merged(pair: Group, group: Group): Group {
  const both = (a: readonly number[], b: readonly number[]): number[] =>
    [...new Set([...a, ...b])].sort((x, y) => x - y);
  return { ours: both(pair.ours, group.ours), theirs: both(pair.theirs, group.theirs) };
}
