import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaincodeDeployment } from '../material/network-definition';
import { newServicePackage } from './chaincode-package';
import { runCommand, until, type CommandOutput } from './commands';
import { FabricError } from './fabric-error';
import type { NodeContext } from './node-config';
import type { PeerNode, Topology } from './topology';

/** Fabric's chaincode life cycle by its own `peer` command, as the administrators of the members. */
export class Lifecycle {
  readonly #context: NodeContext;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /** Ids under which each member's contract registers, by MSP id. */
  static async packageIds({ name, version, services }: ChaincodeDeployment): Promise<Record<string, string>> {
    const ids = Object.entries(services).map(
      async ([mspId, address]) => [mspId, (await newServicePackage(name, version, address)).id] as const,
    );
    return Object.fromEntries(await Promise.all(ids));
  }

  /**
   * Installs, approves and commits a contract, unless its definition is committed already.
   *
   * @throws FabricError COMMAND_FAILED.
   */
  async deploy(chaincode: ChaincodeDeployment): Promise<void> {
    const { definition: network, layout, topology } = this.#context;
    const firstPeers = topology.peers.filter(({ index }) => index === 0);
    const [first] = firstPeers;
    if (!first || (await this.#isCommitted(first, chaincode.name))) return;
    const definition = this.#definitionArguments(chaincode);
    await Promise.all(topology.peers.map((peer) => this.#install(peer, chaincode)));
    await Promise.all(firstPeers.map((peer) => this.#approve(peer, chaincode, definition)));
    const addresses = firstPeers.flatMap(({ name, ports }) => [
      '--peerAddresses',
      `${network.host}:${ports.listen}`,
      '--tlsRootCertFiles',
      layout.tls(name, 'ca.crt'),
    ]);
    await this.#peer(first, ['lifecycle', 'chaincode', 'commit', ...this.#orderer(), ...definition, ...addresses]);
    await Promise.all(
      topology.peers.map((peer) =>
        until(`${chaincode.name} is defined on ${peer.name}`, async () =>
          (await this.#isCommitted(peer, chaincode.name)) ? true : undefined,
        ),
      ),
    );
  }

  async #install(peer: PeerNode, { name, version, services }: ChaincodeDeployment): Promise<void> {
    const address = services[peer.mspId];
    if (address === undefined) return;
    const { packages } = this.#context.layout;
    const file = join(packages, `${name}-${peer.name}.tar.gz`);
    mkdirSync(packages, { recursive: true, mode: 0o700 });
    writeFileSync(file, (await newServicePackage(name, version, address)).bytes);
    await this.#peer(peer, ['lifecycle', 'chaincode', 'install', file]);
  }

  async #approve(
    peer: PeerNode,
    { name, version, services }: ChaincodeDeployment,
    definition: readonly string[],
  ): Promise<void> {
    const address = services[peer.mspId];
    const id = address === undefined ? [] : ['--package-id', (await newServicePackage(name, version, address)).id];
    await this.#peer(peer, ['lifecycle', 'chaincode', 'approveformyorg', ...this.#orderer(), ...definition, ...id]);
  }

  async #isCommitted(peer: PeerNode, name: string): Promise<boolean> {
    const { channel } = this.#context.definition;
    const query = ['lifecycle', 'chaincode', 'querycommitted', '--channelID', channel, '-O', 'json'];
    const { stdout } = await this.#peer(peer, query);
    const { chaincode_definitions: definitions = [] } = JSON.parse(stdout || '{}') as {
      chaincode_definitions?: { name: string }[];
    };
    return definitions.some((definition) => definition.name === name);
  }

  #definitionArguments({ name, version, policy, collections }: ChaincodeDeployment): string[] {
    const { channel } = this.#context.definition;
    const args = ['--channelID', channel, '--name', name, '--version', version, '--sequence', '1'];
    if (policy !== undefined) args.push('--signature-policy', policy);
    if (collections.length === 0) return args;
    const { packages } = this.#context.layout;
    const file = join(packages, `${name}-collections.json`);
    mkdirSync(packages, { recursive: true, mode: 0o700 });
    const described = collections.map(({ endorsementPolicy, ...collection }) => ({
      ...collection,
      ...(endorsementPolicy !== undefined && { endorsementPolicy: { signaturePolicy: endorsementPolicy } }),
    }));
    writeFileSync(file, JSON.stringify(described, null, 2));
    return [...args, '--collections-config', file];
  }

  #orderer(): string[] {
    const { definition, layout, topology } = this.#context;
    const orderer = topology.orderers[0] as Topology['orderers'][number];
    const address = `${definition.host}:${orderer.ports.listen}`;
    return ['--orderer', address, '--tls', '--cafile', layout.tls(orderer.name, 'ca.crt')];
  }

  #peer(peer: PeerNode, args: readonly string[]): Promise<CommandOutput> {
    const { release } = this.#context;
    return runCommand(release.binaries.peer, args, adminEnvironment(peer, this.#context));
  }
}

/** What makes the `peer` command act as a member's administrator on one of its peers. @throws FabricError ADMIN_MISSING. */
export function adminEnvironment(
  { name, mspId, ports }: PeerNode,
  { definition, layout }: NodeContext,
): Record<string, string> {
  const member = definition.members.find((candidate) => candidate.mspId === mspId);
  if (member?.users.some(({ role }) => role === 'admin') !== true) {
    throw new FabricError('ADMIN_MISSING', `${mspId} has no user of role admin: add one to the network file`);
  }
  return {
    FABRIC_CFG_PATH: layout.node(name),
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: layout.admin(mspId),
    CORE_PEER_ADDRESS: `${definition.host}:${ports.listen}`,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: layout.tls(name, 'ca.crt'),
  };
}
