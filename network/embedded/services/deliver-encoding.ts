import { common, ledger, peer } from '@hyperledger/fabric-protos';
import type { Channel } from '../channel';
import { parseTransaction, type ParsedTransaction } from '../committer/parsed-transaction';
import type { PrivateStore } from '../private-data/private-store';
import { implicitCollection, implicitOwner, type DefinitionCache } from '../world-state/chaincode-definitions';
import type { BlockEncoder } from './deliver-service';

type StatusCode = common.StatusMap[keyof common.StatusMap];

/** An answer that ends a seek request; the same bytes for the peer's and the orderer's deliver service. */
export function encodeStatus(status: StatusCode): Buffer {
  const response = new peer.DeliverResponse();
  response.setStatus(status);
  return Buffer.from(response.serializeBinary());
}

/** A whole block as it is stored; no need to take it apart: field 2 of the answer. */
export const encodeBlock: BlockEncoder = (block) => Buffer.concat([Buffer.of(0x12), varint(block.length), block]);

/** A block as an ordering node has it: without the peers' verdicts. */
export const encodeOrderedBlock: BlockEncoder = (bytes) => {
  const block = common.Block.deserializeBinary(bytes);
  const metadata = block.getMetadata()?.getMetadataList_asU8() ?? [];
  metadata[common.BlockMetadataIndex.TRANSACTIONS_FILTER] = new Uint8Array(0);
  if (metadata.length > common.BlockMetadataIndex.COMMIT_HASH)
    metadata[common.BlockMetadataIndex.COMMIT_HASH] = new Uint8Array(0);
  block.getMetadata()?.setMetadataList(metadata);
  return encodeBlock(block.serializeBinary(), new Uint8Array(0));
};

/** Ids, types, codes and event names only. @see fabric core/peer/deliverevents.go toFilteredBlock */
export function filteredBlockEncoder(channelId: string): BlockEncoder {
  return (bytes) => {
    const block = common.Block.deserializeBinary(bytes);
    const codes = codesOf(block);
    const filtered = new peer.FilteredBlock();
    filtered.setChannelId(channelId);
    filtered.setNumber(block.getHeader()?.getNumber() ?? 0);
    filtered.setFilteredTransactionsList(
      (block.getData()?.getDataList_asU8() ?? []).map((envelope, index) =>
        newFilteredTransaction(parseTransaction(envelope), codes[index] ?? 0),
      ),
    );
    const response = new peer.DeliverResponse();
    response.setFilteredBlock(filtered);
    return Buffer.from(response.serializeBinary());
  };
}

/** A block with the private data that this member holds and the reader's organisation may see. */
export function privateBlockEncoder(channel: Channel, definitions: DefinitionCache, store: PrivateStore): BlockEncoder {
  return (bytes, reader) => {
    const block = common.Block.deserializeBinary(bytes);
    const answer = new peer.BlockAndPrivateData();
    answer.setBlock(block);
    const sets = answer.getPrivateDataMapMap();
    for (const write of store.writesOf(block.getHeader()?.getNumber() ?? 0)) {
      if (!maySee(channel, definitions, write, reader)) continue;
      const set = sets.get(write.txNumber) ?? new ledger.rwset.TxPvtReadWriteSet();
      addPrivateSet(set, write);
      sets.set(write.txNumber, set);
    }
    const response = new peer.DeliverResponse();
    response.setBlockAndPrivateData(answer);
    return Buffer.from(response.serializeBinary());
  };
}

function maySee(
  channel: Channel,
  definitions: DefinitionCache,
  { namespace, collection }: { namespace: string; collection: string },
  reader: Uint8Array,
): boolean {
  const owner = implicitOwner(collection);
  if (owner !== undefined) return mspOf(channel, reader) === owner && collection === implicitCollection(owner);
  const definition = definitions.get(namespace)?.collections.find(({ name }) => name === collection);
  return definition !== undefined && channel.isMember(definition.memberPolicy, reader);
}

function mspOf(channel: Channel, reader: Uint8Array): string | undefined {
  try {
    return channel.identity(reader).mspId;
  } catch {
    return undefined;
  }
}

function addPrivateSet(
  set: InstanceType<typeof ledger.rwset.TxPvtReadWriteSet>,
  { namespace, collection, bytes }: { namespace: string; collection: string; bytes: Uint8Array },
): void {
  let group = set.getNsPvtRwsetList().find((candidate) => candidate.getNamespace() === namespace);
  if (!group) {
    group = new ledger.rwset.NsPvtReadWriteSet();
    group.setNamespace(namespace);
    set.addNsPvtRwset(group);
  }
  const entry = new ledger.rwset.CollectionPvtReadWriteSet();
  entry.setCollectionName(collection);
  entry.setRwset(bytes);
  group.addCollectionPvtRwset(entry);
}

function newFilteredTransaction({ txId, type, action }: ParsedTransaction, code: number): peer.FilteredTransaction {
  const filtered = new peer.FilteredTransaction();
  filtered.setTxid(txId);
  filtered.setType(type as common.HeaderTypeMap[keyof common.HeaderTypeMap]);
  filtered.setTxValidationCode(code as peer.TxValidationCodeMap[keyof peer.TxValidationCodeMap]);
  if (type !== common.HeaderType.ENDORSER_TRANSACTION) return filtered;
  const actions = new peer.FilteredTransactionActions();
  if (action?.event) {
    const event = action.event.clone();
    event.setPayload(new Uint8Array(0));
    const entry = new peer.FilteredChaincodeAction();
    entry.setChaincodeEvent(event);
    actions.setChaincodeActionsList([entry]);
  }
  filtered.setTransactionActions(actions);
  return filtered;
}

function codesOf(block: common.Block): Uint8Array {
  const list = block.getMetadata()?.getMetadataList_asU8() ?? [];
  return list[common.BlockMetadataIndex.TRANSACTIONS_FILTER] ?? new Uint8Array(0);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}
