import { createHash } from 'node:crypto';
import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb';
import type { WriteSet } from '../../../chaincode/domain/execute';
import { implicitCollection } from '../../../gateway/index/counting';
import { METADATA, headerHash, headerOf, newBlock, setMetadata } from '../../../network/protocol/block';
import type { BlockWithPrivateData, PrivateWrite } from '../../../gateway/ports/ledger-port';

const { kvrwset } = ledger.rwset;
const sha256 = (data: Uint8Array | string): Buffer => createHash('sha256').update(data).digest();

/** One write: public value (absent for none, null for a deletion) and values per collection. */
export interface BuiltWrite {
  readonly key: string;
  readonly value?: Uint8Array | null;
  readonly collections?: Readonly<Record<string, Uint8Array | null>>;
}

export interface BuiltTransaction {
  readonly transactionId: string;
  readonly creatorMspId?: string;
  /** Milliseconds since the epoch. */
  readonly declaredAt?: number;
  readonly namespace?: string;
  readonly writes: readonly BuiltWrite[];
  /** Validation code; VALID when absent. */
  readonly code?: number;
}

/** The writes of a domain write set, as Fabric would carry them. */
export function builtWrites({ writes }: WriteSet): BuiltWrite[] {
  return writes.map(({ key, value, privates }) => ({
    key,
    ...(value !== undefined && { value }),
    collections: Object.fromEntries(
      Object.entries(privates).map(([mspId, bytes]) => [implicitCollection(mspId), bytes]),
    ),
  }));
}

/** A block of the given transactions, unsigned, with its validation codes. */
export function aBlock(
  number: number,
  previousHash: Uint8Array,
  transactions: readonly BuiltTransaction[],
): common.Block {
  const block = newBlock(BigInt(number), previousHash, transactions.map(anEnvelope));
  setMetadata(
    block,
    METADATA.validation,
    Uint8Array.from(transactions.map(({ code }) => code ?? peer.TxValidationCode.VALID)),
  );
  return block;
}

/** The hash the next block refers to. */
export function hashOf(block: common.Block): Uint8Array {
  return headerHash(headerOf(block));
}

/** The block as one member's peer delivers it: with that member's private writes of valid transactions only. */
export function delivered(
  block: common.Block,
  transactions: readonly BuiltTransaction[],
  mspId: string,
): BlockWithPrivateData {
  const own = implicitCollection(mspId);
  const privateWrites = new Map<number, PrivateWrite[]>();
  transactions.forEach(({ namespace = 'records', writes, code }, position) => {
    if ((code ?? 0) !== 0) return;
    const held = writes.flatMap(({ key, collections }) =>
      collections?.[own] === undefined ? [] : [{ namespace, collection: own, key, value: collections[own] }],
    );
    if (held.length > 0) privateWrites.set(position, held);
  });
  return { number: headerOf(block).number, bytes: block.serializeBinary(), privateWrites };
}

function anEnvelope({
  transactionId,
  creatorMspId = 'OneMSP',
  declaredAt = 1_700_000_000_000,
  namespace = 'records',
  writes,
}: BuiltTransaction): Uint8Array {
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
  channelHeader.setChannelId('trade');
  channelHeader.setTxId(transactionId);
  channelHeader.setTimestamp(Timestamp.fromDate(new Date(declaredAt)));
  const identity = new msp.SerializedIdentity();
  identity.setMspid(creatorMspId);
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(identity.serializeBinary());
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  header.setSignatureHeader(signatureHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(aTransaction(namespace, writes));
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}

function aTransaction(namespace: string, writes: readonly BuiltWrite[]): Uint8Array {
  const results = new ledger.rwset.TxReadWriteSet();
  results.setNsRwsetList([aNamespace(namespace, writes)]);
  const chaincodeAction = new peer.ChaincodeAction();
  chaincodeAction.setResults(results.serializeBinary());
  const responsePayload = new peer.ProposalResponsePayload();
  responsePayload.setExtension$(chaincodeAction.serializeBinary());
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(responsePayload.serializeBinary());
  const actionPayload = new peer.ChaincodeActionPayload();
  actionPayload.setAction(endorsed);
  const action = new peer.TransactionAction();
  action.setPayload(actionPayload.serializeBinary());
  const transaction = new peer.Transaction();
  transaction.setActionsList([action]);
  return transaction.serializeBinary();
}

function aNamespace(namespace: string, writes: readonly BuiltWrite[]): ledger.rwset.NsReadWriteSet {
  const publicSet = new kvrwset.KVRWSet();
  publicSet.setWritesList(
    writes.flatMap(({ key, value }) => {
      if (value === undefined) return [];
      const write = new kvrwset.KVWrite();
      write.setKey(key);
      if (value === null) write.setIsDelete(true);
      else write.setValue(value);
      return [write];
    }),
  );
  const set = new ledger.rwset.NsReadWriteSet();
  set.setNamespace(namespace);
  set.setRwset(publicSet.serializeBinary());
  const names = new Set(writes.flatMap(({ collections }) => Object.keys(collections ?? {})));
  set.setCollectionHashedRwsetList([...names].sort().map((name) => aCollection(name, writes)));
  return set;
}

function aCollection(name: string, writes: readonly BuiltWrite[]): ledger.rwset.CollectionHashedReadWriteSet {
  const hashed = new kvrwset.HashedRWSet();
  hashed.setHashedWritesList(
    writes.flatMap(({ key, collections }) => {
      const value = collections?.[name];
      if (value === undefined) return [];
      const write = new kvrwset.KVWriteHash();
      write.setKeyHash(sha256(key));
      if (value === null) write.setIsDelete(true);
      else write.setValueHash(sha256(value));
      return [write];
    }),
  );
  const set = new ledger.rwset.CollectionHashedReadWriteSet();
  set.setCollectionName(name);
  set.setHashedRwset(hashed.serializeBinary());
  return set;
}
