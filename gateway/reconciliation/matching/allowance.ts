import type { FeeSchedule, RuleSet, TolerancePass } from '../rules/rule-set';

const BASIS = 10_000n;

/** The largest difference of two amounts, minor units: the SMALLER of the absolute and the relative tolerance. */
export function toleranceMinor(pass: TolerancePass, currency: string, one: bigint, other: bigint): bigint {
  const absolute = BigInt(pass.absoluteMinor[currency] ?? '0');
  const smaller = one < other ? one : other;
  const relative = (smaller * BigInt(pass.relativeBasisPoints)) / BASIS;
  return absolute < relative ? absolute : relative;
}

/** The charge on an amount, minor units, rounded half up. */
export function feeMinor({ fixedMinor, basisPoints, minimumMinor, maximumMinor }: FeeSchedule, amount: bigint): bigint {
  const charged = BigInt(fixedMinor) + (amount * BigInt(basisPoints) + BASIS / 2n) / BASIS;
  const least = BigInt(minimumMinor);
  const raised = charged < least ? least : charged;
  const most = maximumMinor === null ? raised : BigInt(maximumMinor);
  return raised < most ? raised : most;
}

export interface Amounts {
  readonly currency: string;
  readonly direction: 'credit' | 'debit';
  readonly ours: bigint;
  readonly theirs: bigint;
}

/**
 * The first schedule, in the rule set's order, that explains the difference to the last minor unit.
 *
 * Of what we receive a charge was taken off; to what we pay it was added.
 */
export function explainingFee(
  fees: RuleSet['fees'],
  action: FeeSchedule['action'],
  { currency, direction, ours, theirs }: Amounts,
): FeeSchedule | undefined {
  const charged = direction === 'credit' ? ours - theirs : theirs - ours;
  if (charged <= 0n) return undefined;
  return fees.find(
    (fee) =>
      fee.action === action &&
      fee.currency === currency &&
      (fee.direction === 'both' || fee.direction === direction) &&
      feeMinor(fee, ours) === charged,
  );
}

/** The rule that lets two different sums match (`tolerance`, or a fee's name after a colon); undefined for none. */
export function allowingRule(rules: RuleSet, amounts: Amounts): string | undefined {
  const pass = rules.passes.find((candidate) => candidate.kind === 'tolerance');
  if (pass === undefined) return undefined;
  const { ours, theirs, currency } = amounts;
  const difference = ours < theirs ? theirs - ours : ours - theirs;
  if (difference <= toleranceMinor(pass, currency, ours, theirs)) return 'tolerance';
  const fee = explainingFee(rules.fees, 'match', amounts);
  return fee === undefined ? undefined : `fee:${fee.name}`;
}
