/** Kinds of settlement entries. */
export const ENTRY_TYPES = ['principal', 'interest', 'fee', 'refund', 'reversal', 'adjustment'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

/** A standing agreement: the receiver accepts in advance what the sender posts within kinds and limits. */
export interface StandingAgreement {
  readonly agreement: {
    readonly sender: string;
    readonly receiver: string;
    /** Who owes what is posted: the sender or the receiver. */
    readonly debtor: string;
    readonly currency: string;
    readonly types: readonly EntryType[];
    readonly entryLimitMinor: string;
    readonly dayLimitMinor: string;
    readonly businessDay: string;
  };
}

/** What a lane has taken on one date. */
export interface LaneDay {
  readonly segments: number;
  readonly entries: number;
  readonly amountMinor: string;
  /** Hash chain over the day's segment headers. */
  readonly chain: string;
}

/** The one way from a sender to a receiver under one agreement. */
export interface Lane {
  readonly lane: {
    readonly agreement: string;
    readonly sender: string;
    readonly receiver: string;
    readonly debtor: string;
    readonly currency: string;
    readonly businessDay: string;
    /** Open dates only. */
    readonly days: Readonly<Record<string, LaneDay>>;
    /** Last date that was closed; null before the first close. */
    readonly closedThrough: string | null;
    /** Payments whose principal was posted here. */
    readonly principals: readonly string[];
    /** Every other due posted here, as `kind/source/number`; absent before the first. */
    readonly dues?: readonly string[];
  };
}

export interface SettlementEntry {
  readonly endToEndId: string;
  readonly uetr: string | null;
  readonly orderRef: string | null;
  readonly invoiceRef: string | null;
  readonly type: EntryType;
  readonly amountMinor: string;
  readonly currency: string;
  readonly occurredAt: string;
  readonly valueDate: string;
  /** The closed date it belonged to; only there on an entry that came too late for it. */
  readonly lateFor?: string;
}

/** An entry as the attachment `entries` keeps it. */
export interface SaltedEntry {
  readonly entry: SettlementEntry;
  readonly salt: string;
}

export interface Segment {
  readonly header: {
    readonly lane: string;
    readonly businessDay: string;
    readonly date: string;
    /** From 1 on each date. */
    readonly sequence: number;
    readonly count: number;
    readonly amountMinor: string;
    /** RFC 6962 root over the salted entries, hexadecimal. */
    readonly entriesRoot: string;
    readonly previousChain: string;
  };
}

export interface StatementSegment {
  readonly id: string;
  readonly lane: string;
  readonly sequence: number;
  readonly count: number;
  readonly amountMinor: string;
  readonly entriesRoot: string;
  readonly debtor: string;
}

export interface StatementDigests {
  readonly jsonl: string;
  readonly csv: string;
  readonly camt053: string;
  /** The index of end-to-end ids, from which it is proven that one is not in the statement. */
  readonly index: string;
}

export interface StatementSignature {
  readonly digests: StatementDigests;
  readonly blocks: { readonly from: string; readonly to: string };
  readonly certificate: string;
  /** ECDSA P-256, 64 bytes r ‖ s in hexadecimal, low S. */
  readonly signature: string;
}

/** Which edition of a date's statement this is. The entries of all are the same: after the close nothing changes. */
export interface StatementIssue {
  /** From 1 on. */
  readonly number: number;
  /** Why it was issued anew, and by whom; null for the first. */
  readonly reason: string | null;
  readonly by: string | null;
  /** Commitment of the version it takes the place of; null for the first. */
  readonly supersedes: string | null;
}

/** Why a member does not sign. */
export const REFUSAL_CODES = ['entryUnknown', 'entryMissing', 'amountWrong', 'filesDiffer', 'other'] as const;
export interface StatementRefusal {
  readonly by: string;
  readonly issue: number;
  readonly code: (typeof REFUSAL_CODES)[number];
  readonly text: string;
}

export interface Statement {
  readonly statement: {
    readonly businessDay: string;
    readonly pair: readonly [string, string];
    readonly currency: string;
    readonly date: string;
    readonly count: number;
    /** What the pair's first member owes, and is owed. */
    readonly debitMinor: string;
    readonly creditMinor: string;
    readonly root: string;
    readonly segments: readonly StatementSegment[];
    /** Member → version of its calendar in force on the date; 0 when it has none. */
    readonly calendars: Readonly<Record<string, number>>;
    readonly issue: StatementIssue;
  };
  /** Member → what it signed. */
  readonly signatures: Readonly<Record<string, StatementSignature>>;
  readonly refusals: { readonly given: readonly StatementRefusal[] };
}
