import { ledger } from '@hyperledger/fabric-protos';
import { decoding } from './errors';

const { KVRWSet, HashedRWSet } = ledger.rwset.kvrwset;

export interface Version {
  readonly blockNumber: bigint;
  readonly txNumber: number;
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
export interface HashedRead {
  readonly keyHash: Uint8Array;
  readonly version: Version | null;
}
export interface HashedWrite {
  readonly keyHash: Uint8Array;
  readonly isDelete: boolean;
  readonly isPurge: boolean;
  readonly valueHash: Uint8Array;
}
export interface MetadataEntry {
  readonly name: string;
  readonly value: Uint8Array;
}

/** Hashed reads and writes of one collection. */
export interface CollectionSet {
  readonly collection: string;
  readonly reads: readonly HashedRead[];
  readonly writes: readonly HashedWrite[];
  readonly metadataWrites: readonly { readonly keyHash: Uint8Array; readonly entries: readonly MetadataEntry[] }[];
  readonly privateSetHash: Uint8Array;
}

/** What a transaction read and wrote in one namespace. */
export interface NamespaceSet {
  readonly namespace: string;
  readonly reads: readonly KeyRead[];
  readonly writes: readonly KeyWrite[];
  readonly metadataWrites: readonly { readonly key: string; readonly entries: readonly MetadataEntry[] }[];
  readonly rangeQueries: number;
  readonly collections: readonly CollectionSet[];
}

type ProtoVersion = InstanceType<typeof ledger.rwset.kvrwset.Version> | undefined;
type ProtoEntry = InstanceType<typeof ledger.rwset.kvrwset.KVMetadataEntry>;

function version(value: ProtoVersion): Version | null {
  return value === undefined ? null : { blockNumber: BigInt(value.getBlockNum()), txNumber: value.getTxNum() };
}

function entries(list: ProtoEntry[]): MetadataEntry[] {
  return list.map((entry) => ({ name: entry.getName(), value: entry.getValue_asU8() }));
}

/** Reads `rwset.TxReadWriteSet`, for those who look at transactions; the bytes stay the authority. @throws ProtocolError. */
export function decodeReadWriteSet(bytes: Uint8Array): NamespaceSet[] {
  return decoding('read-write set', () =>
    ledger.rwset.TxReadWriteSet.deserializeBinary(bytes)
      .getNsRwsetList()
      .map((ns) => {
        const set = KVRWSet.deserializeBinary(ns.getRwset_asU8());
        return {
          namespace: ns.getNamespace(),
          reads: set.getReadsList().map((read) => ({ key: read.getKey(), version: version(read.getVersion()) })),
          writes: set
            .getWritesList()
            .map((write) => ({ key: write.getKey(), isDelete: write.getIsDelete(), value: write.getValue_asU8() })),
          metadataWrites: set
            .getMetadataWritesList()
            .map((write) => ({ key: write.getKey(), entries: entries(write.getEntriesList()) })),
          rangeQueries: set.getRangeQueriesInfoList().length,
          collections: ns.getCollectionHashedRwsetList().map((collection) => {
            const hashed = HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8());
            return {
              collection: collection.getCollectionName(),
              privateSetHash: collection.getPvtRwsetHash_asU8(),
              reads: hashed
                .getHashedReadsList()
                .map((read) => ({ keyHash: read.getKeyHash_asU8(), version: version(read.getVersion()) })),
              writes: hashed.getHashedWritesList().map((write) => ({
                keyHash: write.getKeyHash_asU8(),
                isDelete: write.getIsDelete(),
                isPurge: write.getIsPurge(),
                valueHash: write.getValueHash_asU8(),
              })),
              metadataWrites: hashed
                .getMetadataWritesList()
                .map((write) => ({ keyHash: write.getKeyHash_asU8(), entries: entries(write.getEntriesList()) })),
            };
          }),
        };
      }),
  );
}
