import { common } from '@hyperledger/fabric-protos';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Material } from '../material/material';
import type { NetworkDefinition } from '../material/network-definition';
import { ChannelConfig } from '../protocol/channel-config';
import { newSigner, type Signer } from '../protocol/signer';
import { openDatabase } from '../storage/open-database';
import { LedgerStore } from './block-store/ledger-store';
import { BlockValidator } from './committer/block-validator';
import { Committer, type CommittedBlock } from './committer/committer';
import { TransactionCache } from './committer/transaction-cache';
import { ConfiguredChannel } from './configured-channel';
import { commitArgs, missingSequence, newCommitEnvelope } from './lifecycle-commit';
import { Orderer } from './orderer/orderer';
import { PrivateDataCoordinator, type PrivateDataHolder } from './private-data/private-data-coordinator';
import { PrivateStore } from './private-data/private-store';
import { TransientStore } from './private-data/transient-store';

const LEDGER_FILE = 'ledger.db';

/** What all members share: the channel, its blocks and state, ordering and committing. */
export class LedgerCore {
  readonly config: ChannelConfig;
  readonly channel: ConfiguredChannel;
  readonly store: LedgerStore;
  readonly holders: readonly PrivateDataHolder[];
  readonly privateData: PrivateDataCoordinator;
  readonly committer: Committer;
  readonly orderer: Orderer;
  readonly #cache = new TransactionCache();

  /** Opens or creates the state in a folder that this process holds alone. @throws StorageError. */
  constructor(definition: NetworkDefinition, material: Material, folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.store = new LedgerStore(openDatabase(join(folder, LEDGER_FILE)));
    const { blocks, state, definitions } = this.store;
    this.config = ChannelConfig.fromBlock(checkGenesis(blocks.get(0), material.genesisBlock));
    this.channel = new ConfiguredChannel(this.config);
    this.holders = definition.members.map(({ mspId }) => openHolder(folder, mspId, material));
    const { channel, holders } = this;
    this.privateData = new PrivateDataCoordinator({ channel, definitions, holders, hashed: state.current });
    const known = { has: (txId: string): boolean => blocks.locate(txId) !== undefined };
    const validator = new BlockValidator({ channel, state: state.current, definitions, known, verified: this.#cache });
    this.committer = new Committer({ store: this.store, validator, privateData: this.privateData, cache: this.#cache });
    this.orderer = this.#newOrderer(definition, material);
    if (blocks.height === 0) this.committer.commit(common.Block.deserializeBinary(material.genesisBlock));
    this.privateData.recover(blocks.height, (number) => this.#committedBlock(number));
    this.#commitDefinitions(definition, material);
  }

  close(): void {
    this.orderer.stop();
    this.store.close();
    for (const { store, transient } of this.holders) {
      store.close();
      transient.close();
    }
  }

  #newOrderer({ block }: NetworkDefinition, { orderer }: Material): Orderer {
    const { blocks } = this.store;
    const { committer } = this;
    return new Orderer({
      channel: this.channel,
      cache: this.#cache,
      signer: newSigner(orderer.mspId, orderer.node.certificatePem, orderer.node.privateKeyPem),
      limits: { ...block, cutWhenIdle: block.idleCutsAtOnce },
      sink: {
        get height() {
          return blocks.height;
        },
        get lastHash() {
          return blocks.lastHash;
        },
        commit: (cut) => void committer.commit(cut),
      },
    });
  }

  #committedBlock(number: number): CommittedBlock {
    const bytes = this.store.blocks.get(number) ?? new Uint8Array(0);
    const block = common.Block.deserializeBinary(bytes);
    const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
    const transactions = (block.getData()?.getDataList_asU8() ?? []).map((envelope) => this.#cache.parse(envelope));
    return { number, bytes, transactions, codes: codes ?? new Uint8Array(0) };
  }

  /** Brings the channel's chaincode definitions to what the network file says. */
  #commitDefinitions({ chaincodes, members, channel }: NetworkDefinition, material: Material): void {
    const endorsers = members.map(({ mspId }) => nodeSigner(material, mspId));
    const creator = firstUser(definitionCreator(members), material);
    for (const deployment of chaincodes) {
      const state = this.store.state.current;
      const sequence = missingSequence(deployment, state);
      if (sequence === undefined) continue;
      const args = commitArgs(deployment, sequence);
      const envelope = newCommitEnvelope({ channelId: channel, args, state, creator, endorsers });
      const answer = this.orderer.broadcastNow(envelope);
      if (missingSequence(deployment, state) !== undefined) {
        throw new Error(
          `chaincode ${deployment.name} could not be defined on the channel: ${answer.info || 'its transaction is invalid'}`,
        );
      }
    }
  }
}

/** The first block decides what this folder holds; keys of another network would make every signature worthless. */
function checkGenesis(stored: Uint8Array | undefined, expected: Uint8Array): Uint8Array {
  if (!stored) return expected;
  const dataOf = (bytes: Uint8Array): Uint8Array =>
    common.Block.deserializeBinary(bytes).getHeader()?.getDataHash_asU8() ?? new Uint8Array(0);
  if (Buffer.compare(dataOf(stored), dataOf(expected)) === 0) return stored;
  throw new Error('the ledger in this folder belongs to another network than its key material: use another folder');
}

function openHolder(folder: string, mspId: string, material: Material): PrivateDataHolder {
  const place = join(folder, 'members', mspId);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  return {
    mspId,
    peerIdentity: nodeSigner(material, mspId).serializedIdentity,
    store: new PrivateStore(openDatabase(join(place, 'private.db'))),
    transient: new TransientStore(openDatabase(join(place, 'transient.db'), { durability: 'process' })),
  };
}

export function nodeSigner({ organisations }: Material, mspId: string): Signer {
  const node = organisations[mspId]?.node;
  if (!node) throw new Error(`no key material for ${mspId}`);
  return newSigner(mspId, node.certificatePem, node.privateKeyPem);
}

function definitionCreator(members: NetworkDefinition['members']): { mspId: string; user: string } {
  const [first] = members;
  const user = first?.users.find(({ role }) => role === 'admin') ?? first?.users[0];
  if (!first || !user) throw new Error('the first member needs a user to define chaincodes');
  return { mspId: first.mspId, user: user.name };
}

function firstUser({ mspId, user }: { mspId: string; user: string }, { organisations }: Material): Signer {
  const keys = organisations[mspId]?.users[user];
  if (!keys) throw new Error(`no key material for ${user} of ${mspId}`);
  return newSigner(mspId, keys.certificatePem, keys.privateKeyPem);
}
