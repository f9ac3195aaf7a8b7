import { existsSync, rmSync } from 'node:fs';
import { ensureMaterial } from '../material/material';
import type { NetworkDefinition } from '../material/network-definition';
import { FabricError } from './fabric-error';
import { Layout } from './layout';
import { Lifecycle } from './lifecycle';
import type { NodeContext } from './node-config';
import { writeNodeFiles } from './node-files';
import { NodeProcess } from './node-process';
import { awaitLeader, awaitNeighbours, joinOrderer, joinPeer, leaderOf, readMetrics } from './readiness';
import { findRelease, type FabricRelease } from './release';
import { endpointOf, layOut, type OrdererNode, type PeerNode } from './topology';

export interface FabricNetworkOptions {
  readonly definition: NetworkDefinition;
  /** The release's binaries; looked for in `FABRIC_BIN` and on the `PATH` when absent. */
  readonly release?: FabricRelease;
  readonly onProgress?: (text: string) => void;
}

/** How one node fares. */
export interface NodeStatus {
  readonly name: string;
  readonly kind: 'orderer' | 'peer';
  readonly mspId: string;
  readonly endpoint: string;
  /** Process id, undefined when it does not run. */
  readonly pid: number | undefined;
  /** Blocks it has, undefined when it does not answer. */
  readonly height: number | undefined;
  readonly isLeader: boolean;
  readonly logFile: string;
}

/**
 * A real Fabric network on this host, made from the same definition and with the same key material as the embedded
 * ledger: every member's peers and the ordering nodes, as processes of the release's own binaries that outlive us.
 */
export class FabricNetwork {
  /** What the network consists of; for those who change it. */
  readonly context: NodeContext;
  readonly #onProgress: (text: string) => void;
  readonly #processes: ReadonlyMap<string, NodeProcess>;

  private constructor(context: NodeContext, onProgress: (text: string) => void) {
    this.context = context;
    this.#onProgress = onProgress;
    const { layout, release, topology } = context;
    const { orderer, peer } = release.binaries;
    this.#processes = new Map([
      ...topology.orderers.map(({ name }) => [name, new NodeProcess(layout.node(name), orderer)] as const),
      ...topology.peers.map(({ name }) => [name, new NodeProcess(layout.node(name), peer, ['node', 'start'])] as const),
    ]);
  }

  /**
   * Writes what the nodes need; starts nothing.
   *
   * @throws FabricError BINARIES_MISSING, BINARIES_TOO_OLD, TOPOLOGY_CHANGED, COMMAND_FAILED.
   */
  static async prepare(options: FabricNetworkOptions): Promise<FabricNetwork> {
    const network = await FabricNetwork.#open(options);
    await writeNodeFiles(network.context, await ensureMaterial(options.definition));
    return network;
  }

  /**
   * A network that was prepared before.
   *
   * @throws FabricError NETWORK_MISSING, BINARIES_MISSING, BINARIES_TOO_OLD, TOPOLOGY_CHANGED.
   */
  static attach(options: FabricNetworkOptions): Promise<FabricNetwork> {
    const { folder, topology } = new Layout(options.definition);
    if (existsSync(topology)) return FabricNetwork.#open(options);
    const message = `there is no network in ${folder}: start one with "concordat network up"`;
    return Promise.reject(new FabricError('NETWORK_MISSING', message));
  }

  static async #open(options: FabricNetworkOptions): Promise<FabricNetwork> {
    const { definition, release = findRelease(), onProgress = () => undefined } = options;
    const layout = new Layout(definition);
    const topology = await layOut(definition, layout.topology);
    return new FabricNetwork({ definition, layout, release, topology }, onProgress);
  }

  /** Serialised block 0 lies here. */
  get genesisBlock(): string {
    return this.context.layout.genesisBlock;
  }

  /**
   * Starts the nodes, joins them to the channel and defines the contracts; ready when every member can endorse and
   * order. What was done before stays as it is.
   *
   * @throws FabricError COMMAND_FAILED, NOT_READY naming what did not come about, ADMIN_MISSING.
   */
  async up(): Promise<void> {
    const { definition, topology } = this.context;
    const { orderers, peers } = topology;
    for (const node of this.#processes.values()) node.start();
    this.#onProgress(`${orderers.length} ordering nodes (${topology.consensus}) join channel ${definition.channel}`);
    await Promise.all(orderers.map((orderer) => joinOrderer(orderer, this.logOf(orderer.name), this.context)));
    await awaitLeader(this.context);
    this.#onProgress(`${peers.length} peers join`);
    await Promise.all(peers.map((peer) => joinPeer(peer, this.logOf(peer.name), this.context)));
    await Promise.all(peers.map((peer) => awaitNeighbours(peer, this.context)));
    for (const chaincode of definition.chaincodes) {
      this.#onProgress(`contract ${chaincode.name}: installed, approved by every member, committed`);
      await this.lifecycle.deploy(chaincode);
    }
  }

  /** The life cycle of this network's contracts. */
  get lifecycle(): Lifecycle {
    return new Lifecycle(this.context);
  }

  /** How every node fares, ordering nodes first. */
  async status(): Promise<NodeStatus[]> {
    const { topology } = this.context;
    const leader = await leaderOf(this.context);
    const nodes = [
      ...topology.orderers.map((node) => ({ ...node, kind: 'orderer' as const })),
      ...topology.peers.map((node) => ({ ...node, kind: 'peer' as const })),
    ];
    return Promise.all(
      nodes.map(async (node) => ({
        name: node.name,
        kind: node.kind,
        mspId: node.mspId,
        endpoint: endpointOf(node),
        pid: this.#processes.get(node.name)?.pid,
        height: await this.#height(node),
        isLeader: node.name === leader,
        logFile: this.logOf(node.name),
      })),
    );
  }

  /** Stops one node as it is told, all others go on: for tests of faults and for maintenance. */
  async stopNode(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.#processes.get(name)?.stop(signal);
  }

  startNode(name: string): void {
    this.#processes.get(name)?.start();
  }

  async down(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((node) => node.stop()));
  }

  /** Deletes keys of further nodes, configuration and state of the real network; the nodes must be down. */
  purge(): void {
    rmSync(this.context.layout.folder, { recursive: true, force: true });
  }

  async #height({
    kind,
    host,
    ports,
  }: (OrdererNode | PeerNode) & Pick<NodeStatus, 'kind'>): Promise<number | undefined> {
    const metrics = await readMetrics(host, ports.operations);
    if (kind === 'peer') return metrics?.get('ledger_blockchain_height');
    const { consensus } = this.context.topology;
    const last = metrics?.get(`consensus_${consensus === 'raft' ? 'etcdraft' : 'BFT'}_committed_block_number`);
    return last === undefined ? undefined : last + 1;
  }

  logOf(name: string): string {
    return this.#processes.get(name)?.logFile ?? '';
  }
}
