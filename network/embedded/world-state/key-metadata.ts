import { ledger } from '@hyperledger/fabric-protos';

/** Metadata of one key by name. */
export type KeyMetadata = ReadonlyMap<string, Uint8Array>;

/** Name of the entry that holds a key-level endorsement policy. @see fabric-protos peer/proposal.proto MetaDataKeys */
export const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER';

export function serializeMetadata(entries: readonly { name: string; value: Uint8Array }[]): Uint8Array {
  const write = new ledger.rwset.kvrwset.KVMetadataWrite();
  write.setEntriesList(
    entries.map(({ name, value }) => {
      const entry = new ledger.rwset.kvrwset.KVMetadataEntry();
      entry.setName(name);
      entry.setValue(value);
      return entry;
    }),
  );
  return write.serializeBinary();
}

export function deserializeMetadata(bytes: Uint8Array | null | undefined): KeyMetadata | undefined {
  if (!bytes) return undefined;
  const write = ledger.rwset.kvrwset.KVMetadataWrite.deserializeBinary(bytes);
  return new Map(write.getEntriesList().map((entry) => [entry.getName(), entry.getValue_asU8()]));
}
