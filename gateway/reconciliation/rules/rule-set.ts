/** Everything matching decides by, as plain data: same rules and same files give the same result. */
export interface RuleSet {
  readonly id: string;
  /** Whole number from 1, as text; a changed rule set is a new version. */
  readonly version: string;
  readonly normalise: NormaliseRules;
  /** Which date windows are measured on. */
  readonly date: 'valueDate' | 'bookingDate';
  readonly timing: TimingRules;
  /** In the fixed order of `PASS_ORDER`; a pass that is absent is not run. */
  readonly passes: readonly Pass[];
  /** Charges known by name; an empty list knows none. */
  readonly fees: readonly FeeSchedule[];
  /** Rates for the differences of payments booked in two currencies; such payments are never matched. */
  readonly fx: FxRules;
}

export interface NormaliseRules {
  /** Removed once from the start of a reference, in this order of trial; upper case. */
  readonly stripPrefixes: readonly string[];
  /** References that say "none", upper case; an entry with one of them has no reference. */
  readonly placeholders: readonly string[];
}

/** When what is explained by time becomes a break. */
export interface TimingRules {
  /** Business days after its date until which an unmatched booked entry is `TIMING`. */
  readonly timingBusinessDays: number;
  /** Business days after its date until which an unmatched pending entry is `PENDING`. */
  readonly pendingBusinessDays: number;
  /** yyyy-mm-dd; Saturdays and Sundays are no business days either. */
  readonly holidays: readonly string[];
}

export type Pass = KeyPass | ReferencePass | AmountDatePass | TolerancePass | RemittancePass | CoveringPass | ManyPass;

/** Same key, amount, currency and direction. */
export interface KeyPass {
  readonly kind: 'uetr' | 'endToEndId';
  /** Days apart, inclusive; null for any. */
  readonly dateWindowDays: number | null;
}

/** A common reference, same amount, currency and direction. */
export interface ReferencePass {
  readonly kind: 'reference';
  readonly dateWindowDays: number | null;
}

/** Same amount, currency and direction within the window, unique on both sides, no reference against it. */
export interface AmountDatePass {
  readonly kind: 'amountDate';
  readonly dateWindowDays: number;
  /** `agree`: parties that both sides name must be the same. */
  readonly parties: 'agree' | 'ignore';
}

/** A common key or reference, and amounts apart by at most the SMALLER of both tolerances, or by exactly a fee. */
export interface TolerancePass {
  readonly kind: 'tolerance';
  readonly dateWindowDays: number | null;
  /** ISO 4217 → minor units; a currency that is absent has no tolerance. */
  readonly absoluteMinor: Readonly<Record<string, string>>;
  /** Of the smaller amount, rounded down. */
  readonly relativeBasisPoints: number;
}

/** One entry that lists documents, and the entries of the other side that carry them. */
export interface RemittancePass {
  readonly kind: 'remittance';
  readonly dateWindowDays: number | null;
  /** Whether several entries that name the one entry's reference and add up to it count as its list. */
  readonly sharedReferences: boolean;
}

/** One entry, and entries of the other side of the same party that add up to it. */
export interface CoveringPass {
  readonly kind: 'coveringSet';
  readonly dateWindowDays: number;
  readonly maxParts: number;
  readonly maxCandidates: number;
  /** Steps of the search for one entry. */
  readonly maxSteps: number;
  /** A sum that chance hits more often than once in so many such searches is no match. */
  readonly chanceOneIn: number;
}

/** Several entries on both sides of one party whose sums agree. */
export interface ManyPass {
  readonly kind: 'manyToMany';
  readonly dateWindowDays: number;
  /** Entries of both sides in one connected component. */
  readonly maxComponent: number;
  /** A balance that chance makes more often than once in so many such components is no match. */
  readonly chanceOneIn: number;
}

/** A charge known by name: `fixed + amount × basis points`, held between minimum and maximum. */
export interface FeeSchedule {
  readonly name: string;
  readonly currency: string;
  /** Deducted from what is received (theirs is less), added to what is paid (theirs is more), or both. */
  readonly direction: 'credit' | 'debit' | 'both';
  readonly fixedMinor: string;
  readonly basisPoints: number;
  readonly minimumMinor: string;
  /** Null for no maximum. */
  readonly maximumMinor: string | null;
  /** `match`: the entries match with the fee as residual; `report`: a `FEE_VARIANCE` break proposes it. */
  readonly action: 'match' | 'report';
}

export interface FxRules {
  readonly rates: readonly FxRate[];
}

/** One unit of `from` is `rate` units of `to`, as a decimal text, on one date. */
export interface FxRate {
  readonly from: string;
  readonly to: string;
  readonly date: string;
  readonly rate: string;
}

/** The one order of passes: what is told exactly goes before what is concluded. */
export const PASS_ORDER = [
  'uetr',
  'endToEndId',
  'reference',
  'amountDate',
  'tolerance',
  'remittance',
  'coveringSet',
  'manyToMany',
] as const satisfies readonly Pass['kind'][];
