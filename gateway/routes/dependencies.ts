import type { Json } from '../../chaincode/domain/json';
import type { AuthorityRow } from '../../chaincode/domain/operation';
import type { FieldProblem } from '../http/validation/field-codes';
import type { DocumentStore } from '../ports/local-stores';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { PostedEntries } from '../ports/posted-entries';
import type { UploadService } from '../entries/uploads/upload-service';
import type { LanePostings } from '../services/lane-postings';
import type { Operations } from '../services/operations';
import type { ClosingService } from '../closing/closing-service';
import type { DuePostings } from '../closing/due-postings';
import type { StatementDigests } from '../../chaincode/domain/operations/reconciliation/types';
import type { StreamedStatement } from '../statements/statement-source';
import type { Registry } from '../services/registry';
import type { SigningRequests } from '../services/signing-requests';
import type { Transactions } from '../services/transactions';

/** What reading an uploaded document gives: its parsed form, or what is wrong with it. */
export type ReadDocument =
  | { readonly kind: 'document'; readonly documentType: string; readonly parserVersion: string; readonly content: Json }
  | { readonly kind: 'invalid'; readonly documentType: string; readonly problems: readonly FieldProblem[] }
  | { readonly kind: 'unreadable' };

export interface DocumentReader {
  /** Never throws for bytes of any kind. */
  read(bytes: Uint8Array): ReadDocument;
  /** The order as `draftPurchaseOrder` takes it, as far as the document says it. */
  orderDraft(content: Json): Json;
  /** What a camt.054 or pain.002 says about the payment with this end-to-end id; undefined when it says nothing. */
  paymentReport(content: Json, endToEndId: string): PaymentReport | undefined;
  /** What a bank's message says about the return of the payment with this end-to-end id; undefined when it says nothing. */
  paymentReturn(content: Json, endToEndId: string): PaymentReturnReport | undefined;
  /** pain.001 of one instructed payment. */
  paymentInstruction(payment: IndexedRecord): Uint8Array;
}

/** A bank's word on one payment. */
export interface PaymentReport {
  readonly outcome: 'paid' | 'rejected';
  readonly endToEndId: string;
  readonly currency: string;
  readonly amountMinor: string;
  readonly valueDate: string;
  readonly reason: string | null;
  /** Only there on a payment made with charges. */
  readonly charges?: readonly ReportedCharge[];
}

/** A charge as a bank's message states it. */
export interface ReportedCharge {
  readonly amountMinor: string;
  readonly currency: string;
  /** ISO 20022 charge bearer type code. */
  readonly bearer: string;
  /** BIC of the bank that levied it, where the message names one. */
  readonly agent: string | null;
  /** Which of the two banks that is, as far as the message says. */
  readonly side: 'debtorAgent' | 'creditorAgent' | null;
}

/** A bank's word on one payment given back whole. */
export interface PaymentReturnReport {
  readonly endToEndId: string;
  readonly currency: string;
  readonly amountMinor: string;
  readonly valueDate: string;
  /** ISO 20022 external return reason code. */
  readonly reason: string;
}

export type StatementFormat = 'jsonl' | 'csv' | 'camt053' | 'xlsx';

export interface StatementFiles {
  /** One statement in one format; the bytes are fixed by the statement. @throws HttpProblem STATEMENT_INCOMPLETE. */
  file(statement: IndexedRecord, format: Exclude<StatementFormat, 'xlsx'>): Promise<Uint8Array>;
  /** The same chunk by chunk: memory holds a segment, whatever the day's size. */
  stream(statement: IndexedRecord, format: StatementFormat): AsyncIterable<Uint8Array>;
  /** The statement with its entries, read as they are asked for. */
  source(statement: IndexedRecord): StreamedStatement;
  /** What the member signs: digests of the files and of the index, and the blocks the day's segments lie in. */
  signatureInput(statement: IndexedRecord): Promise<{
    readonly digests: StatementDigests;
    readonly blocks: { readonly from: string; readonly to: string };
  }>;
}

export interface EvidencePackages {
  /** The package of one case, as `concordat evidence verify` takes it. */
  package(caseId: string): Promise<Uint8Array>;
  /** The package of one statement of this member, as `concordat statement verify --evidence` takes it. */
  statementPackage(id: string): Promise<Uint8Array>;
  /** What the offline verifier says of a case's package when given this network's own roots. */
  report(caseId: string): Promise<EvidenceReport>;
}

export interface EvidenceReport {
  readonly verdict: 'verified' | 'rejected' | 'unverified';
  readonly checks: readonly {
    readonly step: string;
    readonly code: string;
    readonly ok: boolean;
    readonly subject: string;
    readonly text: string;
    readonly zh: string;
  }[];
  readonly notProven: readonly string[];
}

/** Everything the routes stand on. */
export interface RouteDeps {
  readonly member: string;
  readonly index: RecordIndex;
  readonly operations: Operations;
  /** What is posted in each lane. */
  readonly posted: PostedEntries;
  readonly postings: LanePostings;
  readonly uploads: UploadService;
  readonly signingRequests: SigningRequests;
  readonly registry: Registry;
  readonly transactions: Transactions;
  readonly documents: DocumentStore;
  readonly reader: DocumentReader;
  readonly statements: StatementFiles;
  readonly closing: Pick<ClosingService, 'run' | 'runAll' | 'status'>;
  readonly dues: Pick<DuePostings, 'run'>;
  readonly evidence: EvidencePackages;
  /** The consortium's fingerprint key, hexadecimal; kept out of callers' hands. */
  readonly fingerprintKey: string;
  /** Signs with the gateway's own client key: P-256, SHA-256, r ‖ s in hexadecimal, low S. */
  readonly sign: (bytes: Uint8Array) => Promise<string>;
  /** The authority table, for what may be done next. */
  readonly authority: readonly AuthorityRow[];
}
