import type { RefusedLine, StatedBalance } from '../book-entry';
import type { RuleSet } from '../rules/rule-set';
import type { BreakCode } from './break-codes';
import type { Board } from './board';
import type { LoadedSide } from './load-side';
import type { SideName } from './work-tables';

export const REPORT_FORMAT = 'concordat.reconciliation.v1';

/** One file as a result names it. */
export interface InputOf {
  readonly format: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  readonly entries: number;
  readonly refused: readonly RefusedLine[];
  readonly balances: readonly StatedBalance[];
}

/** Two sides matched under one rule set: everything a report is made from. */
export interface Reconciliation {
  readonly rules: RuleSet;
  readonly rulesDigest: string;
  /** yyyy-mm-dd on which time's explanations were judged. */
  readonly asOf: string;
  readonly inputs: Readonly<Record<SideName, InputOf>>;
  /** Leaf hashes of the undone matches whose entries were kept apart. */
  readonly undone: readonly string[];
  readonly board: Board;
}

/** What a result names of a loaded side. */
export function inputOf({ format, digest, columns, refused, balances }: LoadedSide): InputOf {
  return { format, digest, entries: columns.count, refused, balances };
}

/** Entries that belong together, by their lines; amounts are sums in minor units, ours less theirs is the residual. */
export interface MatchItem {
  readonly kind: 'match';
  readonly rule: string;
  readonly ruleSet: string;
  readonly ruleSetVersion: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly currency: string;
  readonly direction: 'credit' | 'debit';
  readonly oursMinor: string;
  readonly theirsMinor: string;
  readonly residualMinor: string;
  readonly rivals: Rivals | null;
}

/** Competing candidates: at most eight lines a side, and how many there were. */
export interface Rivals {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly total: number;
}

/** One field that differs: what we have, what they have, and theirs less ours where that is a number (minor units, days). */
export interface Mismatch {
  readonly field: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly delta: string | null;
}

/** Entries that do not match, and why. `isBreak` is false while time or the data explain them. */
export interface BreakItem {
  readonly kind: 'break';
  readonly code: BreakCode;
  readonly isBreak: boolean;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  readonly currency: string;
  readonly direction: 'credit' | 'debit';
  readonly oursMinor: string;
  readonly theirsMinor: string;
  readonly residualMinor: string;
  readonly mismatches: readonly Mismatch[];
  /** The last day on which a `PENDING` or `TIMING` entry may clear by itself. */
  readonly clearsBy: string | null;
  /** The fee schedule that explains the difference. */
  readonly fee: string | null;
  /** The line of the same side that a duplicate repeats. */
  readonly repeats: number | null;
  readonly rivals: Rivals | null;
}

/** A line that is no entry. */
export interface RefusedItem {
  readonly kind: 'refused';
  readonly code: 'DATA_INVALID';
  readonly side: SideName;
  readonly line: number;
  readonly field: string;
  readonly reason: string;
}
