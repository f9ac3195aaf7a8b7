import type { AmountDatePass } from '../../rules/rule-set';
import type { Board, Side } from '../board';
import { isSameKind } from '../compare';
import { isContradicted, isTwin, MAX_LINKS, referencesSpeak } from '../key-items';
import type { Links } from '../links';
import { settle } from '../settle';
import { MAX_WINDOW, moneyBuckets, partiesFit, uniquePairs, withinWindow, type MoneyBucket } from './amount-date';

/**
 * Same money within the window and nothing against it: each other's only candidate, or twins of one day.
 *
 * No greedy first hit: an entry with two candidates stays open, and its rivals are told. An entry whose own keys, or
 * whose listed documents, lead to another open entry is left to the passes that follow them.
 */
export function amountDatePass(board: Board, links: Links, pass: AmountDatePass): void {
  const rule = board.rule(pass.kind);
  const claimed = claimedByKeys(board, links, pass.kind);
  const isFree = (side: Side, entry: number): boolean => claimed[side.name][entry] === 0;
  const accepts = (ours: number, theirs: number): boolean =>
    board.apart.allows(ours, theirs) &&
    partiesFit(board, ours, theirs, pass.parties) &&
    !isContradicted(board.ours, ours, board.theirs, theirs) &&
    ((isFree(board.ours, ours) && isFree(board.theirs, theirs)) ||
      referencesSpeak(board.ours, ours, board.theirs, theirs) === 'for');
  for (const bucket of moneyBuckets(board)) {
    const sets = new Map<number, [number[], number[]]>();
    const pairs = uniquePairs(board, bucket, pass.dateWindowDays, accepts, (entry, theirs, ours) => {
      if (theirs === undefined || ours === undefined) {
        board.bounds.hit(pass.kind, 'maxCandidates', MAX_WINDOW, [entry], []);
      } else if (isTwinSet(board, bucket, pass.dateWindowDays, [ours, [...theirs]], accepts)) {
        sets.set(ours[0] as number, [[...ours], [...theirs]]);
      } else board.ours.rivals[entry] = board.rivals.add([], theirs);
    });
    for (const [ours, theirs] of pairs) board.matchPair(ours, theirs, rule);
    for (const [ours, theirs] of sets.values()) settle(board, ours, theirs, rule, pass.dateWindowDays);
  }
}

/** Whether all of both lists are twins of one day that lead to one another alone: which one is taken makes no difference. */
function isTwinSet(
  board: Board,
  bucket: MoneyBucket,
  days: number,
  [ours, theirs]: readonly [readonly number[], readonly number[]],
  accepts: (ours: number, theirs: number) => boolean,
): boolean {
  const areTwins = (side: Side, entries: readonly number[]): boolean =>
    entries.every(
      (entry) =>
        side.columns.day[entry] === side.columns.day[entries[0] as number] && isTwin(side, entries[0] as number, entry),
    );
  if (!areTwins(board.ours, ours) || !areTwins(board.theirs, theirs)) return false;
  const [a, b] = [ours[0] as number, theirs[0] as number];
  const back = withinWindow(board.theirs, b, board.ours, bucket.ours, days, (entry) => accepts(entry, b));
  const forth = withinWindow(board.ours, a, board.theirs, bucket.theirs, days, (entry) => accepts(a, entry));
  return String(back) === String(ours) && String(forth) === String(theirs);
}

/** Entries that a key or a listed document connects with an open entry of the other side, whatever its amount. */
function claimedByKeys(
  board: Board,
  links: Links,
  pass: AmountDatePass['kind'],
): Readonly<Record<'ours' | 'theirs', Uint8Array>> {
  const { ours, theirs } = board;
  const claimed = { ours: new Uint8Array(ours.columns.count), theirs: new Uint8Array(theirs.columns.count) };
  for (const side of [ours, theirs]) {
    const other = board.other(side);
    for (let entry = 0; entry < side.columns.count; entry++) {
      if (!side.isOpenBooked(entry)) continue;
      const isKin = (mate: number): boolean => isSameKind(side, entry, other, mate);
      const kin = links.byAnyKey(side, entry, isKin);
      if (kin?.length !== 0) claimed[side.name][entry] = 1;
      if (kin === undefined) board.bounds.hit(pass, 'maxLinks', MAX_LINKS, ...sidesOf(side, entry));
      for (
        let item = side.columns.remittanceStart(entry);
        item < (side.columns.remittanceEnd[entry] as number);
        item++
      ) {
        const mates = links.byDocument(side, entry, item, isKin) ?? [];
        for (const mate of mates) claimed[other.name][mate] = 1;
        if (mates.length > 0) claimed[side.name][entry] = 1;
      }
    }
  }
  return claimed;
}

function sidesOf({ name }: Side, entry: number): [number[], number[]] {
  return name === 'ours' ? [[entry], []] : [[], [entry]];
}
