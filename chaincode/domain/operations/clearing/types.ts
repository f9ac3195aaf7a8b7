/** A member as the others pay it. */
export interface ClearingMember {
  readonly member: string;
  readonly name: string;
  readonly account: string;
  readonly bic: string;
}

/** A pair of members whose countersigned statements are cleared, and what of it has been. */
export interface ClearingPair {
  /** The two MSP ids, sorted. */
  readonly members: readonly [string, string];
  readonly businessDay: string;
  /** Date of the last clearing that asked for this pair's statement; null before the first. */
  readonly clearedThrough: string | null;
  /** Dates up to it that were left out, because no countersigned statement was there; cleared by a later clearing. */
  readonly leftOut: readonly string[];
}

/** Who clears with whom, in which currency and on which legal basis. */
export interface ClearingAgreement {
  readonly agreement: {
    readonly currency: string;
    /** Name or number of the netting agreement between the members. */
    readonly legalBasis: string;
    readonly members: readonly ClearingMember[];
    /** The member all pay to and are paid by; null when debtors pay creditors directly. */
    readonly agent: string | null;
    /** Members that have agreed, sorted. */
    readonly joined: readonly string[];
  };
  readonly progress: {
    /** Every pair of members that clears; all of them are accounted for in every clearing. */
    readonly pairs: readonly ClearingPair[];
    /** The clearing under way; no other can be computed before it is agreed or void. */
    readonly open: string | null;
  };
}

/** One statement that was cleared. */
export interface ClearedStatement {
  readonly statement: string;
  readonly commitment: string;
  readonly pair: readonly [string, string];
  readonly date: string;
  /** What the pair's first member owes, and is owed, minor units. */
  readonly debitMinor: string;
  readonly creditMinor: string;
}

/** One member's sums over all statements, minor units. */
export interface NetPosition {
  readonly member: string;
  readonly owesMinor: string;
  readonly owedMinor: string;
  /** What it is owed less what it owes: below zero it pays. */
  readonly netMinor: string;
}

/** What clearing saves. */
export interface ClearingSavings {
  /** Sum of all that is owed, both ways. */
  readonly grossMinor: string;
  /** Sum of what each pair would pay on its own. */
  readonly bilateralMinor: string;
  /** Sum of the payments left. */
  readonly netMinor: string;
  readonly bilateralPayments: number;
  readonly payments: number;
  /** Share of the bilateral sum that need not be paid, in hundredths of a per cent, rounded down. */
  readonly savedBasisPoints: number;
}

/** One payment that is left. */
export interface SettlementInstruction {
  readonly debtor: string;
  readonly creditor: string;
  readonly amountMinor: string;
}

/** An instruction with its identifiers and what became of it. */
export interface InstructedSettlement extends SettlementInstruction {
  readonly endToEndId: string;
  readonly uetr: string;
  readonly status: 'instructed' | 'paid' | 'settled';
  readonly valueDate: string | null;
}

export interface ClearingSignature {
  readonly certificate: string;
  /** ECDSA P-256, 64 bytes r ‖ s in hexadecimal, low S. */
  readonly signature: string;
}

/** The multilateral net of one date. */
export interface Clearing {
  readonly clearing: {
    readonly agreement: string;
    readonly currency: string;
    readonly legalBasis: string;
    readonly date: string;
    readonly members: readonly ClearingMember[];
    readonly statements: readonly ClearedStatement[];
    readonly leftOut: readonly { readonly pair: readonly [string, string]; readonly date: string }[];
    readonly positions: readonly NetPosition[];
    readonly savings: ClearingSavings;
    readonly instructions: readonly (SettlementInstruction & { readonly endToEndId: string; readonly uetr: string })[];
    /** The agreement's pairs before this clearing, put back when it is refused. */
    readonly pairsBefore: readonly ClearingPair[];
  };
  readonly settlement: {
    readonly instructions: readonly InstructedSettlement[];
    readonly refusal: { readonly by: string; readonly reason: string } | null;
  };
  /** Member → its signature over the clearing. */
  readonly signatures: Readonly<Record<string, ClearingSignature>>;
}
