import type { Board, Side } from '../board';
import { compareAmount, compareEntries, KIND, partiesDiffer } from '../compare';

/** Entries of one bucket within the window of one entry that are looked at. */
export const MAX_WINDOW = 256;

/** Entries of equal money of both sides, each list by day. */
export interface MoneyBucket {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Open, final entries of equal currency, direction and amount that both sides have, in ascending order. */
export function* moneyBuckets(board: Board): Generator<MoneyBucket> {
  const ours = byMoney(board.ours);
  const theirs = byMoney(board.theirs);
  for (let at = 0, bt = 0; at < ours.length && bt < theirs.length;) {
    const order = compareMoney(board.ours, ours[at] as number, board.theirs, theirs[bt] as number);
    if (order < 0) at = endOf(board.ours, ours, at);
    else if (order > 0) bt = endOf(board.theirs, theirs, bt);
    else {
      const [endA, endB] = [endOf(board.ours, ours, at), endOf(board.theirs, theirs, bt)];
      yield { ours: [...ours.subarray(at, endA)], theirs: [...theirs.subarray(bt, endB)] };
      [at, bt] = [endA, endB];
    }
  }
}

/** Entries of `mates` (by day) within the window of `entry` that `accepts`; undefined when the window holds too many. */
export function withinWindow(
  side: Side,
  entry: number,
  other: Side,
  mates: readonly number[],
  days: number,
  accepts: (mate: number) => boolean,
): number[] | undefined {
  const day = side.columns.day[entry] as number;
  const from = firstAtLeast(other, mates, day - days);
  const end = firstAtLeast(other, mates, day + days + 1);
  if (end - from > MAX_WINDOW) return undefined;
  const found: number[] = [];
  for (let at = from; at < end; at++) {
    const mate = mates[at] as number;
    if (other.isOpen(mate) && accepts(mate)) found.push(mate);
  }
  return found;
}

/** Pairs that are each other's only candidate within their bucket, and the entries whose candidates are several. */
export function uniquePairs(
  board: Board,
  { ours, theirs }: MoneyBucket,
  days: number,
  accepts: (ours: number, theirs: number) => boolean,
  onMany: (ours: number, theirs: readonly number[] | undefined, rivals: readonly number[] | undefined) => void,
): [number, number][] {
  const pairs: [number, number][] = [];
  for (const a of ours) {
    const mates = withinWindow(board.ours, a, board.theirs, theirs, days, (b) => accepts(a, b));
    if (mates !== undefined && mates.length === 0) continue;
    const b = mates?.[0];
    const back =
      b === undefined ? undefined : withinWindow(board.theirs, b, board.ours, ours, days, (other) => accepts(other, b));
    if (b !== undefined && mates?.length === 1 && back?.length === 1) pairs.push([a, b]);
    else onMany(a, mates, back);
  }
  return pairs;
}

/** Whether parties that both sides name are the same, where the rule asks. */
export function partiesFit(board: Board, ours: number, theirs: number, rule: 'agree' | 'ignore'): boolean {
  return rule === 'ignore' || !partiesDiffer(board.ours, ours, board.theirs, theirs);
}

function byMoney(side: Side): Int32Array {
  const { count } = side.columns;
  let open = 0;
  for (let entry = 0; entry < count; entry++) if (side.isOpenBooked(entry)) open++;
  const entries = new Int32Array(open);
  for (let entry = 0, at = 0; entry < count; entry++) if (side.isOpenBooked(entry)) entries[at++] = entry;
  return entries.sort((a, b) => compareMoney(side, a, side, b) || compareEntries(side, a, b));
}

function compareMoney(one: Side, a: number, other: Side, b: number): number {
  const kind = (side: Side, entry: number): number =>
    ((side.columns.currency[entry] as number) << 8) | ((side.columns.flags[entry] as number) & KIND);
  const order = kind(one, a) - kind(other, b);
  if (order !== 0) return order;
  if (one === other) return compareAmount(one, a, b);
  const [x, y] = [one.amountWords, other.amountWords];
  return (x[a * 2 + 1] as number) - (y[b * 2 + 1] as number) || (x[a * 2] as number) - (y[b * 2] as number);
}

function endOf(side: Side, entries: Int32Array, start: number): number {
  let end = start + 1;
  while (end < entries.length && compareMoney(side, entries[start] as number, side, entries[end] as number) === 0)
    end++;
  return end;
}

/** The first place whose entry's day is at least `day`, by halves. */
function firstAtLeast({ columns }: Side, entries: readonly number[], day: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((columns.day[entries[middle] as number] as number) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}
