import type { KeyPass } from '../../rules/rule-set';
import type { Board } from '../board';
import { isWithin } from '../compare';
import { visitKeyBuckets } from '../key-chains';
import { settle } from '../settle';

/** Exact on one key: same key, amount, currency, direction, reversal and rejection. */
export function keyPass(board: Board, pass: KeyPass): void {
  const rule = board.rule(pass.kind);
  const key = pass.kind === 'uetr' ? 'uetr' : 'endToEnd';
  const days = pass.dateWindowDays;
  visitKeyBuckets(
    board,
    key,
    (a, b) => {
      if (isWithin(board.ours, a, board.theirs, b, days)) board.matchPair(a, b, rule);
    },
    (ours, theirs) => settle(board, ours, theirs, rule, days),
  );
}
