import { ledger } from '@hyperledger/fabric-protos';
import { sha256 } from '../private-data/private-write';
import type { SimulationBytes } from './endorser';
import { newRead, newVersion, summarizeReads } from '../world-state/range-summary';
import {
  keyHash,
  type CollectionChanges,
  type KeyMetadataWrite,
  type NamespaceChanges,
  type RangeRead,
} from './read-write-set-builder';

const { rwset } = ledger;
const { kvrwset } = ledger.rwset;

/**
 * Serializes a simulation: the public set with hashes only, and each collection's private set apart.
 *
 * @see fabric core/ledger/kvledger/txmgmt/rwsetutil/rwset_proto_util.go
 */
export function encodeSimulation(namespaces: readonly NamespaceChanges[]): SimulationBytes {
  const set = new rwset.TxReadWriteSet();
  set.setDataModel(rwset.TxReadWriteSet.DataModel.KV);
  const privateWrites: { namespace: string; collection: string; bytes: Uint8Array }[] = [];
  for (const changes of namespaces) {
    const entry = new rwset.NsReadWriteSet();
    entry.setNamespace(changes.namespace);
    entry.setRwset(encodePublic(changes));
    for (const collection of changes.collections) {
      const hashed = new rwset.CollectionHashedReadWriteSet();
      hashed.setCollectionName(collection.collection);
      hashed.setHashedRwset(encodeHashed(collection));
      const bytes = encodePrivate(collection);
      if (bytes) {
        hashed.setPvtRwsetHash(sha256(bytes));
        privateWrites.push({ namespace: changes.namespace, collection: collection.collection, bytes });
      }
      entry.addCollectionHashedRwset(hashed);
    }
    set.addNsRwset(entry);
  }
  return { publicBytes: set.serializeBinary(), privateWrites };
}

function encodePublic({ reads, ranges, writes, metadataWrites }: NamespaceChanges): Uint8Array {
  const set = new kvrwset.KVRWSet();
  set.setReadsList(reads.map(newRead));
  set.setRangeQueriesInfoList(ranges.map(newRange));
  set.setWritesList(writes.map(({ key, isDelete, value }) => newWrite(key, isDelete, value)));
  set.setMetadataWritesList(metadataWrites.map(newMetadataWrite));
  return set.serializeBinary();
}

function encodeHashed({ reads, writes, metadataWrites }: CollectionChanges): Uint8Array {
  const set = new kvrwset.HashedRWSet();
  set.setHashedReadsList(
    reads.map(({ key, version }) => {
      const read = new kvrwset.KVReadHash();
      read.setKeyHash(keyHash(key));
      if (version) read.setVersion(newVersion(version));
      return read;
    }),
  );
  set.setHashedWritesList(
    writes.map(({ key, isDelete, isPurge, value }) => {
      const write = new kvrwset.KVWriteHash();
      write.setKeyHash(keyHash(key));
      write.setIsDelete(isDelete);
      write.setIsPurge(isPurge);
      if (!isDelete) write.setValueHash(sha256(value));
      return write;
    }),
  );
  set.setMetadataWritesList(
    metadataWrites.map(({ key, entries }) => {
      const write = new kvrwset.KVMetadataWriteHash();
      write.setKeyHash(keyHash(key));
      write.setEntriesList(entries.map(newMetadataEntry));
      return write;
    }),
  );
  return set.serializeBinary();
}

/** The private set knows which keys' policies changed, but not the policies. */
function encodePrivate({ writes, metadataWrites }: CollectionChanges): Uint8Array | undefined {
  if (writes.length === 0 && metadataWrites.length === 0) return undefined;
  const set = new kvrwset.KVRWSet();
  set.setWritesList(writes.map(({ key, isDelete, value }) => newWrite(key, isDelete, value)));
  set.setMetadataWritesList(metadataWrites.map(({ key }) => newMetadataWrite({ key, entries: [] })));
  return set.serializeBinary();
}

type KVWrite = InstanceType<typeof kvrwset.KVWrite>;
type RangeQueryInfo = InstanceType<typeof kvrwset.RangeQueryInfo>;
type KVMetadataWrite = InstanceType<typeof kvrwset.KVMetadataWrite>;
type KVMetadataEntry = InstanceType<typeof kvrwset.KVMetadataEntry>;

function newRange({ startKey, endKey, itrExhausted, reads }: RangeRead): RangeQueryInfo {
  const range = new kvrwset.RangeQueryInfo();
  range.setStartKey(startKey);
  range.setEndKey(endKey);
  range.setItrExhausted(itrExhausted);
  const summary = summarizeReads(reads.map(newRead));
  if (summary) range.setReadsMerkleHashes(summary);
  else if (reads.length > 0) {
    const raw = new kvrwset.QueryReads();
    raw.setKvReadsList(reads.map(newRead));
    range.setRawReads(raw);
  }
  return range;
}

function newWrite(key: string, isDelete: boolean, value: Uint8Array): KVWrite {
  const write = new kvrwset.KVWrite();
  write.setKey(key);
  write.setIsDelete(isDelete);
  write.setValue(value);
  return write;
}

function newMetadataWrite({ key, entries }: KeyMetadataWrite): KVMetadataWrite {
  const write = new kvrwset.KVMetadataWrite();
  write.setKey(key);
  write.setEntriesList(entries.map(newMetadataEntry));
  return write;
}

function newMetadataEntry({ name, value }: { name: string; value: Uint8Array }): KVMetadataEntry {
  const entry = new kvrwset.KVMetadataEntry();
  entry.setName(name);
  entry.setValue(value);
  return entry;
}
