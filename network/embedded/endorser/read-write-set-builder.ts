import { sha256 } from '../private-data/private-write';
import { toStateKey, type StateKey } from '../world-state/state-key';
import type { Version } from '../world-state/state';

export interface MetadataEntry {
  readonly name: string;
  readonly value: Uint8Array;
}

export interface KeyRead {
  readonly key: string;
  readonly version: Version | null;
}

export interface KeyWrite {
  readonly key: string;
  readonly isDelete: boolean;
  readonly value: Uint8Array;
}

export interface KeyMetadataWrite {
  readonly key: string;
  readonly entries: readonly MetadataEntry[];
}

export interface PrivateKeyChange extends KeyWrite {
  readonly isPurge: boolean;
}

/** What a simulation did in one collection, by plain key; the hashed and the private set are both made from it. */
export interface CollectionChanges {
  readonly collection: string;
  readonly reads: readonly KeyRead[];
  readonly writes: readonly PrivateKeyChange[];
  readonly metadataWrites: readonly KeyMetadataWrite[];
}

export interface RangeRead {
  readonly startKey: string;
  readonly endKey: string;
  readonly itrExhausted: boolean;
  readonly reads: readonly KeyRead[];
}

/** What a simulation did in one namespace, every list in the byte order of its keys. */
export interface NamespaceChanges {
  readonly namespace: string;
  readonly reads: readonly KeyRead[];
  readonly ranges: readonly RangeRead[];
  readonly writes: readonly KeyWrite[];
  readonly metadataWrites: readonly KeyMetadataWrite[];
  readonly collections: readonly CollectionChanges[];
}

class CollectionBuilder {
  readonly reads = new Map<StateKey, KeyRead>();
  readonly writes = new Map<StateKey, PrivateKeyChange>();
  readonly metadataWrites = new Map<StateKey, KeyMetadataWrite>();
}

class NamespaceBuilder {
  readonly reads = new Map<StateKey, KeyRead>();
  readonly writes = new Map<StateKey, KeyWrite>();
  readonly metadataWrites = new Map<StateKey, KeyMetadataWrite>();
  readonly ranges = new Map<string, RangeRead>();
  readonly collections = new Map<StateKey, { name: string; changes: CollectionBuilder }>();

  collection(name: string): CollectionBuilder {
    const key = toStateKey(name);
    let entry = this.collections.get(key);
    if (!entry) this.collections.set(key, (entry = { name, changes: new CollectionBuilder() }));
    return entry.changes;
  }
}

/**
 * Gathers what a simulation reads and writes; the last write of a key stands.
 *
 * @see fabric core/ledger/kvledger/txmgmt/rwsetutil/rwset_builder.go
 */
export class ReadWriteSetBuilder {
  readonly #namespaces = new Map<StateKey, { name: string; changes: NamespaceBuilder }>();

  addRead(namespace: string, key: string, version: Version | null): void {
    this.#namespace(namespace).reads.set(toStateKey(key), { key, version });
  }

  addWrite(namespace: string, key: string, value: Uint8Array): void {
    const write = { key, isDelete: value.length === 0, value };
    this.#namespace(namespace).writes.set(toStateKey(key), write);
  }

  addMetadataWrite(namespace: string, key: string, entries: readonly MetadataEntry[]): void {
    this.#namespace(namespace).metadataWrites.set(toStateKey(key), { key, entries });
  }

  /** A range already recorded with the same bounds is not recorded twice. */
  addRange(namespace: string, range: RangeRead): void {
    const { ranges } = this.#namespace(namespace);
    const id = JSON.stringify([range.startKey, range.endKey, range.itrExhausted]);
    if (!ranges.has(id)) ranges.set(id, range);
  }

  addPrivateRead(namespace: string, collection: string, read: KeyRead): void {
    this.#namespace(namespace).collection(collection).reads.set(toStateKey(read.key), read);
  }

  addPrivateWrite(namespace: string, collection: string, change: PrivateKeyChange): void {
    this.#namespace(namespace).collection(collection).writes.set(toStateKey(change.key), change);
  }

  addPrivateMetadataWrite(namespace: string, collection: string, write: KeyMetadataWrite): void {
    this.#namespace(namespace).collection(collection).metadataWrites.set(toStateKey(write.key), write);
  }

  build(): NamespaceChanges[] {
    return sorted(this.#namespaces).map(({ name, changes }) => ({
      namespace: name,
      reads: sorted(changes.reads),
      ranges: [...changes.ranges.values()],
      writes: sorted(changes.writes),
      metadataWrites: sorted(changes.metadataWrites),
      collections: sorted(changes.collections).map((entry) => ({
        collection: entry.name,
        reads: sorted(entry.changes.reads),
        writes: sorted(entry.changes.writes),
        metadataWrites: sorted(entry.changes.metadataWrites),
      })),
    }));
  }

  #namespace(name: string): NamespaceBuilder {
    const key = toStateKey(name);
    let entry = this.#namespaces.get(key);
    if (!entry) this.#namespaces.set(key, (entry = { name, changes: new NamespaceBuilder() }));
    return entry.changes;
  }
}

export function keyHash(key: string): Uint8Array {
  return sha256(Buffer.from(key, 'utf8'));
}

function sorted<T>(map: ReadonlyMap<StateKey, T>): T[] {
  if (map.size < 2) return [...map.values()];
  return [...map.keys()].sort(byUnits).map((key) => map.get(key) as T);
}

function byUnits(a: StateKey, b: StateKey): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
