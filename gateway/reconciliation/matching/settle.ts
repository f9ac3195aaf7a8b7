import type { Board, Side } from './board';
import { PENDING } from './columns';
import { compareEntries, isWithin } from './compare';

/**
 * Pairs entries that say the same on both sides; each pair keeps the others as its rivals.
 *
 * One to one is one match. Where a side says it more often, as many pairs as both sides have are made in the order of
 * their dates (nearest first when one side has one), and what a side has too much is `DUPLICATE`: it repeats an entry
 * that is matched. Which twin is held does not depend on the order of rows. A pending repetition stays open.
 */
export function settle(board: Board, ours: number[], theirs: number[], rule: number, days: number | null): void {
  if (ours.length === 1 && theirs.length === 1) {
    const [a, b] = [ours[0] as number, theirs[0] as number];
    if (isWithin(board.ours, a, board.theirs, b, days)) board.matchPair(a, b, rule);
    return;
  }
  arrange(board.ours, ours, board.theirs, theirs);
  arrange(board.theirs, theirs, board.ours, ours);
  const place = board.rivals.add(ours, theirs);
  const pairs = pairUp(board, ours, theirs, days);
  for (const [a, b] of pairs) {
    board.matchPair(a, b, rule);
    board.ours.rivals[a] = place;
  }
  const first = pairs[0];
  if (first === undefined) return;
  hold(board, board.ours, ours, first[0]);
  hold(board, board.theirs, theirs, first[1]);
}

function arrange(side: Side, entries: number[], other: Side, mates: readonly number[]): void {
  const only = mates.length === 1 ? (other.columns.day[mates[0] as number] as number) : null;
  const { day, flags } = side.columns;
  const away = (entry: number): number => (only === null ? 0 : Math.abs((day[entry] as number) - only));
  const pending = (entry: number): number => (flags[entry] as number) & PENDING;
  entries.sort((a, b) => pending(a) - pending(b) || away(a) - away(b) || compareEntries(side, a, b));
}

function pairUp(
  board: Board,
  ours: readonly number[],
  theirs: readonly number[],
  days: number | null,
): [number, number][] {
  const pairs: [number, number][] = [];
  for (let at = 0, bt = 0; at < ours.length && bt < theirs.length;) {
    const [a, b] = [ours[at] as number, theirs[bt] as number];
    if (isWithin(board.ours, a, board.theirs, b, days) && board.apart.allows(a, b)) {
      pairs.push([a, b]);
      at++;
      bt++;
    } else if ((board.ours.columns.day[a] as number) < (board.theirs.columns.day[b] as number)) at++;
    else bt++;
  }
  return pairs;
}

function hold(board: Board, side: Side, entries: readonly number[], repeated: number): void {
  for (const entry of entries) if (side.isOpenBooked(entry)) board.breakSingle(side, entry, 'DUPLICATE', repeated);
}
