import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaincodeDeployment } from '../material/network-definition';
import { newServicePackage } from './chaincode-package';
import { runCommand, until, type CommandOutput } from './commands';
import { collectionsConfig, definitionArguments } from './definition-arguments';
import { FabricError } from './fabric-error';
import type { NodeContext } from './node-config';
import { endpointOf, type PeerNode, type Topology } from './topology';

export interface CommittedDefinition {
  readonly version: string;
  readonly sequence: number;
}

/** Where a contract stands between the network file and the channel. */
export interface ChaincodeStatus {
  readonly committed: CommittedDefinition | undefined;
  /** MSP id → whether it approved the definition that would come next. */
  readonly approvals: Readonly<Record<string, boolean>>;
  /** Peer → labels of this contract's packages on it. */
  readonly installed: Readonly<Record<string, readonly string[]>>;
}

/** A peer's words for an approval that differs from the definition that stands. @see fabric core/chaincode/lifecycle */
const OTHER_PARAMETERS = /redefine|different parameters|does not match|unchanged content/i;

/** Fabric's chaincode life cycle by its own `peer` command, as the administrators of the members. */
export class Lifecycle {
  readonly #context: NodeContext;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /**
   * Installs, approves and commits a contract, unless one of its name is committed already.
   *
   * @throws FabricError COMMAND_FAILED, ADMIN_MISSING, NOT_READY.
   */
  async deploy(chaincode: ChaincodeDeployment): Promise<void> {
    if (await this.committed(chaincode.name)) return;
    await this.#roll(chaincode);
  }

  /**
   * Brings the channel to the definition's version: new packages on every peer, every member's approval, one commit.
   *
   * Transactions under way when it commits end as conflicts, since each read the old sequence; whoever sends them again
   * loses nothing. Answers whether anything had to be done.
   *
   * @throws FabricError COMMAND_FAILED, ADMIN_MISSING, NOT_READY.
   */
  async upgrade(chaincode: ChaincodeDeployment): Promise<boolean> {
    if ((await this.committed(chaincode.name))?.version === chaincode.version) return false;
    await this.#roll(chaincode);
    return true;
  }

  /**
   * Lets a member that came later take part in a contract: its peers get the package and it approves the definition that
   * stands. Where the network file's definition has changed with it (a policy that names the members), all approve the new
   * one.
   *
   * @throws FabricError COMMAND_FAILED, ADMIN_MISSING, NOT_READY.
   */
  async join(chaincode: ChaincodeDeployment, mspId: string): Promise<void> {
    await this.install(chaincode, mspId);
    const peer = this.#firstPeers().find((candidate) => candidate.mspId === mspId);
    const committed = await this.committed(chaincode.name);
    if (peer === undefined || committed === undefined) return;
    if (await this.#hasApproved(peer, chaincode.name, committed.sequence)) return;
    const standing = this.#definitionArguments({ ...chaincode, version: committed.version }, committed.sequence);
    try {
      await this.#approve(peer, chaincode, standing);
    } catch (error) {
      if (!(error instanceof FabricError) || !OTHER_PARAMETERS.test(error.message)) throw error;
      await this.#roll(chaincode);
    }
  }

  /** Puts a contract's package on the peers of one member, or of all. @throws FabricError COMMAND_FAILED. */
  async install(chaincode: ChaincodeDeployment, mspId?: string): Promise<void> {
    const peers = this.#context.topology.peers.filter((peer) => mspId === undefined || peer.mspId === mspId);
    await Promise.all(peers.map((peer) => this.#install(peer, chaincode)));
  }

  /** One member, or every member that has not, approves the next definition. @throws FabricError COMMAND_FAILED. */
  async approve(chaincode: ChaincodeDeployment, mspId?: string): Promise<void> {
    const definition = await this.#next(chaincode);
    const approvals = await this.#approvals(definition);
    const peers = this.#firstPeers().filter(
      (peer) => (mspId === undefined || peer.mspId === mspId) && approvals[peer.mspId] !== true,
    );
    await Promise.all(peers.map((peer) => this.#approve(peer, chaincode, definition)));
  }

  /** Commits the definition that a majority has approved. @throws FabricError COMMAND_FAILED, NOT_READY. */
  async commit(chaincode: ChaincodeDeployment): Promise<void> {
    const { layout, topology } = this.#context;
    const before = await this.committed(chaincode.name);
    const addresses = this.#firstPeers().flatMap((peer) => [
      '--peerAddresses',
      endpointOf(peer),
      '--tlsRootCertFiles',
      layout.tls(peer.name, 'ca.crt'),
    ]);
    const definition = await this.#next(chaincode);
    await this.#peer(this.#first(), ['commit', ...this.#orderer(), ...definition, ...addresses]);
    const sequence = (before?.sequence ?? 0) + 1;
    await Promise.all(
      topology.peers.map((peer) =>
        until(`${chaincode.name} is defined on ${peer.name}`, async () =>
          (await this.committed(chaincode.name, peer))?.sequence === sequence ? true : undefined,
        ),
      ),
    );
  }

  /** The definition the channel has, if any. @throws FabricError COMMAND_FAILED. */
  async committed(name: string, peer = this.#first()): Promise<CommittedDefinition | undefined> {
    const { channel } = this.#context.definition;
    const { stdout } = await this.#peer(peer, ['querycommitted', '--channelID', channel, '-O', 'json']);
    const { chaincode_definitions: definitions = [] } = JSON.parse(stdout || '{}') as {
      chaincode_definitions?: (CommittedDefinition & { name: string })[];
    };
    const found = definitions.find((definition) => definition.name === name);
    return found && { version: found.version, sequence: found.sequence };
  }

  /** Members that approved what the network file says next, and labels installed on each peer. */
  async status(chaincode: ChaincodeDeployment): Promise<ChaincodeStatus> {
    const committed = await this.committed(chaincode.name);
    const approvals = await this.#approvals(await this.#next(chaincode));
    const installed = await Promise.all(
      this.#context.topology.peers.map(async (peer) => [peer.name, await this.#labels(peer, chaincode.name)] as const),
    );
    return { committed, approvals, installed: Object.fromEntries(installed) };
  }

  async #approvals(definition: readonly string[]): Promise<Readonly<Record<string, boolean>>> {
    const { stdout } = await this.#peer(this.#first(), ['checkcommitreadiness', ...definition, '-O', 'json']);
    return (JSON.parse(stdout || '{}') as { approvals?: Record<string, boolean> }).approvals ?? {};
  }

  /** Approving the same again would write nothing, which no policy of a single member allows. */
  async #hasApproved(peer: PeerNode, name: string, sequence: number): Promise<boolean> {
    const { channel } = this.#context.definition;
    const asked = ['--channelID', channel, '--name', name, '--sequence', String(sequence)];
    return this.#peer(peer, ['queryapproved', ...asked]).then(
      () => true,
      () => false,
    );
  }

  async #labels(peer: PeerNode, name: string): Promise<string[]> {
    const { stdout } = await this.#peer(peer, ['queryinstalled', '-O', 'json']);
    const { installed_chaincodes: all = [] } = JSON.parse(stdout || '{}') as {
      installed_chaincodes?: { label: string }[];
    };
    return all.map(({ label }) => label).filter((label) => label.startsWith(`${name}_`));
  }

  async #roll(chaincode: ChaincodeDeployment): Promise<void> {
    await this.install(chaincode);
    await this.approve(chaincode);
    await this.commit(chaincode);
  }

  async #install(peer: PeerNode, { name, version, services }: ChaincodeDeployment): Promise<void> {
    const address = services[peer.mspId];
    if (address === undefined) return;
    const { label, bytes } = await newServicePackage(name, version, address);
    if ((await this.#labels(peer, name)).includes(label)) return;
    const { packages } = this.#context.layout;
    const file = join(packages, `${label}-${peer.name}.tar.gz`);
    mkdirSync(packages, { recursive: true, mode: 0o700 });
    writeFileSync(file, bytes);
    await this.#peer(peer, ['install', file]);
  }

  async #approve(
    peer: PeerNode,
    { name, version, services }: ChaincodeDeployment,
    definition: readonly string[],
  ): Promise<void> {
    const address = services[peer.mspId];
    const id = address === undefined ? [] : ['--package-id', (await newServicePackage(name, version, address)).id];
    await this.#peer(peer, ['approveformyorg', ...this.#orderer(), ...definition, ...id]);
  }

  async #next(chaincode: ChaincodeDeployment): Promise<string[]> {
    return this.#definitionArguments(chaincode, ((await this.committed(chaincode.name))?.sequence ?? 0) + 1);
  }

  #definitionArguments(chaincode: ChaincodeDeployment, sequence: number): string[] {
    const { channel } = this.#context.definition;
    const { packages } = this.#context.layout;
    const described = collectionsConfig(chaincode);
    if (described === undefined) return definitionArguments(channel, chaincode, sequence);
    const file = join(packages, `${chaincode.name}-collections.json`);
    mkdirSync(packages, { recursive: true, mode: 0o700 });
    writeFileSync(file, described);
    return definitionArguments(channel, chaincode, sequence, file);
  }

  #orderer(): string[] {
    const { layout, topology } = this.#context;
    const orderer = topology.orderers[0] as Topology['orderers'][number];
    return ['--orderer', endpointOf(orderer), '--tls', '--cafile', layout.tls(orderer.name, 'ca.crt')];
  }

  #firstPeers(): readonly PeerNode[] {
    return this.#context.topology.peers.filter(({ index }) => index === 0);
  }

  #first(): PeerNode {
    return this.#context.topology.peers[0] as PeerNode;
  }

  #peer(peer: PeerNode, args: readonly string[]): Promise<CommandOutput> {
    const { binaries } = this.#context.release;
    return runCommand(binaries.peer, ['lifecycle', 'chaincode', ...args], adminEnvironment(peer, this.#context));
  }
}

/** What makes the `peer` command act as a member's administrator on one of its peers. @throws FabricError ADMIN_MISSING. */
export function adminEnvironment(peer: PeerNode, { definition, layout }: NodeContext): Record<string, string> {
  const { name, mspId } = peer;
  const member = definition.members.find((candidate) => candidate.mspId === mspId);
  if (member?.users.some(({ role }) => role === 'admin') !== true) {
    throw new FabricError('ADMIN_MISSING', `${mspId} has no user of role admin: add one to the network file`);
  }
  return {
    FABRIC_CFG_PATH: layout.node(name),
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: layout.admin(mspId),
    CORE_PEER_ADDRESS: endpointOf(peer),
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: layout.tls(name, 'ca.crt'),
  };
}
