import { currencyDecimals } from '../../../../chaincode/domain/money';
import type { FxRate } from '../../rules/rule-set';

/** An amount of minor units converted at a rate between whole units of two currencies, rounded half up. */
export function convertMinor(amount: bigint, { from, to, rate }: FxRate): bigint {
  const [whole, fraction = ''] = rate.split('.') as [string, string?];
  const numerator = amount * BigInt(`${whole}${fraction}`) * 10n ** BigInt(currencyDecimals(to) ?? 2);
  const denominator = 10n ** BigInt(fraction.length + (currencyDecimals(from) ?? 2));
  return (numerator + denominator / 2n) / denominator;
}
