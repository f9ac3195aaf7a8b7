import type { Channel } from '../channel';
import { expiryBlock, privateCollections, type CommittedBlock, type PrivateDataCommit } from '../committer/committer';
import { Code } from '../committer/parsed-transaction';
import type { SimulationBytes } from '../endorser/endorser';
import { implicitOwner, type CollectionDefinition, type DefinitionCache } from '../world-state/chaincode-definitions';
import type { StateReader } from '../world-state/state';
import { sha256, type PrivateWrite } from './private-write';
import type { PrivateBlock, PrivateStore } from './private-store';
import type { TransientStore } from './transient-store';

/** One member's place for private data. */
export interface PrivateDataHolder {
  readonly mspId: string;
  /** The member's peer, whose certificate decides what it may hold. */
  readonly peerIdentity: Uint8Array;
  readonly store: PrivateStore;
  readonly transient: TransientStore;
}

/**
 * Brings private write sets to the members that may hold them, and nobody else.
 *
 * On a real network gossip does this between peers; here the members' stores are in one process, but each in a file
 * of its own, and the collection's member policy decides in the same way.
 *
 * @see fabric gossip/privdata/distributor.go, coordinator.go
 */
export class PrivateDataCoordinator implements PrivateDataCommit {
  readonly #channel: Channel;
  readonly #definitions: DefinitionCache;
  readonly #hashed: StateReader;
  readonly #holders: readonly PrivateDataHolder[];
  readonly #behind: CommittedBlock[] = [];

  constructor(options: {
    channel: Channel;
    definitions: DefinitionCache;
    hashed: StateReader;
    holders: readonly PrivateDataHolder[];
  }) {
    this.#channel = options.channel;
    this.#definitions = options.definitions;
    this.#hashed = options.hashed;
    this.#holders = options.holders;
  }

  /** Brings every member's store to the ledger's height after a start. */
  recover(height: number, blockOf: (number: number) => CommittedBlock): void {
    for (const { store } of this.#holders) {
      store.recover(height, this.#hashed, (number) => this.#toPrivateBlock(blockOf(number)));
    }
  }

  /**
   * The endorser keeps everything it simulated, as a peer does, whether its member may hold it or not: whoever lets a
   * peer endorse shows it the data.
   *
   * @throws Error with Fabric's wording when too few members could hold a collection's data.
   */
  distribute(endorser: string, txId: string, height: number, { privateWrites }: SimulationBytes): void {
    for (const { namespace, collection } of privateWrites) this.#checkPeerCount(endorser, namespace, collection);
    for (const holder of this.#holders) {
      const own = privateWrites.filter(
        ({ namespace, collection }) => holder.mspId === endorser || this.#mayHold(holder, namespace, collection),
      );
      holder.transient.put(txId, height, own);
    }
  }

  stage(block: CommittedBlock): void {
    this.#catchUp();
    const privateBlock = this.#toPrivateBlock(block);
    for (const holder of this.#holders) {
      const writes = this.#writesFor(holder, block);
      if (writes.length > 0) holder.store.stage(privateBlock, writes);
    }
  }

  /** The block counts already: whatever fails here is tried again before the next block. */
  apply(block: CommittedBlock): void {
    this.#behind.push(block);
    try {
      this.#catchUp();
    } catch {
      return;
    }
    const txIds = block.transactions.map(({ txId }) => txId);
    for (const { transient } of this.#holders) transient.purge(txIds, block.number);
  }

  #catchUp(): void {
    for (let block = this.#behind[0]; block; block = this.#behind[0]) {
      const privateBlock = this.#toPrivateBlock(block);
      for (const { store } of this.#holders) {
        if (store.applied < block.number && store.isTouchedBy(privateBlock)) store.apply(privateBlock, this.#hashed);
      }
      this.#behind.shift();
    }
  }

  #writesFor(holder: PrivateDataHolder, { transactions, codes }: CommittedBlock): PrivateWrite[] {
    return transactions.flatMap((transaction, txNumber) => {
      if (codes[txNumber] !== Code.VALID) return [];
      const wanted = privateCollections(transaction).filter(({ namespace, collection }) =>
        this.#mayHold(holder, namespace, collection),
      );
      if (wanted.length === 0) return [];
      const held = holder.transient.get(transaction.txId);
      return wanted.flatMap(({ namespace, collection, hash }) => {
        const found = held.find(
          (write) =>
            write.namespace === namespace && write.collection === collection && sha256(write.bytes).equals(hash),
        );
        return found ? [{ txNumber, namespace, collection, bytes: found.bytes }] : [];
      });
    });
  }

  #toPrivateBlock({ number, transactions, codes }: CommittedBlock): PrivateBlock {
    const purged = transactions.flatMap(({ action }, txNumber) => {
      if (codes[txNumber] !== Code.VALID || !action) return [];
      return action.readWriteSet.flatMap(({ namespace, collections }) =>
        collections.flatMap(({ collection, writes }) =>
          writes
            .filter(({ isPurge }) => isPurge)
            .map(({ key }) => ({
              namespace,
              collection,
              keyHash: Buffer.from(key, 'latin1'),
              txNumber,
            })),
        ),
      );
    });
    const expiresAt = (namespace: string, collection: string): number | undefined =>
      expiryBlock(this.#definitions, namespace, collection, number);
    return { number, purged, expiresAt };
  }

  #checkPeerCount(endorser: string, namespace: string, name: string): void {
    const required = this.#collection(namespace, name)?.requiredPeerCount ?? 0;
    if (required === 0) return;
    const eligible = this.#holders.filter(
      (holder) => holder.mspId !== endorser && this.#mayHold(holder, namespace, name),
    );
    if (eligible.length >= required) return;
    throw new Error(
      `could not build private data dissemination plan for chaincode ${namespace} and collection ${name}: ` +
        `required to disseminate to at least ${required} peers, but know of only ${eligible.length} eligible peers`,
    );
  }

  #mayHold({ mspId, peerIdentity }: PrivateDataHolder, namespace: string, name: string): boolean {
    const owner = implicitOwner(name);
    if (owner !== undefined) return owner === mspId;
    const collection = this.#collection(namespace, name);
    return collection !== undefined && this.#channel.isMember(collection.memberPolicy, peerIdentity);
  }

  #collection(namespace: string, name: string): CollectionDefinition | undefined {
    return this.#definitions.get(namespace)?.collections.find((candidate) => candidate.name === name);
  }
}
