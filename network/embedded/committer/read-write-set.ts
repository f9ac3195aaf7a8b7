import { ledger } from '@hyperledger/fabric-protos';
import { stateKeyOfBytes, toStateKey, type StateKey } from '../world-state/state-key';
import { sha256 } from '../private-data/private-write';
import type { Version } from '../world-state/state';

const { rwset } = ledger;
const { kvrwset } = ledger.rwset;

const HASH_OF_NOTHING = sha256(new Uint8Array(0));

export interface ReadOf {
  readonly key: StateKey;
  readonly version: Version | null;
}

export interface WriteOf {
  readonly key: StateKey;
  readonly isDelete: boolean;
  /** The value, or the hash of a private one. */
  readonly value: Uint8Array;
  readonly isPurge: boolean;
}

export interface MetadataWriteOf {
  readonly key: StateKey;
  readonly entries: readonly { readonly name: string; readonly value: Uint8Array }[];
}

export interface RangeOf {
  readonly start: StateKey;
  readonly end: StateKey;
  readonly exhausted: boolean;
  readonly rawReads: readonly ReadOf[];
  readonly summary: { maxDegree: number; maxLevel: number; hashes: readonly Uint8Array[] } | undefined;
}

export interface CollectionSet {
  readonly collection: string;
  readonly reads: readonly ReadOf[];
  readonly writes: readonly WriteOf[];
  readonly metadataWrites: readonly MetadataWriteOf[];
  /** SHA-256 of the private write set; empty when there is none. */
  readonly privateHash: Uint8Array;
}

export interface NamespaceSet {
  readonly namespace: string;
  readonly reads: readonly ReadOf[];
  readonly ranges: readonly RangeOf[];
  readonly writes: readonly WriteOf[];
  readonly metadataWrites: readonly MetadataWriteOf[];
  readonly collections: readonly CollectionSet[];
}

/** Decodes rwset.TxReadWriteSet into state keys. @throws Error when the bytes are no read-write set. */
export function decodeReadWriteSet(bytes: Uint8Array): NamespaceSet[] {
  return rwset.TxReadWriteSet.deserializeBinary(bytes)
    .getNsRwsetList()
    .map((entry) => {
      const set = kvrwset.KVRWSet.deserializeBinary(entry.getRwset_asU8());
      return {
        namespace: entry.getNamespace(),
        reads: set.getReadsList().map(toRead),
        ranges: set.getRangeQueriesInfoList().map(toRange),
        writes: set.getWritesList().map((write) => {
          const value = write.getValue_asU8();
          const isDelete = write.getIsDelete() || value.length === 0;
          return { key: toStateKey(write.getKey()), isDelete, value, isPurge: false };
        }),
        metadataWrites: set.getMetadataWritesList().map((write) => ({
          key: toStateKey(write.getKey()),
          entries: write.getEntriesList().map(toEntry),
        })),
        collections: entry.getCollectionHashedRwsetList().map(toCollection),
      };
    });
}

function toCollection(entry: InstanceType<typeof rwset.CollectionHashedReadWriteSet>): CollectionSet {
  const set = kvrwset.HashedRWSet.deserializeBinary(entry.getHashedRwset_asU8());
  return {
    collection: entry.getCollectionName(),
    reads: set.getHashedReadsList().map((read) => ({
      key: stateKeyOfBytes(read.getKeyHash_asU8()),
      version: toVersion(read.getVersion()),
    })),
    writes: set.getHashedWritesList().map((write) => {
      const value = write.getValueHash_asU8();
      const isDelete = write.getIsDelete() || value.length === 0 || HASH_OF_NOTHING.equals(value);
      return { key: stateKeyOfBytes(write.getKeyHash_asU8()), isDelete, value, isPurge: write.getIsPurge() };
    }),
    metadataWrites: set.getMetadataWritesList().map((write) => ({
      key: stateKeyOfBytes(write.getKeyHash_asU8()),
      entries: write.getEntriesList().map(toEntry),
    })),
    privateHash: entry.getPvtRwsetHash_asU8(),
  };
}

function toRead(read: InstanceType<typeof kvrwset.KVRead>): ReadOf {
  return { key: toStateKey(read.getKey()), version: toVersion(read.getVersion()) };
}

function toRange(range: InstanceType<typeof kvrwset.RangeQueryInfo>): RangeOf {
  const summary = range.getReadsMerkleHashes();
  return {
    start: toStateKey(range.getStartKey()),
    end: toStateKey(range.getEndKey()),
    exhausted: range.getItrExhausted(),
    rawReads: range.getRawReads()?.getKvReadsList().map(toRead) ?? [],
    summary: summary && {
      maxDegree: summary.getMaxDegree(),
      maxLevel: summary.getMaxLevel(),
      hashes: summary.getMaxLevelHashesList_asU8(),
    },
  };
}

function toEntry(entry: InstanceType<typeof kvrwset.KVMetadataEntry>): { name: string; value: Uint8Array } {
  return { name: entry.getName(), value: entry.getValue_asU8() };
}

function toVersion(version: InstanceType<typeof kvrwset.Version> | undefined): Version | null {
  return version ? { blockNumber: version.getBlockNum(), txNumber: version.getTxNum() } : null;
}

/** Whether the transaction changes anything in this namespace. @see fabric plugindispatcher txWritesToNamespace */
export function writesTo({ writes, metadataWrites, collections }: NamespaceSet): boolean {
  if (writes.length > 0 || metadataWrites.length > 0) return true;
  return collections.some((set) => set.writes.length > 0 || set.metadataWrites.length > 0);
}
