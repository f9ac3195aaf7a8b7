/** What became of a transaction this gateway sent or its index saw. */
export interface TransactionView {
  readonly transactionId: string;
  /** `unknown`: sent, no final status seen yet. */
  readonly outcome: 'committed' | 'conflict' | 'rejected' | 'unknown';
  /** Validation code or refusal; null while unknown. */
  readonly code: string | null;
  readonly blockNumber: string | null;
}

export interface Transactions {
  /** Undefined for a transaction neither sent here nor on the ledger. */
  transaction(transactionId: string): Promise<TransactionView | undefined>;
  byReference(reference: string): Promise<readonly TransactionView[]>;
}
