import { currencyDecimals, fromDecimal } from '../../../chaincode/domain/money';

/** Why an amount was not taken. */
export type AmountProblem = 'ENTRY_CURRENCY_UNKNOWN' | 'ENTRY_AMOUNT_INVALID';

/**
 * A decimal text of a currency as minor units, exactly: `1.234,56` with a comma, `1,234.56` with a point.
 *
 * Never through floating point. Digits beyond the currency's own are refused unless they are zeros.
 */
export function minorOf(text: string, currency: string, separator: '.' | ','): bigint | AmountProblem {
  if (currencyDecimals(currency) === undefined) return 'ENTRY_CURRENCY_UNKNOWN';
  const grouping = separator === ',' ? /[.\s'’\u00a0]/g : /[,\s'’\u00a0]/g;
  const plain = text.trim().replace(grouping, '').replace(separator, '.').replace(/\.$/, '');
  return fromDecimal(plain, currency) ?? 'ENTRY_AMOUNT_INVALID';
}
