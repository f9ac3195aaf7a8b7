/** A record's history as several members' peers endorsed it. */
export interface Receipt {
  readonly recordId: string;
  /** Members whose peers endorsed. */
  readonly endorsers: readonly string[];
  readonly transactionId: string;
  /** Serialised `common.Envelope`, never ordered. */
  readonly envelope: Uint8Array;
  /** Canonical JSON: what `Records:readHistory` answered. */
  readonly result: Uint8Array;
}

export interface Receipts {
  /**
   * Has `Records:readHistory` endorsed by at least two members' peers.
   *
   * @throws LedgerError rejected, unavailable.
   */
  history(recordId: string, endorsers: readonly string[]): Promise<Receipt>;
  /** Serialised blocks `from` to `to` inclusive, one at a time, so that memory does not grow with the range. */
  blocks(from: bigint, to: bigint): AsyncIterable<{ readonly number: bigint; readonly bytes: Uint8Array }>;
}
