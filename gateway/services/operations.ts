import type { Json } from '../../chaincode/domain/json';
import type { PartySignature } from '../../chaincode/domain/typed-data';
import type { CommittedTransaction } from '../ports/ledger-port';
import type { IndexedRecord } from '../ports/record-index';

/** An input that holds on certain versions of its records alone. */
export interface MadeInput {
  readonly input: Json;
  /** Record id → version it was made from. */
  readonly madeFrom: Readonly<Record<string, number>>;
}

export interface OperationCall {
  /** Name in the authority table, for example `draftPurchaseOrder`. */
  readonly operation: string;
  /** What the operation takes; or what makes it, before every attempt and while no other write has the records. */
  readonly input: Json | (() => Promise<MadeInput>);
  /** Records whose current bodies the operation needs; taken from the own index. */
  readonly recordIds: readonly string[];
  /** Ids whose public values it changes without their bodies: an order's notice heads, a pair's business day. */
  readonly actsOn?: readonly string[];
  /** Record id → groups to supply; every group the member holds when absent. */
  readonly groupsOf?: Readonly<Record<string, readonly string[]>>;
  readonly signatures?: readonly PartySignature[];
  /** 64 hexadecimal characters; drawn when absent. */
  readonly seed?: string;
  /** Members whose peers endorse; found by running the rules here first when absent. */
  readonly endorsers?: readonly string[];
  /** Block in which another member's change stands that the caller knows of: the own index waits for it first. */
  readonly afterBlock?: bigint;
  /** Idempotency key, kept with the envelope. */
  readonly reference?: string;
  /** Keys of further callers whose requests this one carries as well. */
  readonly alsoFor?: readonly string[];
}

/** A call whose input is there. */
export interface PlainCall extends OperationCall {
  readonly input: Json;
}

export interface WrittenRecord {
  readonly id: string;
  readonly version: number;
  readonly commitment: string;
}

export interface OperationResult extends Omit<CommittedTransaction, 'result'> {
  /** What the transaction wrote, in the order of the operation's changes. */
  readonly written: readonly WrittenRecord[];
  /** Those of the written records this member holds, as now indexed. */
  readonly records: readonly IndexedRecord[];
}

/** Runs operations of `records` on behalf of the own member. */
export interface Operations {
  /**
   * Submits one operation and answers when the own index shows it.
   *
   * A conflict is tried again on fresh bodies, at most 5 times in all, unless signatures bind the version. An input that
   * is made is sent with the very versions it was made from, or made again; what making it throws ends the submission.
   * @throws Rejection what the rules refuse before anything is sent; RECORD_NOT_FOUND for a record not held here.
   * @throws LedgerError rejected, conflict, unavailable, unknown.
   */
  submit(call: OperationCall): Promise<OperationResult>;
}
