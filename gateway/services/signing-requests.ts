import type { Json } from '../../chaincode/domain/json';
import type { PlainCall, OperationResult } from './operations';

/** EIP-712 typed data as a wallet takes it (`eth_signTypedData_v4`). */
export interface TypedData {
  readonly domain: { readonly name: string; readonly version: string; readonly salt: string };
  readonly types: Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;
  readonly primaryType: string;
  readonly message: Readonly<Record<string, string | number>>;
}

/** One act one party must sign. */
export interface RequiredSignature {
  readonly partyId: string;
  readonly action: string;
  readonly recordId: string;
  readonly typedData: TypedData;
  /** Address that signed; null while missing. */
  readonly signedBy: string | null;
}

export interface SigningRequest {
  readonly id: string;
  readonly operation: string;
  readonly status: 'open' | 'submitting' | 'completed' | 'failed';
  readonly required: readonly RequiredSignature[];
  /** The new versions in plain fields, for people to read before they sign. */
  readonly preview: readonly {
    /** Null for a record that does not exist yet. */
    readonly recordId: string | null;
    readonly type: string;
    readonly status: string;
    readonly groups: Json;
  }[];
  /** Last business date on which the signatures hold, yyyymmdd. */
  readonly deadline: number;
  /** Set once submitted. */
  readonly transactionId: string | null;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

export interface NewSigningRequest extends Pick<PlainCall, 'operation' | 'input' | 'recordIds'> {
  /** Business days' grace after the pair's open date; the deadline is that many calendar days later. Default 7. */
  readonly validDays?: number;
}

export interface SigningRequests {
  /** @throws Rejection whatever the rules refuse; SIGNATURE_NOT_NEEDED when the operation takes none. */
  create(request: NewSigningRequest): Promise<SigningRequest>;
  get(id: string): Promise<SigningRequest | undefined>;
  /**
   * Adds signatures; once every party has signed, submits the operation.
   *
   * @throws Rejection SIGNATURE_INVALID (fits no open act), KEY_NOT_BOUND, RECORD_STALE (a record has moved on).
   * @throws LedgerError as `Operations.submit`.
   */
  addSignatures(
    id: string,
    signatures: readonly { readonly address: string; readonly signature: string }[],
    reference?: string,
  ): Promise<{ readonly request: SigningRequest; readonly result?: OperationResult }>;
}
