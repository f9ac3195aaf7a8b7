import type { KeyPass } from '../../rules/rule-set';
import type { Board } from '../board';
import { keyBuckets } from '../key-chains';
import { settle } from '../settle';

/** Exact on one key: same key, amount, currency, direction, reversal and rejection. */
export function keyPass(board: Board, pass: KeyPass): void {
  const rule = board.rule(pass.kind);
  const key = pass.kind === 'uetr' ? 'uetr' : 'endToEnd';
  for (const { ours, theirs } of keyBuckets(board, key, true)) settle(board, ours, theirs, rule, pass.dateWindowDays);
}
