/**
 * One entry of either side's books as matching reads it, whatever file it came from.
 *
 * Both sides are told from the same view, the account owner's: a source that shows the mirror image (the bank's own
 * ledger of the same account) is turned round when it is read, never while it is matched.
 */
export interface BookEntry {
  /** Position in its source from 1: the line of a text file, the row of a sheet, the n-th entry of an XML document. */
  readonly line: number;
  /** The source's own name of the entry, for people; not matched on. */
  readonly entryRef: string | null;
  /** Unique end-to-end transaction reference, RFC 4122 version 4 in lower case. */
  readonly uetr: string | null;
  readonly endToEndId: string | null;
  /** Other structured references (order, invoice, instruction, mandate), as received and without repetition. */
  readonly references: readonly string[];
  /** The documents this entry says it pays, in order; empty when it says nothing. */
  readonly remittance: readonly RemittedDocument[];
  /** ISO 4217. */
  readonly currency: string;
  /** Minor units, never negative; the sign is the direction's. */
  readonly amountMinor: bigint;
  readonly direction: 'credit' | 'debit';
  readonly status: 'booked' | 'pending' | 'rejected';
  /** Whether the entry takes back an earlier one (camt `RvslInd`, MT940 `RC`/`RD`, a return's code). */
  readonly isReversal: boolean;
  /** yyyy-mm-dd. */
  readonly bookingDate: string;
  /** yyyy-mm-dd; the booking date where the source tells none. */
  readonly valueDate: string;
  /** The other side of the payment as the source names it: account, or name where it tells no account. */
  readonly party: string | null;
  /** What people wrote; shown, not matched on. */
  readonly text: string;
}

/** A document an entry pays, and how much of it; null where the source gives the reference alone. */
export interface RemittedDocument {
  readonly reference: string;
  readonly amountMinor: bigint | null;
}

/** A line that is no entry: told, never guessed and never silently left out. */
export interface RefusedLine {
  readonly line: number;
  /** The field in the source's own words (`:61:`, `Ntry/Amt`, a column's heading); empty for the line as a whole. */
  readonly field: string;
  /** Stable code, listed in docs/errors.md. */
  readonly code: string;
}

/** What a source gives at a time, in its order. */
export interface SourceBatch {
  readonly entries: readonly BookEntry[];
  readonly refused: readonly RefusedLine[];
}

/** A balance the source states, signed as the account owner sees it: positive is a credit balance. */
export interface StatedBalance {
  readonly kind: 'opening' | 'closing' | 'interimOpening' | 'interimClosing';
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly date: string;
}

/** One opened file of entries; read once, from its beginning to its end. */
export interface EntrySource {
  /** `canonical-csv`, `canonical-jsonl`, `camt.053.001.08`, `mt940`, `csv`, `xlsx`, … */
  readonly format: string;
  /** SHA-256 of the bytes as received, hexadecimal; known once the source was read to its end. */
  digest(): string;
  /** Balances seen so far. */
  balances(): readonly StatedBalance[];
  /** @throws SourceError when the file as a whole is none, names the place and why. */
  batches(): AsyncIterable<SourceBatch>;
}
