import { daysBetween } from './business-date';
import type { Input } from './input';

/** How days and years are counted: actual days over 360 or 365 (fixed), or months of 30 days over 360 (bond basis). */
export const DAY_COUNTS = ['ACT/360', 'ACT/365', '30/360'] as const;
export type DayCount = (typeof DAY_COUNTS)[number];

/** What interest is computed by. */
export interface InterestTerms {
  /** Hundredths of a per cent a year. */
  readonly rateBasisPoints: number;
  readonly dayCount: DayCount;
}

/** @throws Rejection REQUEST_INVALID. */
export function parseInterestTerms(input: Input): InterestTerms {
  const terms = {
    rateBasisPoints: input.integer('rateBasisPoints', 1, 10_000),
    dayCount: input.oneOf('dayCount', DAY_COUNTS),
  };
  input.end();
  return terms;
}

/**
 * Simple interest in minor units from one date (not counted) to another (counted), rounded half up once, at the end.
 *
 * Integers throughout, so that both sides come to the same; nothing when the end does not lie after the beginning.
 */
export function interestMinor(principalMinor: bigint, terms: InterestTerms, from: string, to: string): bigint {
  const days = accruedDays(terms.dayCount, from, to);
  if (days <= 0) return 0n;
  const yearDays = terms.dayCount === 'ACT/365' ? 365n : 360n;
  const numerator = principalMinor * BigInt(terms.rateBasisPoints) * BigInt(days);
  const denominator = 10_000n * yearDays;
  return (2n * numerator + denominator) / (2n * denominator);
}

/** Days of interest by a day count. @see ISDA 2006 Definitions 4.16(d), (e), (f) */
export function accruedDays(dayCount: DayCount, from: string, to: string): number {
  return dayCount === '30/360' ? bondDays(from, to) : daysBetween(from, to);
}

/** The 31st counts as the 30th: at the beginning always, at the end only when the beginning is one. */
function bondDays(from: string, to: string): number {
  const [fromYear, fromMonth, fromDay] = from.split('-').map(Number) as [number, number, number];
  const [toYear, toMonth, toDay] = to.split('-').map(Number) as [number, number, number];
  const first = Math.min(fromDay, 30);
  const last = toDay === 31 && first === 30 ? 30 : toDay;
  return 360 * (toYear - fromYear) + 30 * (toMonth - fromMonth) + last - first;
}
