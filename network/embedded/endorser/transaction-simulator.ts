import {
  implicitCollection,
  LIFECYCLE,
  readDefinition,
  type ChaincodeDefinition,
} from '../world-state/chaincode-definitions';
import type { StateSnapshot } from '../world-state/snapshot-store';
import { fromStateKey, hashedNamespace, privateNamespace, stateKeyOfBytes, toStateKey } from '../world-state/state-key';
import { sameVersion, type StateEntry, type Version, type VersionedValue } from '../world-state/state';
import { deserializeMetadata, type KeyMetadata } from '../world-state/key-metadata';
import { RangeIterator } from '../world-state/range-iterator';
import { keyHash, ReadWriteSetBuilder, type KeyRead, type NamespaceChanges } from './read-write-set-builder';

/** Keys written and the metadata they had: what the gateway needs to find the endorsers. */
export interface WrittenKey {
  readonly namespace: string;
  /** Empty for a public key. */
  readonly collection: string;
  readonly metadata: KeyMetadata | undefined;
}

export interface SimulationResult {
  readonly namespaces: readonly NamespaceChanges[];
  readonly writtenKeys: readonly WrittenKey[];
  /** Collections whose private values (not only hashes) were read: chaincode, then names. */
  readonly privateReads: ReadonlyMap<string, ReadonlySet<string>>;
}

/** An open range query of a contract. */
export interface RangeQuery {
  next(): StateEntry | undefined;
  bookmark(): string;
}

const EMPTY = new Uint8Array(0);

/**
 * One transaction's view of the ledger: reads a snapshot, gathers writes, never reads its own writes.
 *
 * @see fabric core/ledger/kvledger/txmgmt/txmgr/tx_simulator.go, query_executor.go
 */
export class TransactionSimulator {
  readonly #txId: string;
  readonly #state: StateSnapshot;
  readonly #privateState: StateSnapshot;
  readonly #organisations: readonly string[];
  readonly #builder = new ReadWriteSetBuilder();
  readonly #written = new Map<string, WrittenKey>();
  readonly #privateReads = new Map<string, Set<string>>();
  readonly #collections = new Map<string, ReadonlySet<string>>();
  readonly #openRanges: (() => void)[] = [];
  #wrote = false;
  #paginated = false;
  #queriedPrivate = false;

  constructor(options: {
    txId: string;
    state: StateSnapshot;
    privateState: StateSnapshot;
    /** MSP ids of the channel's application organisations: each has an implicit collection. */
    organisations: readonly string[];
  }) {
    this.#txId = options.txId;
    this.#state = options.state;
    this.#privateState = options.privateState;
    this.#organisations = options.organisations;
  }

  getState(namespace: string, key: string): VersionedValue | undefined {
    const held = this.#state.get(namespace, toStateKey(key));
    this.#builder.addRead(namespace, key, held?.version ?? null);
    return held;
  }

  getStateMetadata(namespace: string, key: string): KeyMetadata | undefined {
    return deserializeMetadata(this.getState(namespace, key)?.metadata);
  }

  setState(namespace: string, key: string, value: Uint8Array): void {
    this.#checkWrite();
    this.#builder.addWrite(namespace, key, value);
    this.#noteWritten(namespace, '', key);
  }

  setStateMetadata(namespace: string, key: string, name: string, value: Uint8Array): void {
    this.#checkWrite();
    this.#builder.addMetadataWrite(namespace, key, [{ name, value }]);
    this.#noteWritten(namespace, '', key);
  }

  /** A page of a range; a transaction that used one must not write. `pageSize` 0 means no limit. */
  openPage(namespace: string, startKey: string, endKey: string, pageSize: number): RangeQuery {
    if (this.#wrote)
      throw new Error(this.#unsupported('Paginated queries are supported only in a read-only transaction'));
    this.#paginated = true;
    return this.openRange(namespace, startKey, endKey, pageSize);
  }

  openRange(namespace: string, startKey: string, endKey: string, pageSize = 0): RangeQuery {
    const range = { namespace, start: toStateKey(startKey), end: toStateKey(endKey) };
    const iterator = new RangeIterator(this.#state, range, pageSize);
    const reads: KeyRead[] = [];
    let lastKey = '';
    let itrExhausted = false;
    this.#openRanges.push(() => {
      const end = itrExhausted ? endKey : lastKey;
      this.#builder.addRange(namespace, { startKey, endKey: end, itrExhausted, reads });
    });
    return {
      next: () => {
        const entry = iterator.next();
        itrExhausted = entry === undefined;
        if (entry) reads.push({ key: (lastKey = fromStateKey(entry.key)), version: entry.version });
        return entry;
      },
      bookmark: () => fromStateKey(iterator.bookmark()),
    };
  }

  getPrivateData(namespace: string, collection: string, key: string): Uint8Array | undefined {
    this.#checkCollection(namespace, collection);
    const held = this.#privateState.get(privateNamespace(namespace, collection), toStateKey(key));
    const hashed = this.#hashed(namespace, collection, key);
    if (!sameVersion(hashed?.version, held?.version)) {
      throw new Error(
        'private data matching public hash version is not available. Public hash version = ' +
          `${formatVersion(hashed?.version)}, Private data version = ${formatVersion(held?.version)}`,
      );
    }
    this.#builder.addPrivateRead(namespace, collection, { key, version: held?.version ?? null });
    this.#notePrivateRead(namespace, collection);
    return held?.value;
  }

  getPrivateDataHash(namespace: string, collection: string, key: string): VersionedValue | undefined {
    this.#checkCollection(namespace, collection);
    const hashed = this.#hashed(namespace, collection, key);
    this.#builder.addPrivateRead(namespace, collection, { key, version: hashed?.version ?? null });
    return hashed;
  }

  getPrivateDataMetadata(namespace: string, collection: string, key: string): KeyMetadata | undefined {
    return deserializeMetadata(this.getPrivateDataHash(namespace, collection, key)?.metadata);
  }

  setPrivateData(namespace: string, collection: string, key: string, value: Uint8Array): void {
    this.#writePrivate(namespace, collection, { key, value, isDelete: value.length === 0, isPurge: false });
  }

  purgePrivateData(namespace: string, collection: string, key: string): void {
    this.#writePrivate(namespace, collection, { key, value: EMPTY, isDelete: true, isPurge: true });
  }

  setPrivateDataMetadata(
    at: { namespace: string; collection: string; key: string },
    name: string,
    value: Uint8Array,
  ): void {
    this.#checkCollection(at.namespace, at.collection);
    this.#checkWrite();
    this.#builder.addPrivateMetadataWrite(at.namespace, at.collection, { key: at.key, entries: [{ name, value }] });
    this.#noteWritten(at.namespace, at.collection, at.key);
  }

  /** Private ranges leave no trace in the read set, so a transaction that used one must not write. */
  openPrivateRange(namespace: string, collection: string, startKey: string, endKey: string): RangeQuery {
    if (this.#wrote)
      throw new Error(this.#unsupported('Queries on pvt data is supported only in a read-only transaction'));
    this.#queriedPrivate = true;
    this.#checkCollection(namespace, collection);
    const range = {
      namespace: privateNamespace(namespace, collection),
      start: toStateKey(startKey),
      end: toStateKey(endKey),
    };
    const iterator = new RangeIterator(this.#privateState, range);
    return { next: () => iterator.next(), bookmark: () => '' };
  }

  /** The definition of a chaincode, with its keys in the read set. */
  definition(chaincode: string): ChaincodeDefinition | undefined {
    return readDefinition((key) => this.getState(LIFECYCLE, key)?.value, chaincode);
  }

  /** A JSON query, which the state of this ledger, as of a peer with LevelDB, does not offer. */
  query(options: { paginated: boolean; collection: string; namespace: string }): never {
    if (options.collection !== '') {
      if (this.#wrote)
        throw new Error(this.#unsupported('Queries on pvt data is supported only in a read-only transaction'));
      this.#checkCollection(options.namespace, options.collection);
    } else if (options.paginated) {
      if (this.#wrote)
        throw new Error(this.#unsupported('Paginated queries are supported only in a read-only transaction'));
      throw new Error('ExecuteQueryWithMetadata not supported for leveldb');
    }
    throw new Error('ExecuteQuery not supported for leveldb');
  }

  /** The gathered changes; call it once, when the contract has answered. */
  results(): SimulationResult {
    for (const close of this.#openRanges.splice(0)) close();
    return {
      namespaces: this.#builder.build(),
      writtenKeys: [...this.#written.values()],
      privateReads: this.#privateReads,
    };
  }

  release(): void {
    this.#state.release();
    this.#privateState.release();
  }

  #writePrivate(
    namespace: string,
    collection: string,
    change: { key: string; value: Uint8Array; isDelete: boolean; isPurge: boolean },
  ): void {
    this.#checkCollection(namespace, collection);
    this.#checkWrite();
    this.#builder.addPrivateWrite(namespace, collection, change);
    this.#noteWritten(namespace, collection, change.key);
  }

  #hashed(namespace: string, collection: string, key: string): VersionedValue | undefined {
    return this.#state.get(hashedNamespace(namespace, collection), stateKeyOfBytes(keyHash(key)));
  }

  /** The definition is read through this simulation, so that an upgrade of the contract conflicts with it. */
  #checkCollection(namespace: string, collection: string): void {
    let names = this.#collections.get(namespace);
    if (!names) this.#collections.set(namespace, (names = this.#collectionNames(namespace)));
    if (!names.has(collection)) {
      throw new Error(`collection [${collection}] not defined in the collection config for chaincode [${namespace}]`);
    }
  }

  #collectionNames(namespace: string): ReadonlySet<string> {
    const definition = this.definition(namespace);
    const explicit = definition?.collections.map(({ name }) => name) ?? [];
    return new Set([...explicit, ...this.#organisations.map(implicitCollection)]);
  }

  #checkWrite(): void {
    if (this.#queriedPrivate) {
      throw new Error(
        this.#unsupported('Transaction has already performed queries on pvt data. Writes are not allowed'),
      );
    }
    if (this.#paginated) {
      throw new Error(this.#unsupported('Transaction has already performed a paginated query. Writes are not allowed'));
    }
    this.#wrote = true;
  }

  /** "unsuppored" is Fabric's own spelling, which clients may match. */
  #unsupported(reason: string): string {
    return `txid [${this.#txId}]: unsuppored transaction. ${reason}`;
  }

  #noteWritten(namespace: string, collection: string, key: string): void {
    const held =
      collection === '' ? this.#state.get(namespace, toStateKey(key)) : this.#hashed(namespace, collection, key);
    const written = { namespace, collection, metadata: deserializeMetadata(held?.metadata) };
    this.#written.set(`${namespace}\u0000${collection}\u0000${key}`, written);
  }

  #notePrivateRead(namespace: string, collection: string): void {
    let names = this.#privateReads.get(namespace);
    if (!names) this.#privateReads.set(namespace, (names = new Set()));
    names.add(collection);
  }
}

function formatVersion(version: Version | undefined): string {
  return version ? `{BlockNum: ${version.blockNumber}, TxNum: ${version.txNumber}}` : '<nil>';
}
