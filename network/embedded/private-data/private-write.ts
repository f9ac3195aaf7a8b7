import { ledger } from '@hyperledger/fabric-protos';
import { createHash } from 'node:crypto';

/** One collection's private write set of one transaction, as its endorser serialized it. */
export interface PrivateWrite {
  readonly txNumber: number;
  readonly namespace: string;
  readonly collection: string;
  /** kvrwset.KVRWSet; its SHA-256 is in the public read-write set. */
  readonly bytes: Uint8Array;
}

export interface PrivateKeyWrite {
  readonly key: string;
  readonly isDelete: boolean;
  readonly value: Uint8Array;
}

export interface DecodedPrivateWrite {
  readonly writes: readonly PrivateKeyWrite[];
  /** Keys whose key-level policy alone changed; the policy itself is kept with the hashed key. */
  readonly metadataKeys: readonly string[];
}

export function decodePrivateWrite(bytes: Uint8Array): DecodedPrivateWrite {
  const set = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(bytes);
  return {
    writes: set.getWritesList().map((write) => {
      const value = write.getValue_asU8();
      return { key: write.getKey(), isDelete: write.getIsDelete() || value.length === 0, value };
    }),
    metadataKeys: set.getMetadataWritesList().map((write) => write.getKey()),
  };
}

/** The same write set without the keys that have been purged. */
export function withoutKeys(bytes: Uint8Array, purged: (keyHash: Uint8Array) => boolean): Uint8Array {
  const set = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(bytes);
  const keep = (row: { getKey(): string }): boolean => !purged(sha256(Buffer.from(row.getKey(), 'utf8')));
  set.setWritesList(set.getWritesList().filter(keep));
  set.setMetadataWritesList(set.getMetadataWritesList().filter(keep));
  return set.serializeBinary();
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
