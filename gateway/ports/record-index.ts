import type { BusinessDay } from '../../chaincode/domain/business-day';
import type { Json } from '../../chaincode/domain/json';
import type { NoticeHead } from '../../chaincode/domain/notice-head';
import type { Groups, RecordDocument, RecordType, SaltedGroups, Skeleton } from '../../chaincode/domain/record';

/** One version of one of the own member's records, as the ledger gave it. */
export interface IndexedVersion {
  readonly id: string;
  readonly type: RecordType;
  readonly status: string;
  readonly version: number;
  readonly participants: readonly string[];
  readonly commitment: string;
  readonly document: RecordDocument;
  /** The groups this member sees, with their salts. */
  readonly salted: SaltedGroups;
  /** The same without salts: group → field → value. */
  readonly groups: Groups;
  /** The purchase order this record belongs to (its own id for an order); null for records of no order. */
  readonly orderId: string | null;
  readonly transactionId: string;
  readonly blockNumber: bigint;
  readonly txNumber: number;
  /** The client's claim of time (Fabric's transaction timestamp), ISO 8601 UTC. */
  readonly declaredAt: string;
  /** Member whose client submitted the transaction. */
  readonly creatorMspId: string;
}

/** The current version of a record. */
export type IndexedRecord = IndexedVersion;

export interface RecordFilter {
  readonly type?: RecordType;
  readonly orderId?: string;
  readonly status?: string;
}

export interface ListRequest extends RecordFilter {
  /** Cursor of the page before; its filters must be the same. */
  readonly cursor?: RecordCursor;
  /** 1 to 200. */
  readonly limit: number;
}

/** Place after which a list goes on: newest change first. The HTTP room wraps it opaquely with its filters. */
export interface RecordCursor {
  readonly updatedBlock: string;
  readonly updatedTx: number;
  readonly id: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly next?: RecordCursor;
}

/** One step of an order's story: a version of the order itself or of a record that belongs to it. */
export interface TimelineEntry {
  readonly recordId: string;
  readonly type: RecordType;
  readonly version: number;
  readonly status: string;
  /** Status of the version before; null for the first. */
  readonly previousStatus: string | null;
  readonly commitment: string;
  readonly transactionId: string;
  readonly blockNumber: bigint;
  readonly declaredAt: string;
  readonly creatorMspId: string;
}

export interface IndexedTransaction {
  readonly transactionId: string;
  readonly blockNumber: bigint;
  readonly txNumber: number;
  /** Name of the validation code, `VALID` when it counts. */
  readonly code: string;
  readonly creatorMspId: string;
  readonly declaredAt: string;
}

export interface IndexedBlock {
  readonly number: bigint;
  /** Hash of the header, hexadecimal. */
  readonly hash: string;
  readonly previousHash: string;
  /** Running digest over every row made so far: two indexes that saw the same blocks have the same one. */
  readonly rowsDigest: string;
}

/** A body another member disclosed to this member (the arbitration body) in a case. */
export interface IndexedDisclosure {
  readonly id: string;
  readonly caseId: string;
  readonly recordId: string;
  readonly body: Json;
  readonly transactionId: string;
  readonly blockNumber: bigint;
  readonly creatorMspId: string;
}

export interface IndexState {
  /** Number of the next block to index: the index knows every block below it. */
  readonly height: bigint;
  /** Header hash of block 0, hexadecimal; undefined before it has been read. */
  readonly genesisHash: string | undefined;
  readonly connected: boolean;
  /** Why the stream last broke or stopped; a code, no private data. */
  readonly lastError: string | undefined;
  /** Versions of own records whose body the peer did not hold when the block came. */
  readonly missingBodies: number;
}

/**
 * The own member's records, read from the blocks of its own peer. Another member's record is simply not here.
 *
 * Every question may reject with a StorageError when the database is out of reach.
 */
export interface RecordIndex {
  record(id: string): Promise<IndexedRecord | undefined>;
  /** Those of the records that are here, in the order asked. */
  records(ids: readonly string[]): Promise<readonly IndexedRecord[]>;
  /** @throws RangeError for a limit outside 1 to 200. */
  list(request: ListRequest): Promise<Page<IndexedRecord>>;
  /** Every version in order, first to current. */
  versions(id: string): Promise<readonly IndexedVersion[]>;
  /** Every version of the order and of the records that belong to it, in ledger order. */
  timeline(orderId: string): Promise<readonly TimelineEntry[]>;
  businessDay(id: string): Promise<BusinessDay | undefined>;
  /** Every pair's open business date that counts (they are public). */
  businessDays(): Promise<readonly BusinessDay[]>;
  noticeHeads(orderId: string): Promise<readonly NoticeHead[]>;
  attachment(id: string, name: string): Promise<Json | undefined>;
  disclosures(caseId: string): Promise<readonly IndexedDisclosure[]>;
  /** Public part of the current version of any record on the channel that counts, held here or not. */
  skeleton(id: string): Promise<Skeleton | undefined>;
  /** A public value of the chaincode `registry`. */
  registryValue(key: string): Promise<Uint8Array | undefined>;
  registryValues(prefix: string): Promise<readonly { readonly key: string; readonly value: Uint8Array }[]>;
  transaction(transactionId: string): Promise<IndexedTransaction | undefined>;
  block(number: bigint): Promise<IndexedBlock | undefined>;
  state(): Promise<IndexState>;
  /** Resolves when block `block` is indexed. @throws LedgerError unavailable (INDEX_BEHIND) after the time-out. */
  waitForHeight(block: bigint, timeoutMs?: number): Promise<void>;
  /** Resolves with the record once it has at least this version. @throws LedgerError unavailable (INDEX_BEHIND). */
  waitForRecord(id: string, minVersion: number, timeoutMs?: number): Promise<IndexedRecord>;
}
