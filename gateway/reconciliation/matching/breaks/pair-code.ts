import type { RuleSet } from '../../rules/rule-set';
import { explainingFee } from '../allowance';
import { amountsOf } from '../amounts';
import type { Board } from '../board';
import type { BreakCode } from '../break-codes';
import { convertMinor } from './convert';
import { currencyLetters, dayText, DEBIT, REJECTED, REVERSAL } from '../columns';

/** Why two entries of one payment do not match: the weightiest difference first. */
export function pairCode(board: Board, rules: RuleSet, ours: number, theirs: number): BreakCode {
  const a = board.ours.columns,
    b = board.theirs.columns;
  const differ = ((a.flags[ours] as number) ^ (b.flags[theirs] as number)) & (DEBIT | REJECTED | REVERSAL);
  if (a.currency[ours] !== b.currency[theirs]) return currencyCode(board, rules, ours, theirs);
  if ((differ & REJECTED) !== 0) return 'STATUS_MISMATCH';
  if ((differ & REVERSAL) !== 0) return 'RETURNED';
  if ((differ & DEBIT) !== 0) return 'DIRECTION_MISMATCH';
  const amounts = amountsOf(board, [ours], [theirs]);
  if (amounts.ours === amounts.theirs) return 'TIMING';
  const isFee = (['report', 'match'] as const).some(
    (action) => explainingFee(rules.fees, action, amounts) !== undefined,
  );
  if (isFee) return 'FEE_VARIANCE';
  return amounts.theirs > amounts.ours ? 'AMOUNT_OVER' : 'AMOUNT_UNDER';
}

/** With rates the difference is one of conversion; without any the currencies are simply not the same. */
function currencyCode(board: Board, { fx }: RuleSet, ours: number, theirs: number): BreakCode {
  if (fx.rates.length === 0) return 'CURRENCY_MISMATCH';
  return convertedMinor(board, fx, ours, theirs) === undefined ? 'FX_RATE_UNAVAILABLE' : 'FX_VARIANCE';
}

/** Our amount in their currency's minor units at the rate of our entry's date, rounded half up; undefined without a rate. */
export function convertedMinor(board: Board, fx: RuleSet['fx'], ours: number, theirs: number): bigint | undefined {
  const a = board.ours.columns;
  const from = currencyLetters(a.currency[ours] as number);
  const to = currencyLetters(board.theirs.columns.currency[theirs] as number);
  const date = dayText(a.day[ours] as number);
  const found = fx.rates.find((rate) => rate.from === from && rate.to === to && rate.date === date);
  return found === undefined ? undefined : convertMinor(a.amount[ours] as bigint, found);
}
