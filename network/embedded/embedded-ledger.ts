import { join } from 'node:path';
import { ensureMaterial, type Material } from '../material/material';
import {
  loadNetworkDefinition,
  type ChaincodeDeployment,
  type MemberDefinition,
  type NetworkDefinition,
} from '../material/network-definition';
import { lockFolder, type FolderLock } from '../storage/folder-lock';
import { READERS } from './channel';
import { ChaincodeConnection } from './endorser/chaincode-connection';
import { ContractCaller } from './endorser/contract-caller';
import { Endorser } from './endorser/endorser';
import { ProposalChecker } from './endorser/proposal-checker';
import { LedgerCore, nodeSigner } from './ledger-core';
import { MemberLedger } from './ledger-view';
import type { PrivateDataHolder } from './private-data/private-data-coordinator';
import { BlockFeed } from './services/block-feed';
import { ChaincodeEvents } from './services/chaincode-events';
import {
  encodeBlock,
  encodeOrderedBlock,
  filteredBlockEncoder,
  privateBlockEncoder,
} from './services/deliver-encoding';
import { DeliverService } from './services/deliver-service';
import { DiscoveryService } from './services/discovery-service';
import { EndorsementPlanner } from './services/endorsement-planner';
import { GatewayService, type GatewayPeer } from './services/gateway-service';
import { MemberEndpoint, type EndpointServices } from './services/member-endpoint';
import { LedgerSystemContracts } from './services/system-contracts';
import { TransactionStatuses } from './services/transaction-statuses';

const TIME_WINDOW_MS = 15 * 60_000;
const DELIVER_CONCURRENCY = 2_500;

export interface LedgerOptions {
  /** The network as a file, or already read. */
  readonly network: string | NetworkDefinition;
  /** Where state lies; `ledger` in the network's folder when absent. */
  readonly dataFolder?: string;
  /** Longest run of a contract. */
  readonly executeTimeoutMs?: number;
}

/** A port that is taken, with the remedy in its message. */
export class PortBusyError extends Error {}

export interface RunningLedger {
  readonly definition: NetworkDefinition;
  readonly material: Material;
  /** host:port of each member's endpoint, by MSP id. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** Number of the next block. */
  readonly height: number;
  /** Connects to the contracts ahead of the first transaction; names those that do not answer. */
  warmUp(): Promise<string[]>;
  stop(): Promise<void>;
}

/**
 * Starts the development ledger: every member's endpoint in this process, its state in one folder.
 *
 * It has no fault tolerance: one process orders, and all members believe it.
 *
 * @throws NetworkDefinitionError, StorageError (BUSY when another process holds the folder), PortBusyError.
 */
export async function startEmbeddedLedger(options: LedgerOptions): Promise<RunningLedger> {
  const definition = typeof options.network === 'string' ? loadNetworkDefinition(options.network) : options.network;
  const folder = options.dataFolder ?? join(definition.folder, 'ledger');
  const lock = lockFolder(folder);
  try {
    const material = await ensureMaterial(definition);
    const core = new LedgerCore(definition, material, folder);
    const ledger = new Ledger({
      definition,
      material,
      core,
      lock,
      executeTimeoutMs: options.executeTimeoutMs ?? 30_000,
    });
    await ledger.listen().catch(async (error: unknown) => {
      await ledger.stop();
      throw error;
    });
    return ledger;
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface Member {
  readonly definition: MemberDefinition;
  readonly contracts: ReadonlyMap<string, ChaincodeConnection>;
  readonly endorser: Endorser;
  readonly endpoint: MemberEndpoint;
}

class Ledger implements RunningLedger {
  readonly definition: NetworkDefinition;
  readonly material: Material;
  readonly endpoints: Record<string, string> = {};
  readonly #core: LedgerCore;
  readonly #lock: FolderLock;
  readonly #executeTimeoutMs: number;
  readonly #checker: ProposalChecker;
  readonly #feed: BlockFeed;
  readonly #statuses: TransactionStatuses;
  readonly #events: ChaincodeEvents;
  readonly #members: readonly Member[];

  constructor(parts: {
    definition: NetworkDefinition;
    material: Material;
    core: LedgerCore;
    lock: FolderLock;
    executeTimeoutMs: number;
  }) {
    this.definition = parts.definition;
    this.material = parts.material;
    this.#core = parts.core;
    this.#lock = parts.lock;
    this.#executeTimeoutMs = parts.executeTimeoutMs;
    const { blocks } = this.#core.store;
    this.#checker = new ProposalChecker(this.#core.channel, TIME_WINDOW_MS);
    this.#feed = new BlockFeed(blocks);
    this.#statuses = new TransactionStatuses((txId) => blocks.locate(txId));
    this.#events = new ChaincodeEvents(this.#feed, (txId) => blocks.locate(txId));
    this.#members = this.#newMembers();
    this.#core.committer.onCommit(({ number, transactions, codes }) => {
      transactions.forEach(({ txId }, index) =>
        this.#statuses.committed(txId, { blockNumber: number, code: codes[index] as number }),
      );
      this.#feed.wake();
    });
  }

  get height(): number {
    return this.#core.store.blocks.height;
  }

  async listen(): Promise<void> {
    const { host } = this.definition;
    for (const {
      definition: { mspId, port },
      endpoint,
    } of this.#members) {
      const tls = this.material.organisations[mspId]?.tls;
      if (!tls) throw new Error(`no TLS key material for ${mspId}`);
      const bound = await endpoint.listen(host, port, tls).catch((error: Error) => {
        throw new PortBusyError(
          `port ${port} of ${mspId} is taken (${error.message}): stop what listens there, ` +
            `or give ${mspId} another port in the network file`,
        );
      });
      this.endpoints[mspId] = `${host}:${bound}`;
    }
  }

  async warmUp(): Promise<string[]> {
    const attempts = this.#members.flatMap(({ definition: { mspId }, contracts }) =>
      [...contracts].map(async ([name, connection]) => ((await connection.warmUp()) ? [] : [`${name} of ${mspId}`])),
    );
    return (await Promise.all(attempts)).flat();
  }

  stop(): Promise<void> {
    for (const { endpoint, contracts } of this.#members) {
      endpoint.close();
      for (const connection of contracts.values()) connection.close();
    }
    this.#core.close();
    this.#lock.release();
    return Promise.resolve();
  }

  #newMembers(): Member[] {
    const partial = this.definition.members.map((definition) => {
      const contracts = contractsOf(definition.mspId, this.definition.chaincodes);
      return { definition, contracts, endorser: this.#newEndorser(definition.mspId, contracts) };
    });
    const peers = new Map<string, GatewayPeer>(
      partial.map(({ definition, endorser }) => [
        definition.mspId,
        { endorser, address: `${this.definition.host}:${definition.port}` },
      ]),
    );
    const planner = new EndorsementPlanner({
      channel: this.#core.channel,
      config: this.#core.config,
      definitions: this.#core.store.definitions,
      peers: partial.map(({ definition: { mspId }, contracts }) => ({
        mspId,
        identity: this.#holder(mspId).peerIdentity,
        runs: (chaincode) => contracts.has(chaincode) && this.#core.store.definitions.get(chaincode) !== undefined,
      })),
    });
    const discovery = this.#newDiscovery(partial, planner);
    return partial.map((member) => ({ ...member, endpoint: this.#newEndpoint(member, peers, planner, discovery) }));
  }

  #newDiscovery(members: readonly Omit<Member, 'endpoint'>[], planner: EndorsementPlanner): DiscoveryService {
    const { channel, config, store } = this.#core;
    return new DiscoveryService({
      channel,
      config,
      definitions: store.definitions,
      planner,
      peers: members.map(({ definition: { mspId, port }, contracts }) => ({
        mspId,
        address: `${this.definition.host}:${port}`,
        identity: this.#holder(mspId).peerIdentity,
        chaincodes: [...contracts.keys()],
      })),
      height: () => store.blocks.height,
    });
  }

  #newEndorser(mspId: string, connections: ReadonlyMap<string, ChaincodeConnection>): Endorser {
    const { channel, store, privateData } = this.#core;
    const ledger = new MemberLedger(store, this.#holder(mspId).store, channel.organisations);
    const signer = nodeSigner(this.material, mspId);
    const contracts = new ContractCaller({
      channel,
      definitions: store.definitions,
      connections,
      history: ledger,
      executeTimeoutMs: this.#executeTimeoutMs,
    });
    return new Endorser({
      mspId,
      channel,
      checker: this.#checker,
      ledger,
      contracts,
      system: new LedgerSystemContracts(channel, store.blocks, store.definitions),
      distributor: { distribute: (txId, bytes) => privateData.distribute(mspId, txId, ledger.height, bytes) },
      signer: {
        serializedIdentity: signer.serializedIdentity,
        sign: async (message) => {
          const signature = await signer.signAside(message);
          channel.noteVerified({ identity: signer.serializedIdentity, message, signature });
          return signature;
        },
      },
    });
  }

  #newEndpoint(
    { definition: { mspId }, endorser }: Pick<Member, 'definition' | 'endorser'>,
    peers: ReadonlyMap<string, GatewayPeer>,
    planner: EndorsementPlanner,
    discovery: DiscoveryService,
  ): MemberEndpoint {
    const { channel, orderer, store } = this.#core;
    const gateway = new GatewayService({
      mspId,
      channel,
      peers,
      planner,
      checker: this.#checker,
      orderer,
      statuses: this.#statuses,
    });
    const rules: EndpointServices['rules'] = {
      block: { policy: READERS, encode: encodeBlock },
      filtered: { policy: READERS, encode: filteredBlockEncoder(channel.id) },
      withPrivateData: {
        policy: READERS,
        encode: privateBlockEncoder(channel, store.definitions, this.#holder(mspId).store),
      },
      ordered: { policy: '/Channel/Readers', encode: encodeOrderedBlock },
    };
    const deliver = new DeliverService(channel, this.#feed, TIME_WINDOW_MS);
    return new MemberEndpoint(
      { gateway, events: this.#events, endorser, deliver, discovery, orderer, rules },
      {
        gateway: this.definition.gatewayConcurrency,
        endorser: this.definition.endorserConcurrency,
        deliver: DELIVER_CONCURRENCY,
      },
    );
  }

  #holder(mspId: string): PrivateDataHolder {
    const holder = this.#core.holders.find((candidate) => candidate.mspId === mspId);
    if (!holder) throw new Error(`no private data store of ${mspId}`);
    return holder;
  }
}

function contractsOf(mspId: string, chaincodes: readonly ChaincodeDeployment[]): Map<string, ChaincodeConnection> {
  const connections = new Map<string, ChaincodeConnection>();
  for (const { name, services } of chaincodes) {
    const address = services[mspId];
    if (address !== undefined) connections.set(name, new ChaincodeConnection({ name, address }));
  }
  return connections;
}
