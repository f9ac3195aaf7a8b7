import { LEDGER_CODES, type LedgerCode } from './ledger-codes';

/** What a caller may do after a transaction did not commit. */
export type LedgerOutcome = 'rejected' | 'conflict' | 'unavailable' | 'unknown';

/**
 * Why a transaction did not commit, or why it cannot be told.
 *
 * `rejected`: change the request. `conflict`: endorse again on the current state. `unavailable`: nothing was sent, try
 * later. `unknown`: it was sent and its status was not seen; it may still commit, so ask for `transactionId` first.
 * `message` and `details` hold no private values; `details` name fields, ids, limits and members.
 */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  constructor(
    readonly outcome: LedgerOutcome,
    /** A rejection code of `chaincode/domain/errors`, a validation code's name, or one of `LEDGER_CODES`. */
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, string>> = {},
    readonly transactionId?: string,
  ) {
    super(message);
  }
}

/** A `LedgerError` with one of the gateway's own codes. */
export function ledgerError(
  outcome: LedgerOutcome,
  code: LedgerCode,
  details: Readonly<Record<string, string>> = {},
  transactionId?: string,
): LedgerError {
  return new LedgerError(outcome, code, LEDGER_CODES[code].text, details, transactionId);
}

export type ChaincodeName = 'records' | 'registry';

export interface SubmitRequest {
  readonly chaincode: ChaincodeName;
  /** Contract and function, for example `Records:execute`. */
  readonly fn: string;
  readonly args: readonly string[];
  /** Seen by the endorsing peers only; never stored by the outbox. */
  readonly transient?: Readonly<Record<string, Uint8Array>>;
  /** MSP ids whose peers endorse; required whenever there is transient data, which goes to them alone. */
  readonly endorsers?: readonly string[];
  /** Caller's own reference (an idempotency key), stored with the envelope so that a restart finds it. */
  readonly reference?: string;
  /** References of further callers whose requests this transaction carries as well. */
  readonly alsoFor?: readonly string[];
}

export type EvaluateRequest = Omit<SubmitRequest, 'reference' | 'alsoFor'>;

export interface CommittedTransaction {
  readonly transactionId: string;
  readonly blockNumber: bigint;
  /** The chaincode's response, which is public. */
  readonly result: Uint8Array;
}

/** An endorsed transaction that nobody ordered: proof of what the endorsers' peers answered. */
export interface EndorsedTransaction {
  readonly transactionId: string;
  /** Serialised `common.Envelope`, signed by the caller. */
  readonly envelope: Uint8Array;
  readonly result: Uint8Array;
}

/** One write into a private collection of which the own peer holds the cleartext. */
export interface PrivateWrite {
  readonly namespace: string;
  readonly collection: string;
  readonly key: string;
  /** Null for a deletion or a purge. */
  readonly value: Uint8Array | null;
}

export interface BlockWithPrivateData {
  readonly number: bigint;
  /** Serialised `common.Block` with its metadata. */
  readonly bytes: Uint8Array;
  /** Position of a transaction in the block → its private writes as far as the own peer holds them. */
  readonly privateWrites: ReadonlyMap<number, readonly PrivateWrite[]>;
}

/** The ledger as one member's gateway sees it, through its own peer. */
export interface LedgerPort {
  readonly channel: string;
  /** MSP id of the gateway's own member. */
  readonly mspId: string;
  /**
   * Endorses, stores the signed envelope, broadcasts it and waits until it is final.
   *
   * @throws LedgerError rejected, conflict, unavailable (nothing was sent), unknown (still under way).
   */
  submit(request: SubmitRequest): Promise<CommittedTransaction>;
  /** Asks the own peer (or `endorsers`), without ordering anything. @throws LedgerError rejected, unavailable. */
  evaluate(request: EvaluateRequest): Promise<Uint8Array>;
  /** Endorses by the named members and signs, without ordering. @throws LedgerError rejected, unavailable. */
  endorseOnly(request: EvaluateRequest): Promise<EndorsedTransaction>;
  /** Blocks from a number on until the signal aborts. @throws LedgerError unavailable when the stream breaks. */
  blocks(from: bigint, signal: AbortSignal): AsyncIterable<BlockWithPrivateData>;
  /** Number of blocks on the own peer. @throws LedgerError unavailable. */
  height(): Promise<bigint>;
  /** One block as the own peer stored it. @throws LedgerError rejected (BLOCK_NOT_FOUND), unavailable. */
  block(number: bigint): Promise<Uint8Array>;
  close(): Promise<void>;
}
