import type { Board, Group, Side } from './board';
import type { SideName } from './work-tables';

/** One entry of a side, and entries of the other one that stand for it. */
export interface Proposal {
  readonly side: SideName;
  readonly one: number;
  readonly parts: readonly number[];
  readonly rule: string;
}

/** The proposal as a group of both sides. */
export function groupOf({ side, one, parts }: Pick<Proposal, 'side' | 'one' | 'parts'>): Group {
  const sorted = [...parts].sort((a, b) => a - b);
  return side === 'ours' ? { ours: [one], theirs: sorted } : { ours: sorted, theirs: [one] };
}

/** Groups of the same entries, in the same order, have the same key. */
export function keyOf({ ours, theirs }: Group): string {
  return `${ours.join()}|${theirs.join()}`;
}

/**
 * Makes the proposals that no other one and no `blocker` touches; what shares an entry stays open, its rivals told.
 *
 * All are found before any is made, so that none depends on the order of work.
 *
 * @param refused proposals that stand against others and are made by nobody.
 */
export function makeDisjoint(
  board: Board,
  proposals: readonly Proposal[],
  blockers: readonly Group[] = [],
  refused: readonly Proposal[] = [],
): void {
  const uses = { ours: new Map<number, number>(), theirs: new Map<number, number>() };
  const count = (group: Group): void => {
    for (const name of ['ours', 'theirs'] as const) {
      for (const entry of group[name]) uses[name].set(entry, (uses[name].get(entry) ?? 0) + 1);
    }
  };
  for (const proposal of proposals) count(groupOf(proposal));
  for (const proposal of refused) count(groupOf(proposal));
  for (const blocker of blockers) count(blocker);
  const isAlone = (group: Group): boolean =>
    (['ours', 'theirs'] as const).every((name) => group[name].every((entry) => uses[name].get(entry) === 1));
  for (const proposal of proposals) {
    const group = groupOf(proposal);
    if (isAlone(group)) make(board, group, proposal.rule);
    else noteRivals(board.side(proposal.side), board, proposal);
  }
  for (const proposal of refused) noteRivals(board.side(proposal.side), board, proposal);
}

function make(board: Board, group: Group, rule: string): void {
  const [a, b] = [group.ours[0] as number, group.theirs[0] as number];
  if (group.ours.length === 1 && group.theirs.length === 1) board.matchPair(a, b, board.rule(rule));
  else board.matchGroup(group, board.rule(rule));
}

function noteRivals(side: Side, board: Board, { one, parts }: Proposal): void {
  side.rivals[one] = side.name === 'ours' ? board.rivals.add([], parts) : board.rivals.add(parts, []);
}
