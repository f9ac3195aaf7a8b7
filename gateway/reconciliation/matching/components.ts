import type { Board, Side } from './board';
import { REJECTED, REVERSAL } from './columns';
import { compareAmount, compareEntries, has } from './compare';

/** Open entries of one party, currency and direction, each side by amount from the largest. */
export interface Component {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/**
 * Connected components: open, final entries of one known party, currency and direction whose dates follow one another
 * within the window. Components without entries of both sides are left out.
 *
 * @param isAlso entries that count besides the open ones.
 */
export function* components(
  board: Board,
  days: number,
  isAlso: (side: Side, entry: number) => boolean = () => false,
): Generator<Component> {
  const entries = tagged(board, isAlso);
  for (let start = 0; start < entries.length;) {
    let end = start + 1;
    while (end < entries.length && isLinked(board, entries[end - 1] as number, entries[end] as number, days)) end++;
    const run = entries.subarray(start, end);
    const ours = [...run].filter((entry) => entry >= 0);
    const theirs = [...run].filter((entry) => entry < 0).map((entry) => ~entry);
    if (ours.length > 0 && theirs.length > 0) {
      yield { ours: byAmount(board.ours, ours), theirs: byAmount(board.theirs, theirs) };
    }
    start = end;
  }
}

function byAmount(side: Side, entries: number[]): number[] {
  return entries.sort((a, b) => compareAmount(side, b, a) || compareEntries(side, a, b));
}

/** Both sides' entries in one column (theirs as complements), ordered so that a component stands together. */
function tagged(board: Board, isAlso: (side: Side, entry: number) => boolean): Int32Array {
  const belongs = (side: Side, entry: number): boolean =>
    (side.isOpenBooked(entry) || isAlso(side, entry)) &&
    has(side.columns.party, entry) &&
    ((side.columns.flags[entry] as number) & (REVERSAL | REJECTED)) === 0 &&
    side.columns.amount[entry] !== 0n;
  const list: number[] = [];
  for (const side of [board.ours, board.theirs]) {
    for (let entry = 0; entry < side.columns.count; entry++) {
      if (belongs(side, entry)) list.push(side === board.ours ? entry : ~entry);
    }
  }
  return Int32Array.from(list).sort((a, b) => compareOwners(board, a, b) || dayOf(board, a) - dayOf(board, b) || a - b);
}

function isLinked(board: Board, a: number, b: number, days: number): boolean {
  return compareOwners(board, a, b) === 0 && dayOf(board, b) - dayOf(board, a) <= days;
}

function dayOf(board: Board, tag: number): number {
  return (tag >= 0 ? board.ours.columns.day[tag] : board.theirs.columns.day[~tag]) as number;
}

/** By party, currency and direction; the order of parties has no meaning, only that one's entries stand together. */
function compareOwners(board: Board, a: number, b: number): number {
  const [x, at] = a >= 0 ? [board.ours.columns, a] : [board.theirs.columns, ~a];
  const [y, bt] = b >= 0 ? [board.ours.columns, b] : [board.theirs.columns, ~b];
  return (
    (x.party[at * 2] as number) - (y.party[bt * 2] as number) ||
    (x.party[at * 2 + 1] as number) - (y.party[bt * 2 + 1] as number) ||
    (x.currency[at] as number) - (y.currency[bt] as number) ||
    ((x.flags[at] as number) & 1) - ((y.flags[bt] as number) & 1)
  );
}
