import type { KeyChange } from '../../network/protocol/update-bytes';
import type { MetadataEntry, NamespaceSet } from '../../network/protocol/read-write-set';

/** Name of the metadata entry that holds a key's endorsement policy. @see fabric-protos peer/proposal.proto MetaDataKeys */
const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

/** One key's change with the endorsement policy it leaves on the key. */
export interface Change extends KeyChange {
  readonly policy: Uint8Array | undefined;
}
export type Changes = Map<string, Map<string, Change>>;

/** Name under which a collection's hashed keys stand. */
export function hashedNamespace(chaincode: string, collection: string): string {
  return `${chaincode}$$h${collection}`;
}

/** A key as one UTF-16 unit a byte, so that it sorts by bytes and a hash fits the same type. */
export function keyOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

export function keyOfText(text: string): string {
  return keyOfBytes(Buffer.from(text, 'utf8'));
}

/** SHA-256 of nothing: a private value of no bytes is a deletion. */
const HASH_OF_NOTHING = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');

/** What keys hold after the blocks replayed so far. */
export class ReplayedState {
  readonly #held = new Map<string, Map<string, Change>>();

  get(namespace: string, key: string): Change | undefined {
    const change = this.#held.get(namespace)?.get(key);
    return change === undefined || change.value === null ? undefined : change;
  }

  apply(changes: Changes): void {
    for (const [namespace, entries] of changes) {
      const held = this.#held.get(namespace) ?? new Map<string, Change>();
      this.#held.set(namespace, held);
      for (const [key, change] of entries) held.set(key, change);
    }
  }
}

/** A block's changes so far, on top of the state before it. */
export class BlockChanges {
  readonly changes: Changes = new Map();

  constructor(private readonly state: ReplayedState) {}

  isChanged(namespace: string, key: string): boolean {
    return this.changes.get(namespace)?.has(key) ?? false;
  }

  get(namespace: string, key: string): Change | undefined {
    const change = this.changes.get(namespace)?.get(key);
    if (change === undefined) return this.state.get(namespace, key);
    return change.value === null ? undefined : change;
  }

  put(namespace: string, key: string, change: Change): void {
    const entries = this.changes.get(namespace) ?? new Map<string, Change>();
    entries.set(key, change);
    this.changes.set(namespace, entries);
  }

  /** Adds a valid transaction's writes. @see fabric core/ledger/kvledger/txmgmt/validation/tx_ops.go */
  add(sets: readonly NamespaceSet[], version: KeyChange['version']): void {
    for (const { namespace, writes, metadataWrites, collections } of sets) {
      for (const { key, isDelete, value } of writes) {
        this.#write(namespace, keyOfText(key), isDelete || value.length === 0 ? null : value, version);
      }
      for (const { key, entries } of metadataWrites) this.#guard(namespace, keyOfText(key), entries, version);
      for (const set of collections) {
        const hashed = hashedNamespace(namespace, set.collection);
        for (const { keyHash, isDelete, valueHash } of set.writes) {
          const gone = isDelete || valueHash.length === 0 || HASH_OF_NOTHING.equals(valueHash);
          this.#write(hashed, keyOfBytes(keyHash), gone ? null : valueHash, version);
        }
        for (const { keyHash, entries } of set.metadataWrites) {
          this.#guard(hashed, keyOfBytes(keyHash), entries, version);
        }
      }
    }
  }

  /** A new value keeps the key's policy. */
  #write(namespace: string, key: string, value: Uint8Array | null, version: KeyChange['version']): void {
    const policy = value === null ? undefined : this.get(namespace, key)?.policy;
    this.put(namespace, key, { value, version, policy });
  }

  /** A new policy keeps the key's value, and is nothing for a key that holds none. */
  #guard(namespace: string, key: string, entries: readonly MetadataEntry[], version: KeyChange['version']): void {
    const held = this.get(namespace, key);
    if (held === undefined) return;
    const policy = entries.find(({ name }) => name === VALIDATION_PARAMETER)?.value;
    this.put(namespace, key, { value: held.value, version, policy });
  }
}
