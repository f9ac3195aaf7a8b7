import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureMaterial, type Material } from '../material/material';
import type { MemberDefinition, NetworkDefinition } from '../material/network-definition';
import { channelProfile, PROFILE } from './channel-profile';
import { runCommand, until } from './commands';
import { Layout, nodePorts } from './layout';
import { adminEnvironment, Lifecycle } from './lifecycle';
import { writeLocalMsp, writeOrganisationMsp, writeTls } from './msp-folders';
import { ordererConfig, peerConfig, type NodeConfigContext } from './node-config';
import { NodeProcess } from './node-process';
import { findRelease, type FabricRelease } from './release';

export interface FabricNetworkOptions {
  readonly definition: NetworkDefinition;
  readonly release?: FabricRelease;
  readonly onProgress?: (text: string) => void;
}

/**
 * A real Fabric network on this host, made from the same definition and with the same key material as the embedded
 * ledger: one peer for each member and one Raft ordering node, as processes of the release's own binaries.
 */
export class FabricNetwork {
  readonly #context: NodeConfigContext;
  readonly #material: Material;
  readonly #onProgress: (text: string) => void;
  readonly #orderer: NodeProcess;
  readonly #peers: ReadonlyMap<string, NodeProcess>;

  private constructor(context: NodeConfigContext, material: Material, onProgress: (text: string) => void) {
    this.#context = context;
    this.#material = material;
    this.#onProgress = onProgress;
    const { definition, layout, release } = context;
    const { orderer, peer } = release.binaries;
    this.#orderer = new NodeProcess(layout.node(layout.orderer), orderer);
    this.#peers = new Map(
      definition.members.map(({ mspId }) => [mspId, new NodeProcess(layout.node(mspId), peer, ['node', 'start'])]),
    );
  }

  /** Writes what the nodes need; starts nothing. @throws FabricError BINARIES_MISSING, BINARIES_TOO_OLD, COMMAND_FAILED. */
  static async prepare(options: FabricNetworkOptions): Promise<FabricNetwork> {
    const { definition, release = findRelease(), onProgress = () => undefined } = options;
    const layout = new Layout(definition);
    const context = { definition, layout, release, ports: await nodePorts(definition, layout) };
    const network = new FabricNetwork(context, await ensureMaterial(definition), onProgress);
    network.#writeNodes();
    if (!existsSync(layout.genesisBlock)) await network.#writeGenesisBlock();
    return network;
  }

  /** Serialised block 0 lies here. */
  get genesisBlock(): string {
    return this.#context.layout.genesisBlock;
  }

  /** Process ids of the nodes that run, by name: `orderer`, or a member's MSP id. */
  get running(): Readonly<Record<string, number>> {
    const nodes = [['orderer', this.#orderer] as const, ...this.#peers];
    return Object.fromEntries(nodes.flatMap(([name, { pid }]) => (pid === undefined ? [] : [[name, pid]])));
  }

  /**
   * Starts the nodes, joins them to the channel and defines the contracts; ready when every member can endorse and
   * order. What was done before stays as it is.
   *
   * @throws FabricError COMMAND_FAILED, NOT_READY naming what did not come about, ADMIN_MISSING.
   */
  async up(): Promise<void> {
    const { members, chaincodes } = this.#context.definition;
    this.#orderer.start();
    for (const peer of this.#peers.values()) peer.start();
    this.#onProgress('the ordering node joins the channel');
    await until(`the ordering node serves (log: ${this.#orderer.logFile})`, () => this.#joinOrderer());
    await until('the ordering nodes have a leader', () => this.#hasLeader());
    this.#onProgress('the peers join the channel');
    await Promise.all(members.map((member) => this.#joinPeer(member)));
    await Promise.all(members.map((member) => this.#awaitNeighbours(member)));
    const lifecycle = new Lifecycle(this.#context);
    for (const chaincode of chaincodes) {
      this.#onProgress(`contract ${chaincode.name} is installed, approved and committed`);
      await lifecycle.deploy(chaincode);
    }
  }

  async down(): Promise<void> {
    await Promise.all([...this.#peers.values(), this.#orderer].map((node) => node.stop()));
  }

  /** Deletes keys, configuration and state of the real network; the nodes must be down. */
  purge(): void {
    rmSync(this.#context.layout.folder, { recursive: true, force: true });
  }

  #writeNodes(): void {
    const { definition, layout } = this.#context;
    const { organisations, orderer } = this.#material;
    for (const member of definition.members) {
      const organisation = organisations[member.mspId] as Material['orderer'];
      writeOrganisationMsp(layout.organisation(member.mspId), organisation);
      writeLocalMsp(layout.msp(member.mspId), organisation, organisation.node);
      writeTls(join(layout.node(member.mspId), 'tls'), organisation);
      const admin = member.users.find(({ role }) => role === 'admin');
      const keys = admin && organisation.users[admin.name];
      if (keys) writeLocalMsp(layout.admin(member.mspId), organisation, keys);
      writeYaml(join(layout.node(member.mspId), 'core.yaml'), peerConfig(member, this.#context));
    }
    writeOrganisationMsp(layout.organisation(orderer.mspId), orderer);
    writeLocalMsp(layout.msp(layout.orderer), orderer, orderer.node);
    writeTls(join(layout.node(layout.orderer), 'tls'), orderer);
    writeYaml(join(layout.node(layout.orderer), 'orderer.yaml'), ordererConfig(this.#context));
  }

  async #writeGenesisBlock(): Promise<void> {
    const { definition, layout, release } = this.#context;
    writeYaml(join(layout.folder, 'configtx.yaml'), channelProfile(definition, this.#context));
    const args = ['-profile', PROFILE, '-channelID', definition.channel, '-outputBlock', layout.genesisBlock];
    await runCommand(release.binaries.configtxgen, args, { FABRIC_CFG_PATH: layout.folder });
  }

  async #joinOrderer(): Promise<true> {
    const { definition, layout, ports, release } = this.#context;
    const { channel, host } = definition;
    const to = ['-o', `${host}:${ports.orderer.admin}`, '--ca-file', layout.tls(layout.orderer, 'ca.crt')];
    const certificate = layout.tls(layout.orderer, 'server.crt');
    const as = ['--client-cert', certificate, '--client-key', layout.tls(layout.orderer, 'server.key')];
    const { osnadmin } = release.binaries;
    const listed = await runCommand(osnadmin, ['channel', 'list', ...to, ...as], {});
    if (listed.stdout.includes(`"name": "${channel}"`)) return true;
    const join = ['channel', 'join', '--channelID', channel, '--config-block', layout.genesisBlock];
    const joined = await runCommand(osnadmin, [...join, ...to, ...as], {});
    if (joined.stdout.includes('Status: 201')) return true;
    throw new Error(joined.stdout.trim());
  }

  async #hasLeader(): Promise<true | undefined> {
    const metrics = await this.#metrics(this.#context.ports.orderer.operations);
    return (metrics.get('consensus_etcdraft_is_leader') ?? 0) === 1 ? true : undefined;
  }

  async #joinPeer(member: MemberDefinition): Promise<void> {
    const { channel } = this.#context.definition;
    const environment = adminEnvironment(member, this.#context);
    const { peer } = this.#context.release.binaries;
    const log = this.#peers.get(member.mspId)?.logFile ?? '';
    await until(`the peer of ${member.mspId} serves (log: ${log})`, async () => {
      const listed = await runCommand(peer, ['channel', 'list'], environment);
      if (listed.stdout.split('\n').includes(channel)) return true;
      await runCommand(peer, ['channel', 'join', '-b', this.genesisBlock], environment);
      return true;
    });
  }

  async #awaitNeighbours({ mspId }: MemberDefinition): Promise<void> {
    const others = this.#context.definition.members.length - 1;
    const port = this.#context.ports.peers[mspId]?.operations ?? 0;
    await until(`the peer of ${mspId} sees the other members`, async () =>
      ((await this.#metrics(port)).get('gossip_membership_total_peers_known') ?? 0) >= others ? true : undefined,
    );
  }

  /** A node's figures, each summed over its labels. */
  async #metrics(port: number): Promise<Map<string, number>> {
    const answer = await fetch(`http://${this.#context.definition.host}:${port}/metrics`);
    const sums = new Map<string, number>();
    for (const [, name = '', value] of (await answer.text()).matchAll(/^(\w+)(?:\{[^\n]*\})? (\S+)$/gm)) {
      sums.set(name, (sums.get(name) ?? 0) + Number(value));
    }
    return sums;
  }
}

function writeYaml(file: string, value: object): void {
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(file, stringify(value), { mode: 0o600 });
}
