import type { BusinessDay } from './business-day';
import type { CalendarBook } from './calendar';
import type { Json } from './json';
import type { FinancingClaim, KeyBinding, NetworkDescription } from './registry';
import type { Groups, RecordDocument, RecordType, SaltedGroups, Skeleton } from './record';
import type { NoticeHead } from './notice-head';
import type { Succession } from './succession';
import type { PartySignature } from './typed-data';

/** A record as an operation sees it: current, counting, its groups checked against their roots. */
export interface LoadedRecord {
  readonly document: RecordDocument;
  readonly commitment: string;
  /** Only the groups the caller supplied. */
  readonly groups: Groups;
}

/** A record as the caller supplies it in the transient map. */
export interface SuppliedRecord {
  readonly document: RecordDocument;
  readonly groups: SaltedGroups;
}

/** The private request: canonical JSON under the transient key `request`. */
export interface OperationRequest {
  readonly operation: string;
  /** 32 random bytes in hexadecimal, fresh for every request. */
  readonly seed: string;
  readonly input: Json;
  readonly records: readonly SuppliedRecord[];
  readonly signatures: readonly PartySignature[];
}

/** Public keys and registry entries an operation needs beside the supplied records. */
export interface PublicReads {
  readonly businessDays?: readonly string[];
  /** Records of which only the skeleton is needed. */
  readonly skeletons?: readonly string[];
  /** Order ids whose notice heads (all participants') are read. */
  readonly noticeHeads?: readonly { readonly orderId: string; readonly participants: readonly string[] }[];
  readonly claims?: readonly string[];
  /** Members whose calendars are read. */
  readonly calendars?: readonly string[];
  /** Members whose successions are read, as `from/to`. */
  readonly successions?: readonly string[];
  /** False for an operation that creates nothing and asks nothing about the members: it saves a call of the registry. */
  readonly network?: boolean;
}

/** Everything an operation may know. All of it is the same on every peer. */
export interface OperationContext {
  readonly channel: string;
  readonly chaincode: string;
  readonly transactionId: string;
  readonly creatorMspId: string;
  /** PEM of the submitting client's certificate. */
  readonly creatorCertificate: string;
  record(id: string, type: RecordType): LoadedRecord; // throws RECORD_NOT_SUPPLIED, RECORD_TYPE_WRONG
  /** A supplied record of whatever type. @throws RECORD_NOT_SUPPLIED. */
  anyRecord(id: string): LoadedRecord;
  /** Public part of a record that counts, whoever holds its body; ids come from `reads`. @throws RECORD_NOT_FOUND. */
  skeleton(id: string): Skeleton;
  businessDay(id: string): BusinessDay; // throws BUSINESS_DAY_NOT_FOUND
  noticeHead(orderId: string, mspId: string): NoticeHead;
  claim(fingerprint: string): FinancingClaim | undefined;
  /** A member's published calendars; none means that only weekends are no business days. */
  calendar(mspId: string): CalendarBook | undefined;
  succession(from: string, to: string): Succession | undefined;
  network(): NetworkDescription;
  binding(address: string): KeyBinding | undefined;
  /** Id of the index-th record this operation creates. */
  newId(index: number): string;
}

/** What an operation wants written. Index in the returned array is the index of `newId` for creations. */
export type Change =
  | {
      readonly kind: 'create';
      readonly type: RecordType;
      readonly participants: readonly string[];
      readonly status: string;
      readonly groups: Groups;
      readonly attachments?: Readonly<Record<string, Json>>;
      readonly signed?: SignedAct;
    }
  | {
      readonly kind: 'update';
      readonly record: LoadedRecord;
      readonly status: string;
      readonly groups: Groups;
      readonly attachments?: Readonly<Record<string, Json>>;
      readonly signed?: SignedAct;
      /** The first version with a new participant's groups: all keys get the policy of the participants anew. */
      readonly isReceived?: true;
    }
  | PassOn
  | {
      readonly kind: 'businessDay';
      readonly value: BusinessDay;
      /** Members that endorse because one of the pair was replaced. */
      readonly witnesses?: readonly string[];
    }
  | {
      readonly kind: 'noticeHead';
      readonly value: NoticeHead;
      readonly guards: readonly string[];
      readonly isPassedOn?: true;
    }
  /** A copy of committed bytes into one member's collection (disclosure). */
  | {
      readonly kind: 'copy';
      readonly id: string;
      readonly recordId: string;
      readonly caseId: string;
      readonly to: string;
      readonly value: Json;
    };

/**
 * A record's participants change, and nothing else: its groups stay what they are and are not shown to the witnesses.
 *
 * @see chaincode/domain/succession.ts
 */
export interface PassOn {
  readonly kind: 'passOn';
  readonly record: LoadedRecord;
  readonly participants: readonly string[];
  /** Names of the record's attachments, whose keys get the new policy too. */
  readonly attachments: readonly string[];
  /** Members outside the record whose peers endorse as well. */
  readonly witnesses: readonly string[];
}

/** A party's signature that this change needs: which party, for which action, valid on which date. */
export interface SignedAct {
  readonly action: string;
  /** Party ids, each of which must have signed. */
  readonly parties: readonly string[];
  /** Open business date of the record's pair, yyyy-mm-dd. */
  readonly businessDate: string;
}

/** One row of the authority table: generated into docs/RECORDS.md and checked before anything else. */
export interface AuthorityRow {
  readonly operation: string;
  readonly record: RecordType | 'businessDay' | 'any';
  /** Statuses it may start from; empty for a creation. */
  readonly from: readonly string[];
  readonly to: string;
  /** Who may submit, in words of docs/RECORDS.md: 'platform', 'buyerBank', 'carrier', 'eitherMember', ... */
  readonly creator: string;
  /** Which party signs, or none. */
  readonly signature: 'none' | 'seller' | 'buyer' | 'both';
  readonly lateral: 'bilateral' | 'unilateral';
}

export interface Operation<I = Json> {
  readonly authority: AuthorityRow;
  /**
   * Types of records the creator shows to every endorsing member on purpose, all others these must hold already; or
   * the documents of any record, which tell type and status, and none of its groups.
   */
  readonly shows?: readonly RecordType[] | 'documents';
  /** @throws Rejection REQUEST_INVALID with the field's path. */
  parse(input: Json): I;
  /** `supplied` are the request's records by id, not yet checked against the ledger. */
  reads(input: I, supplied: ReadonlyMap<string, SuppliedRecord>): PublicReads;
  /** Checks authority first, then rules in a fixed order; pure. @throws Rejection. */
  apply(context: OperationContext, input: I): readonly Change[];
}
