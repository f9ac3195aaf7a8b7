import { GROUPED, PAIRED, type Board, type Side } from '../matching/board';
import { currencyLetters, DEBIT } from '../matching/columns';
import type { CurrencySum } from './report-summary';

/** Number of matches of each rule that made any, by name. */
export function matchesByRule({ ours, groups, rules }: Board): Record<string, number> {
  const counts = new Array<number>(rules.length).fill(0);
  for (let entry = 0; entry < ours.state.length; entry++) {
    const state = ours.state[entry];
    const isFirst = state === PAIRED || (state === GROUPED && groups[ours.mate[entry] as number]?.ours[0] === entry);
    if (isFirst) counts[ours.reason[entry] as number] = (counts[ours.reason[entry] as number] as number) + 1;
  }
  const named = counts.map((count, rule) => [rules[rule] as string, count] as const).filter(([, count]) => count > 0);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sums of the matched entries of both sides by currency, credits less debits. */
export function conservation(board: Board): CurrencySum[] {
  const [ours, theirs] = [matchedSums(board.ours), matchedSums(board.theirs)];
  const currencies = [...new Set([...ours.keys(), ...theirs.keys()])];
  return currencies
    .map((currency) => {
      const [left, right] = [ours.get(currency) ?? 0n, theirs.get(currency) ?? 0n];
      return {
        currency: currencyLetters(currency),
        oursMinor: String(left),
        theirsMinor: String(right),
        residualMinor: String(left - right),
      };
    })
    .sort((a, b) => (a.currency < b.currency ? -1 : 1));
}

function matchedSums({ state, columns }: Side): Map<number, bigint> {
  const sums = new Map<number, bigint>();
  for (let entry = 0; entry < state.length; entry++) {
    if (state[entry] !== PAIRED && state[entry] !== GROUPED) continue;
    const amount = columns.amount[entry] as bigint;
    const signed = ((columns.flags[entry] as number) & DEBIT) === 0 ? amount : -amount;
    const currency = columns.currency[entry] as number;
    sums.set(currency, (sums.get(currency) ?? 0n) + signed);
  }
  return sums;
}
