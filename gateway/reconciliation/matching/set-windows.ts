import type { Board, Group, Side } from './board';
import { isExplainedByChance, type Verdict, type Window } from './chance';
import type { Component } from './components';
import { referencesSpeak } from './key-items';

/**
 * Whether chance explains a set: held against all sets that contain its largest entry, on as few days, of the pool it
 * was found in. A set whose entries share references does not rest on its sum, so it is `rare` whatever its pool.
 *
 * @param pool all entries that the search for the set took into account.
 */
export function judgeSet(board: Board, pool: Component, group: Group, oneIn: number): Verdict {
  if (isCorroborated(board, group)) return 'rare';
  const { side, entry } = largest(board, group);
  const other = board.other(side);
  const own = pool[side.name].filter((member) => member !== entry);
  const others = pool[other.name];
  const at = day(side, entry);
  const all = [at, ...daysOf(side, own), ...daysOf(other, others)];
  const within = (from: number, to: number) => ({
    own: at < from || at > to ? null : amountsWithin(side, own, from, to),
    others: amountsWithin(other, others, from, to),
  });
  const found = [...daysOf(side, group[side.name]), ...daysOf(other, group[other.name])];
  const [first, last] = [Math.min(...found), Math.max(...found)];
  const windows: Window[] = [];
  for (const from of new Set(all.filter((one) => one <= at && one >= at - (last - first)))) {
    for (const to of new Set(all.filter((one) => one >= at && one <= from + (last - first)))) {
      // Sets that begin on the first day and end on the last: all, less those of either rest, which both leave out.
      windows.push([within(from, to), within(from + 1, to), within(from, to - 1), within(from + 1, to - 1)]);
    }
  }
  const anchor = side.columns.amount[entry] as bigint;
  const rest = amountsWithin(
    side,
    group[side.name].filter((member) => member !== entry),
    first,
    last,
  );
  const opposite = amountsWithin(other, group[other.name], first, last);
  return isExplainedByChance({ anchor, own: rest, others: opposite }, within(first, last), windows, oneIn);
}

/** The largest entry of a set: sums of the smaller ones are what may meet it by chance. */
function largest(board: Board, group: Group): { readonly side: Side; readonly entry: number } {
  const all = [board.ours, board.theirs].flatMap((side) => group[side.name].map((entry) => ({ side, entry })));
  const amount = ({ side, entry }: (typeof all)[number]): bigint => side.columns.amount[entry] as bigint;
  return all.reduce((most, one) => (amount(one) > amount(most) ? one : most));
}

/** Whether every entry of a set shares a reference with one of the other side in it. */
function isCorroborated({ ours, theirs }: Board, group: Group): boolean {
  const speaks = (one: Side, entry: number, other: Side): boolean =>
    group[other.name].some((mate) => referencesSpeak(one, entry, other, mate) === 'for');
  return (
    group.ours.every((entry) => speaks(ours, entry, theirs)) &&
    group.theirs.every((entry) => speaks(theirs, entry, ours))
  );
}

function day({ columns }: Side, entry: number): number {
  return columns.day[entry] as number;
}

function daysOf(side: Side, entries: readonly number[]): number[] {
  return entries.map((entry) => day(side, entry));
}

function amountsWithin(side: Side, entries: readonly number[], from: number, to: number): bigint[] {
  return entries
    .filter((entry) => day(side, entry) >= from && day(side, entry) <= to)
    .map((entry) => side.columns.amount[entry] as bigint);
}
