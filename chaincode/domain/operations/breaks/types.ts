/** Why entries of two sides do not match; `PENDING` and `TIMING` are no breaks before their date. */
export const LEDGER_BREAK_CODES = [
  'PENDING',
  'TIMING',
  'MISSING_EXTERNAL',
  'MISSING_INTERNAL',
  'AMOUNT_OVER',
  'AMOUNT_UNDER',
  'FEE_VARIANCE',
  'FX_VARIANCE',
  'FX_RATE_UNAVAILABLE',
  'CURRENCY_MISMATCH',
  'DIRECTION_MISMATCH',
  'STATUS_MISMATCH',
  'DUPLICATE',
  'REFERENCE_MISMATCH',
  'SPLIT_INCOMPLETE',
  'PARTIAL',
  'RETURNED',
  'MATCH_UNDONE',
  'FULFILMENT_MISMATCH',
  'FINANCING_CONFLICT',
  'STALE',
] as const;
export type LedgerBreakCode = (typeof LEDGER_BREAK_CODES)[number];

/** Codes that time may clear by itself. */
export const WAITING_CODES: readonly LedgerBreakCode[] = ['PENDING', 'TIMING'];

/** One matching of a member's books, as it stands on the ledger: enough for the other member to repeat it. */
export interface MatchRun {
  readonly run: {
    readonly businessDay: string;
    readonly date: string;
    readonly currency: string;
    /** The statement it was matched against; null where it was another file of the other member's. */
    readonly statement: string | null;
    readonly by: string;
    readonly ruleSet: { readonly id: string; readonly version: string; readonly digest: string };
    readonly inputs: readonly { readonly name: string; readonly sha256: string; readonly entries: number }[];
    /** RFC 6962 root over the result's items, hexadecimal. */
    readonly resultRoot: string;
    readonly matches: number;
    /** Break code → items. */
    readonly items: Readonly<Record<string, number>>;
  };
  /** What people have undone since; the result and its root stand. */
  readonly undone: { readonly list: readonly UndoneMatch[] };
}

export const UNMATCH_REASONS = ['wrongEntry', 'wrongParty', 'wrongAmount', 'duplicate', 'returned', 'other'] as const;

/** One match of a run that a person took back. */
export interface UndoneMatch {
  /** RFC 6962 leaf hash of the match's line, and its place in the result. */
  readonly leaf: string;
  readonly index: number;
  readonly rule: string;
  readonly lines: { readonly ours: readonly number[]; readonly theirs: readonly number[] };
  /** SHA-256 of each entry's content, in the order of the lines: how later runs of other files know them again. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly reason: (typeof UNMATCH_REASONS)[number];
  readonly text: string | null;
  readonly user: string;
  readonly by: string;
  readonly on: string;
}

/** Rules that a member matches by, taken into use by two people. */
export interface LedgerRuleSet {
  readonly ruleSet: {
    readonly id: string;
    readonly version: string;
    readonly digest: string;
    /** What they change on past days; null for the first version. */
    readonly backTest: {
      /** SHA-256 of the result: every match that appears and disappears. Approving names it. */
      readonly digest: string;
      readonly days: number;
      readonly inputs: readonly string[];
      readonly before: string;
      readonly kept: number;
      readonly appear: number;
      readonly disappear: number;
    } | null;
    readonly maker: string;
    readonly approver: string | null;
  };
}

/** One entry of a side, as a break names it. */
export interface BreakEntry {
  readonly line: number;
  readonly reference: string | null;
  readonly amountMinor: string;
  readonly date: string;
}

/** One field that differs. */
export interface BreakMismatch {
  readonly field: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly delta: string | null;
}

/** How a break is resolved; `adjust` has one member owe the other the amount, all others leave booking to the members. */
export const RESOLUTION_TYPES = ['bookOurs', 'bookTheirs', 'reverse', 'fee', 'noAction', 'writeOff', 'adjust'] as const;

export interface Resolution {
  readonly type: (typeof RESOLUTION_TYPES)[number];
  readonly reason: string;
  /** Minor units; what is booked, reversed or written off. */
  readonly amountMinor: string | null;
  /** Who owes the amount; only there, and always there, on an adjustment. */
  readonly debtor?: string;
  /** SHA-256 of each document it rests on. */
  readonly evidence: readonly string[];
  readonly by: string;
  readonly on: string;
}

/** An adjustment both members agreed to. */
export interface AgreedAdjustment {
  readonly debtor: string;
  readonly amountMinor: string;
  /** Business date of the pair on which the second one agreed. */
  readonly on: string;
}

/** A time during which one member held the ball. */
export interface Holding {
  readonly member: string;
  readonly from: string;
  readonly to: string;
  /** Business days of that member's calendar. */
  readonly days: number;
}

/** Entries of two members that do not match, and what is done about it. */
export interface BreakContent {
  readonly break: {
    readonly businessDay: string;
    readonly run: string;
    readonly code: LedgerBreakCode;
    readonly currency: string;
    /** "Ours" is the side of the member that opened it. */
    readonly openedBy: string;
    readonly openedOn: string;
    /** Last date on which time may clear it; null for codes that time does not clear. */
    readonly clearsBy: string | null;
    readonly oursMinor: string;
    readonly theirsMinor: string;
    readonly residualMinor: string;
    readonly ours: readonly BreakEntry[];
    readonly theirs: readonly BreakEntry[];
    readonly mismatches: readonly BreakMismatch[];
  };
  readonly handling: {
    /** Who holds the ball, since which business date of the pair, and until when it answers. */
    readonly holder: string;
    readonly since: string;
    readonly dueOn: string;
    /** Times before; the clock of a member stands while the other one holds the ball. */
    readonly holdings: readonly Holding[];
    readonly proposal: Resolution | null;
    /** What was agreed stays owing, whatever becomes of the break; absent before the first. */
    readonly adjustments?: readonly AgreedAdjustment[];
    readonly escalatedOn: string | null;
    readonly case: string | null;
    /** A forced closing that waits for a second person. */
    readonly forced: { readonly reason: string; readonly maker: string; readonly by: string } | null;
    readonly closing: {
      readonly on: string;
      readonly by: string;
      readonly reason: string;
      readonly approver: string | null;
    } | null;
  };
  readonly comments: { readonly list: readonly BreakComment[] };
}

export interface BreakComment {
  readonly by: string;
  readonly user: string;
  readonly on: string;
  readonly text: string;
}
