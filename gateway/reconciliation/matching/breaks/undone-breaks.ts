import type { Board, Side } from '../board';
import type { UndoneEntries } from '../undone';

/** Entries of an undone match that nothing else has taken: people settle them. */
export function undoneBreaks(board: Board, undone: readonly UndoneEntries[]): void {
  for (const { ours, theirs } of undone) {
    const group = { ours: openOf(board.ours, ours), theirs: openOf(board.theirs, theirs) };
    if (group.ours.length < ours.length || group.theirs.length < theirs.length) continue;
    const [a, b] = [group.ours[0] as number, group.theirs[0] as number];
    if (group.ours.length === 1 && group.theirs.length === 1) board.breakPair(a, b, 'MATCH_UNDONE');
    else board.breakGroup(group, 'MATCH_UNDONE');
  }
}

/** One open entry for each, another one for each; fewer when there are not so many. */
function openOf(side: Side, entries: UndoneEntries['ours']): number[] {
  const taken: number[] = [];
  for (const twins of entries) {
    const free = twins.find((entry) => side.isOpen(entry) && !taken.includes(entry));
    if (free !== undefined) taken.push(free);
  }
  return taken.sort((a, b) => a - b);
}
