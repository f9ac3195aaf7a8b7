/** Where a stored envelope stands. `pending` is under way or not known yet; the others are final. */
export type OutboxStatus = 'pending' | 'committed' | 'conflict' | 'rejected';

export interface OutboxEntry {
  readonly transactionId: string;
  readonly status: OutboxStatus;
  /** Name of the validation code or of the refusal; null while pending. */
  readonly code: string | null;
  readonly blockNumber: bigint | null;
  readonly attempts: number;
  readonly reference: string | null;
  /** When it was stored, ISO 8601 UTC. */
  readonly storedAt: string;
  /** The chaincode's (public) response. */
  readonly result: Uint8Array;
}

/** What the outbox can tell of the transactions this member's gateway sent, by whichever of its processes. */
export interface OutboxReader {
  entry(transactionId: string): Promise<OutboxEntry | undefined>;
  /** Every transaction stored under a caller's reference, oldest first. */
  byReference(reference: string): Promise<readonly OutboxEntry[]>;
  /**
   * Waits until nothing that was sent under a reference, here or by another process of the member, is pending, or the
   * time of an answer is over.
   */
  settled(reference: string): Promise<void>;
  pendingCount(): Promise<number>;
}

/** Final status of a transaction as the peer tells it. */
export interface TransactionStatus {
  /** Name of the validation code. */
  readonly code: string;
  readonly blockNumber: bigint;
}

/** The ordering and status side of a ledger client, as the outbox needs it. */
export interface EnvelopeSender {
  /**
   * Hands one signed envelope to the ordering service; handing it over again is harmless.
   *
   * @throws LedgerError rejected (ORDERER_REFUSED), unavailable.
   */
  broadcast(transactionId: string, envelope: Uint8Array): Promise<void>;
  /** The final status, or undefined when it is not known within the time. @throws LedgerError unavailable. */
  status(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined>;
}
