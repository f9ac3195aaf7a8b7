import type { Amounts } from './allowance';
import type { Board, Side } from './board';
import { currencyLetters, DEBIT } from './columns';

/** Sum of entries, minor units. */
export function sumMinor({ columns }: Side, entries: readonly number[]): bigint {
  let sum = 0n;
  for (const entry of entries) sum += columns.amount[entry] as bigint;
  return sum;
}

/** Both sums of entries of one kind. */
export function amountsOf(board: Board, ours: readonly number[], theirs: readonly number[]): Amounts {
  const [side, first] = ours.length > 0 ? [board.ours, ours[0] as number] : [board.theirs, theirs[0] as number];
  const { currency, flags } = side.columns;
  return {
    currency: currencyLetters(currency[first] as number),
    direction: ((flags[first] as number) & DEBIT) === 0 ? 'credit' : 'debit',
    ours: sumMinor(board.ours, ours),
    theirs: sumMinor(board.theirs, theirs),
  };
}
