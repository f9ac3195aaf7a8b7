import { createHash } from 'node:crypto';
import { common, gateway, ledger, peer } from '@hyperledger/fabric-protos';

const { KVRWSet, HashedRWSet } = ledger.rwset.kvrwset;
type KVRWSet = InstanceType<typeof KVRWSet>;
type HashedRWSet = InstanceType<typeof HashedRWSet>;
type Version = InstanceType<typeof ledger.rwset.kvrwset.Version> | undefined;
type KVRead = InstanceType<typeof ledger.rwset.kvrwset.KVRead>;

/**
 * What a transaction read and wrote, as one line of text that two networks can be compared by.
 *
 * Block numbers count from `firstBlock`; older ones, where networks differ in how they were set up, are `old`.
 */
export function describeTransaction(preparedBytes: Uint8Array, firstBlock: number): string {
  const action = chaincodeAction(preparedBytes);
  const sets = ledger.rwset.TxReadWriteSet.deserializeBinary(action.getResults_asU8()).getNsRwsetList();
  const version = (found: Version): string => {
    if (!found) return '-';
    const block = found.getBlockNum() - firstBlock;
    return block < 0 ? 'old' : `${block}.${found.getTxNum()}`;
  };
  const parts = sets.map((set) => {
    const plain = describeSet(KVRWSet.deserializeBinary(set.getRwset_asU8()), version);
    const collections = set.getCollectionHashedRwsetList().map((collection) => {
      const hashed = HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8());
      const text = describeHashedSet(hashed, version);
      return ` ${collection.getCollectionName()}(${text} private ${short(collection.getPvtRwsetHash_asU8())})`;
    });
    return `${set.getNamespace()}(${plain}${collections.join('')})`;
  });
  const response = action.getResponse();
  const payload = Buffer.from(response?.getPayload_asU8() ?? []).toString();
  const events = action.getEvents_asU8();
  const event = events.length > 0 ? peer.ChaincodeEvent.deserializeBinary(events).getEventName() : '';
  return `${response?.getStatus()} ${JSON.stringify(payload)}${event && ` event ${event}`} ${parts.join(' ')}`;
}

function describeSet(set: KVRWSet, version: (found: Version) => string): string {
  const read = (one: KVRead): string => `r:${one.getKey()}@${version(one.getVersion())}`;
  const words = set.getReadsList().map(read);
  for (const range of set.getRangeQueriesInfoList()) {
    const found = range.getRawReads()?.getKvReadsList().map(read) ?? [];
    const bounds = `[${range.getStartKey()},${range.getEndKey()}${range.getItrExhausted() ? ')' : ']'}`;
    words.push(`q:${bounds}{${found.join(' ')}}`);
  }
  for (const write of set.getWritesList()) {
    const value = write.getIsDelete() ? '!' : `=${Buffer.from(write.getValue_asU8()).toString()}`;
    words.push(`w:${write.getKey()}${value}`);
  }
  for (const write of set.getMetadataWritesList()) {
    const entries = write.getEntriesList().map((entry) => `${entry.getName()}=${digest(entry.getValue_asU8())}`);
    words.push(`m:${write.getKey()}{${entries.join(' ')}}`);
  }
  return words.join(' ');
}

function describeHashedSet(set: HashedRWSet, version: (found: Version) => string): string {
  const words = set
    .getHashedReadsList()
    .map((read) => `r:${short(read.getKeyHash_asU8())}@${version(read.getVersion())}`);
  for (const write of set.getHashedWritesList()) {
    const fate = write.getIsPurge() ? '!!' : write.getIsDelete() ? '!' : `=${short(write.getValueHash_asU8())}`;
    words.push(`w:${short(write.getKeyHash_asU8())}${fate}`);
  }
  for (const write of set.getMetadataWritesList()) {
    words.push(`m:${short(write.getKeyHash_asU8())}`);
  }
  return words.join(' ');
}

function chaincodeAction(preparedBytes: Uint8Array): peer.ChaincodeAction {
  const prepared = gateway.PreparedTransaction.deserializeBinary(preparedBytes);
  const payload = common.Payload.deserializeBinary(prepared.getEnvelope()!.getPayload_asU8());
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
  const contents = peer.ChaincodeActionPayload.deserializeBinary(action!.getPayload_asU8());
  const endorsed = contents.getAction()!.getProposalResponsePayload_asU8();
  return peer.ChaincodeAction.deserializeBinary(
    peer.ProposalResponsePayload.deserializeBinary(endorsed).getExtension_asU8(),
  );
}

function short(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').slice(0, 8);
}

function digest(bytes: Uint8Array): string {
  return short(createHash('sha256').update(bytes).digest());
}
