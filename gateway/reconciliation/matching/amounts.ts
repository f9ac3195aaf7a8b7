import type { Amounts } from './allowance';
import type { Board, Side } from './board';
import { currencyLetters, DEBIT } from './columns';

/** Sum of entries of one direction, minor units. */
export function sumMinor({ columns }: Side, entries: readonly number[]): bigint {
  let sum = 0n;
  for (const entry of entries) sum += columns.amount[entry] as bigint;
  return sum;
}

/** Both sums in the first entry's direction: what goes the other way (a return) counts against it. */
export function amountsOf(board: Board, ours: readonly number[], theirs: readonly number[]): Amounts {
  const [side, first] = ours.length > 0 ? [board.ours, ours[0] as number] : [board.theirs, theirs[0] as number];
  const { currency, flags } = side.columns;
  const direction = (flags[first] as number) & DEBIT;
  const sum = ({ columns }: Side, entries: readonly number[]): bigint =>
    entries.reduce((total, entry) => {
      const amount = columns.amount[entry] as bigint;
      return ((columns.flags[entry] as number) & DEBIT) === direction ? total + amount : total - amount;
    }, 0n);
  return {
    currency: currencyLetters(currency[first] as number),
    direction: direction === 0 ? 'credit' : 'debit',
    ours: sum(board.ours, ours),
    theirs: sum(board.theirs, theirs),
  };
}
