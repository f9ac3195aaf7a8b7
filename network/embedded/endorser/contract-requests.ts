import { peer } from '@hyperledger/fabric-protos';
import { fromStateKey } from '../world-state/state-key';
import type { KeyMetadata } from '../world-state/key-metadata';
import { MessageType, type ChaincodeMessage } from './chaincode-message';
import type { Invocation } from './chaincode-connection';
import { newKeyValue, OpenQueries, type QueryRows } from './query-response';
import type { RangeQuery, TransactionSimulator } from './transaction-simulator';

/** Whether the proposal's creator may read and write a collection. */
export interface CollectionPermission {
  readonly read: boolean;
  readonly write: boolean;
}

export interface InvocationContext {
  readonly channelId: string;
  readonly txId: string;
  /** The invoked chaincode's name: the only namespace it can touch. */
  readonly namespace: string;
  readonly isInit: boolean;
  readonly simulator: TransactionSimulator;
  permission(collection: string): CollectionPermission;
  history(key: string): QueryRows;
  /** Calls another chaincode within the same simulation; gives its final message, serialized. */
  invokeChaincode(specification: Uint8Array): Promise<Uint8Array>;
}

type Answer = Uint8Array | undefined | Promise<Uint8Array>;

/**
 * Answers one invocation's requests from its simulation.
 *
 * @see fabric core/chaincode/handler.go
 */
export class ContractRequests implements Invocation {
  readonly channelId: string;
  readonly txId: string;
  readonly #context: InvocationContext;
  readonly #queries = new OpenQueries();
  readonly #permissions = new Map<string, CollectionPermission>();

  constructor(context: InvocationContext) {
    this.channelId = context.channelId;
    this.txId = context.txId;
    this.#context = context;
  }

  handle(request: ChaincodeMessage): Answer {
    const payload = request.getPayload_asU8();
    switch (request.getType()) {
      case MessageType.GET_STATE:
        return this.#getState(payload);
      case MessageType.PUT_STATE:
        return this.#putState(peer.PutState.deserializeBinary(payload));
      case MessageType.DEL_STATE:
        return this.#delState(peer.DelState.deserializeBinary(payload));
      case MessageType.GET_STATE_BY_RANGE:
        return this.#getRange(payload);
      case MessageType.QUERY_STATE_NEXT:
        return this.#queries.next(peer.QueryStateNext.deserializeBinary(payload).getId());
      case MessageType.QUERY_STATE_CLOSE:
        return this.#queries.close(peer.QueryStateClose.deserializeBinary(payload).getId());
      case MessageType.GET_QUERY_RESULT:
        return this.#query(payload);
      case MessageType.GET_HISTORY_FOR_KEY:
        return this.#history(payload);
      case MessageType.GET_PRIVATE_DATA_HASH:
        return this.#getPrivateDataHash(payload);
      case MessageType.GET_STATE_METADATA:
        return this.#getMetadata(payload);
      case MessageType.PUT_STATE_METADATA:
        return this.#putMetadata(peer.PutStateMetadata.deserializeBinary(payload));
      case MessageType.PURGE_PRIVATE_DATA:
        return this.#purge(peer.DelState.deserializeBinary(payload));
      case MessageType.GET_STATE_MULTIPLE:
        return this.#getMultiple(payload);
      case MessageType.WRITE_BATCH_STATE:
        return this.#writeBatch(payload);
      case MessageType.INVOKE_CHAINCODE:
        return this.#context.invokeChaincode(payload);
      default:
        throw new Error('unknown operation type');
    }
  }

  #getState(payload: Uint8Array): Uint8Array | undefined {
    const request = peer.GetState.deserializeBinary(payload);
    return this.#read(request.getCollection(), request.getKey());
  }

  #read(collection: string, key: string): Uint8Array | undefined {
    const { simulator, namespace } = this.#context;
    if (collection === '') return simulator.getState(namespace, key)?.value;
    this.#checkPermission(collection, 'read');
    return simulator.getPrivateData(namespace, collection, key);
  }

  #getMultiple(payload: Uint8Array): Uint8Array {
    const request = peer.GetStateMultiple.deserializeBinary(payload);
    const result = new peer.GetStateMultipleResult();
    const values = request.getKeysList().map((key) => this.#read(request.getCollection(), key));
    result.setValuesList(values.map((value) => value ?? new Uint8Array(0)));
    return result.serializeBinary();
  }

  #putState(request: peer.PutState): undefined {
    const { simulator, namespace } = this.#context;
    const collection = request.getCollection();
    if (collection === '') return simulator.setState(namespace, request.getKey(), request.getValue_asU8()) as undefined;
    this.#checkPermission(collection, 'write');
    simulator.setPrivateData(namespace, collection, request.getKey(), request.getValue_asU8());
    return undefined;
  }

  #delState(request: peer.DelState): undefined {
    const put = new peer.PutState();
    put.setKey(request.getKey());
    put.setCollection(request.getCollection());
    return this.#putState(put);
  }

  #purge(request: peer.DelState): undefined {
    const collection = request.getCollection();
    if (collection === '') throw new Error('only applicable for private data');
    this.#checkPermission(collection, 'write');
    this.#context.simulator.purgePrivateData(this.#context.namespace, collection, request.getKey());
    return undefined;
  }

  #getPrivateDataHash(payload: Uint8Array): Uint8Array | undefined {
    const request = peer.GetState.deserializeBinary(payload);
    const { simulator, namespace } = this.#context;
    this.#checkNoInit();
    return simulator.getPrivateDataHash(namespace, request.getCollection(), request.getKey())?.value;
  }

  #getMetadata(payload: Uint8Array): Uint8Array {
    const request = peer.GetStateMetadata.deserializeBinary(payload);
    const { simulator, namespace } = this.#context;
    const collection = request.getCollection();
    let metadata: KeyMetadata | undefined;
    if (collection === '') {
      metadata = simulator.getStateMetadata(namespace, request.getKey());
    } else {
      this.#checkPermission(collection, 'read');
      metadata = simulator.getPrivateDataMetadata(namespace, collection, request.getKey());
    }
    return newMetadataResult(metadata);
  }

  #putMetadata(request: peer.PutStateMetadata): undefined {
    const { simulator, namespace } = this.#context;
    const collection = request.getCollection();
    const key = request.getKey();
    const name = request.getMetadata()?.getMetakey() ?? '';
    const value = request.getMetadata()?.getValue_asU8() ?? new Uint8Array(0);
    if (collection === '') return simulator.setStateMetadata(namespace, key, name, value) as undefined;
    this.#checkPermission(collection, 'write');
    simulator.setPrivateDataMetadata({ namespace, collection, key }, name, value);
    return undefined;
  }

  #writeBatch(payload: Uint8Array): undefined {
    for (const record of peer.WriteBatchState.deserializeBinary(payload).getRecList()) {
      const target = new peer.PutState();
      target.setKey(record.getKey());
      target.setCollection(record.getCollection());
      target.setValue(record.getValue());
      this.#writeRecord(record, target);
    }
    return undefined;
  }

  #writeRecord(record: peer.WriteRecord, put: peer.PutState): void {
    const del = new peer.DelState();
    del.setKey(record.getKey());
    del.setCollection(record.getCollection());
    const type = peer.WriteRecord.Type;
    if (record.getType() === type.PUT_STATE) this.#putState(put);
    else if (record.getType() === type.DEL_STATE) this.#delState(del);
    else if (record.getType() === type.PURGE_PRIVATE_DATA) this.#purge(del);
    else if (record.getType() === type.PUT_STATE_METADATA) {
      const metadata = new peer.PutStateMetadata();
      metadata.setKey(record.getKey());
      metadata.setCollection(record.getCollection());
      metadata.setMetadata(record.getMetadata());
      this.#putMetadata(metadata);
    } else throw new Error('unknown operation type');
  }

  #getRange(payload: Uint8Array): Uint8Array {
    const request = peer.GetStateByRange.deserializeBinary(payload);
    const { simulator, namespace } = this.#context;
    const collection = request.getCollection();
    const page = toPage(request.getMetadata_asU8());
    if (collection !== '') {
      this.#checkPermission(collection, 'read');
      const range = simulator.openPrivateRange(namespace, collection, request.getStartkey(), request.getEndkey());
      return this.#queries.start(rowsOf(namespace, range), { limit: page?.size ?? 0 });
    }
    if (!page) {
      const range = simulator.openRange(namespace, request.getStartkey(), request.getEndkey());
      return this.#queries.start(rowsOf(namespace, range));
    }
    const start = page.bookmark === '' ? request.getStartkey() : page.bookmark;
    const range = simulator.openPage(namespace, start, request.getEndkey(), page.size);
    return this.#queries.start(rowsOf(namespace, range), { limit: page.size, paginated: true });
  }

  #query(payload: Uint8Array): never {
    const request = peer.GetQueryResult.deserializeBinary(payload);
    const collection = request.getCollection();
    if (collection !== '') this.#checkPermission(collection, 'read');
    const paginated = toPage(request.getMetadata_asU8()) !== undefined;
    return this.#context.simulator.query({ paginated, collection, namespace: this.#context.namespace });
  }

  #history(payload: Uint8Array): Uint8Array {
    return this.#queries.start(this.#context.history(peer.GetHistoryForKey.deserializeBinary(payload).getKey()));
  }

  #checkNoInit(): void {
    if (this.#context.isInit) throw new Error('private data APIs are not allowed in chaincode Init()');
  }

  #checkPermission(collection: string, kind: keyof CollectionPermission): void {
    this.#checkNoInit();
    let permission = this.#permissions.get(collection);
    if (!permission) this.#permissions.set(collection, (permission = this.#context.permission(collection)));
    if (permission[kind]) return;
    throw new Error(
      `tx creator does not have ${kind} access permission on privatedata in ` +
        `chaincodeName:${this.#context.namespace} collectionName: ${collection}`,
    );
  }
}

function rowsOf(namespace: string, range: RangeQuery): QueryRows {
  return {
    next: () => {
      const entry = range.next();
      return entry && newKeyValue(namespace, fromStateKey(entry.key), entry.value);
    },
    bookmark: () => range.bookmark(),
  };
}

function toPage(metadata: Uint8Array): { size: number; bookmark: string } | undefined {
  if (metadata.length === 0) return undefined;
  const query = peer.QueryMetadata.deserializeBinary(metadata);
  const page = { size: query.getPagesize(), bookmark: query.getBookmark() };
  return page.size === 0 && page.bookmark === '' ? undefined : page;
}

function newMetadataResult(metadata: KeyMetadata | undefined): Uint8Array {
  const result = new peer.StateMetadataResult();
  result.setEntriesList(
    [...(metadata ?? [])].map(([name, value]) => {
      const entry = new peer.StateMetadata();
      entry.setMetakey(name);
      entry.setValue(value);
      return entry;
    }),
  );
  return result.serializeBinary();
}
