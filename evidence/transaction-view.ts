import { decodeReadWriteSet, type NamespaceSet, type Version } from '../network/protocol/read-write-set';
import {
  parseEndorserTransaction,
  parseEnvelope,
  type EndorserTransaction,
  type ParsedEnvelope,
} from '../network/protocol/transaction';

/** Place of a transaction in the chain. */
export interface Place {
  readonly block: number;
  readonly position: number;
}

/** A transaction of a block, taken apart when somebody asks. */
export class TransactionView {
  #action: EndorserTransaction | undefined;
  #sets: readonly NamespaceSet[] | undefined;

  constructor(
    readonly place: Place,
    /** Validation code as the peer that stored the block judged. */
    readonly code: number,
    readonly bytes: Uint8Array,
    readonly envelope: ParsedEnvelope,
  ) {}

  /** @throws ProtocolError. */
  static read(place: Place, code: number, bytes: Uint8Array): TransactionView {
    return new TransactionView(place, code, bytes, parseEnvelope(bytes));
  }

  get id(): string {
    return this.envelope.transactionId;
  }

  get name(): string {
    return `block ${this.place.block} transaction ${this.place.position}`;
  }

  /** @throws ProtocolError. */
  get action(): EndorserTransaction {
    return (this.#action ??= parseEndorserTransaction(this.envelope));
  }

  /** @throws ProtocolError. */
  get sets(): readonly NamespaceSet[] {
    return (this.#sets ??= decodeReadWriteSet(this.action.results));
  }

  /** What it read in a namespace: key → version, null for an absent key. */
  reads(namespace: string): readonly { readonly key: string; readonly version: Version | null }[] {
    return this.#set(namespace)?.reads ?? [];
  }

  /** The value it wrote under a key; undefined when it wrote none or deleted it. */
  written(namespace: string, key: string): Uint8Array | undefined {
    const write = this.#set(namespace)?.writes.find((candidate) => candidate.key === key);
    return write === undefined || write.isDelete ? undefined : write.value;
  }

  /** Hash of the value it wrote under a hashed key of a collection, hexadecimal. */
  hashWritten(namespace: string, collection: string, keyHash: string): string | undefined {
    const write = this.#set(namespace)
      ?.collections.find((candidate) => candidate.collection === collection)
      ?.writes.find((candidate) => hex(candidate.keyHash) === keyHash);
    return write === undefined || write.isDelete || write.isPurge ? undefined : hex(write.valueHash);
  }

  #set(namespace: string): NamespaceSet | undefined {
    return this.sets.find((set) => set.namespace === namespace);
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Whether a read version is this place. */
export function isPlace(version: Version | null | undefined, place: Place): boolean {
  return version?.blockNumber === BigInt(place.block) && version.txNumber === place.position;
}
