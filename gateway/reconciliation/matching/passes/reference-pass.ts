import type { ReferencePass } from '../../rules/rule-set';
import type { Board, Side } from '../board';
import { isSameMoney, isWithin } from '../compare';
import { isTwin, KeyItems, MAX_LINKS } from '../key-items';
import { settle } from '../settle';

/** A common reference and the same money; unique on both sides, or twins that say the same in everything. */
export function referencePass(board: Board, { kind, dateWindowDays }: ReferencePass): void {
  const rule = board.rule(kind);
  const choice = { uetr: false, references: true, withMoney: true };
  const items = { ours: new KeyItems(board.ours, choice), theirs: new KeyItems(board.theirs, choice) };
  const linked = (side: Side, entry: number): number[] | undefined => {
    const other = board.other(side);
    return items[other.name].linked(
      side,
      entry,
      (mate) =>
        other.isOpen(mate) &&
        board.mayPair(side, entry, mate) &&
        isSameMoney(side, entry, other, mate) &&
        isWithin(side, entry, other, mate, dateWindowDays),
    );
  };
  const proposals: [number[], number[]][] = [];
  const seen = new Uint8Array(board.ours.columns.count);
  for (let entry = 0; entry < seen.length; entry++) {
    if (seen[entry] === 1 || !board.ours.isOpen(entry)) continue;
    const theirs = linked(board.ours, entry);
    if (theirs === undefined) board.bounds.hit(kind, 'maxLinks', MAX_LINKS, [entry], []);
    if (theirs === undefined || theirs.length === 0) continue;
    const ours = linked(board.theirs, theirs[0] as number);
    if (ours === undefined) board.bounds.hit(kind, 'maxLinks', MAX_LINKS, [], [theirs[0] as number]);
    if (ours === undefined) continue;
    if (isClosedSet(board, ours, theirs, linked)) {
      for (const member of ours) seen[member] = 1;
      proposals.push([ours, theirs]);
    } else board.ours.rivals[entry] = board.rivals.add([], theirs);
  }
  // Made after all were found: what one match takes must not make another one unique.
  for (const [ours, theirs] of proposals) settle(board, ours, theirs, rule, dateWindowDays);
}

/** Whether these entries lead to one another alone, and cannot be told apart within their side. */
function isClosedSet(
  board: Board,
  ours: readonly number[],
  theirs: readonly number[],
  linked: (side: Side, entry: number) => number[] | undefined,
): boolean {
  const isTwins = (side: Side, entries: readonly number[]): boolean =>
    entries.every((entry) => isTwin(side, entries[0] as number, entry));
  if (!isTwins(board.ours, ours) || !isTwins(board.theirs, theirs)) return false;
  const leadsTo = (side: Side, entries: readonly number[], mates: readonly number[]): boolean =>
    entries.every((entry) => String(linked(side, entry)) === String(mates));
  return leadsTo(board.ours, ours, theirs) && leadsTo(board.theirs, theirs, ours);
}
