import type { RuleSet } from '../../rules/rule-set';
import type { Board, Side } from '../board';
import type { BreakCode } from '../break-codes';
import { PENDING, REJECTED, REVERSAL } from '../columns';
import { isContradicted } from '../key-items';
import { moneyBuckets, partiesFit, uniquePairs } from '../passes/amount-date';
import type { Timing } from './timing';

/** Same money and date, each other's only candidate, and references that differ: suggested, never matched. */
export function referenceMismatches(board: Board, rules: RuleSet): void {
  const pass = rules.passes.find((candidate) => candidate.kind === 'amountDate');
  if (pass === undefined) return;
  const pairs: [number, number][] = [];
  for (const bucket of moneyBuckets(board)) {
    pairs.push(
      ...uniquePairs(
        board,
        bucket,
        pass.dateWindowDays,
        (a, b) => partiesFit(board, a, b, 'agree'),
        () => undefined,
      ),
    );
  }
  for (const [a, b] of pairs) {
    if (isContradicted(board.ours, a, board.theirs, b)) board.breakPair(a, b, 'REFERENCE_MISMATCH');
  }
}

/** What is left on one side alone: explained by time until its date, missing afterwards. */
export function leftovers(board: Board, timing: Timing): void {
  for (const side of [board.ours, board.theirs]) {
    const missing = side === board.ours ? 'MISSING_EXTERNAL' : 'MISSING_INTERNAL';
    for (let entry = 0; entry < side.columns.count; entry++) {
      if (side.isOpen(entry)) board.breakSingle(side, entry, singleCode(side, entry, timing, missing));
    }
  }
}

function singleCode({ columns }: Side, entry: number, timing: Timing, missing: BreakCode): BreakCode {
  const flags = columns.flags[entry] as number;
  const day = columns.day[entry] as number;
  const isPending = (flags & PENDING) !== 0;
  if ((flags & REJECTED) !== 0) return 'STATUS_MISMATCH';
  if ((flags & REVERSAL) !== 0) return 'RETURNED';
  if (timing.isWaiting(day, isPending)) return isPending ? 'PENDING' : 'TIMING';
  return missing;
}
