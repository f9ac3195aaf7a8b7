import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChaincodeDeployment, MemberDefinition } from '../material/network-definition';
import { newServicePackage } from './chaincode-package';
import { runCommand, until, type CommandOutput } from './commands';
import { FabricError } from './fabric-error';
import type { NodeConfigContext } from './node-config';

/** Fabric's chaincode life cycle by its own `peer` command, as the administrators of the members. */
export class Lifecycle {
  readonly #context: NodeConfigContext;

  constructor(context: NodeConfigContext) {
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
    const members = this.#context.definition.members;
    const [first] = members;
    if (!first || (await this.#isCommitted(first, chaincode.name))) return;
    const definition = this.#definitionArguments(chaincode);
    await Promise.all(members.map((member) => this.#installAndApprove(member, chaincode, definition)));
    const addresses = members.flatMap(({ mspId, port }) => [
      '--peerAddresses',
      `${this.#context.definition.host}:${port}`,
      '--tlsRootCertFiles',
      this.#context.layout.tls(mspId, 'ca.crt'),
    ]);
    await this.#peer(first, ['lifecycle', 'chaincode', 'commit', ...this.#orderer(), ...definition, ...addresses]);
    await Promise.all(
      members.map((member) =>
        until(`${chaincode.name} is defined on the peer of ${member.mspId}`, async () =>
          (await this.#isCommitted(member, chaincode.name)) ? true : undefined,
        ),
      ),
    );
  }

  async #installAndApprove(
    member: MemberDefinition,
    { name, version, services }: ChaincodeDeployment,
    definition: readonly string[],
  ): Promise<void> {
    const address = services[member.mspId];
    const packageId: string[] = [];
    if (address !== undefined) {
      const { bytes, id } = await newServicePackage(name, version, address);
      const { packages } = this.#context.layout;
      const file = join(packages, `${name}-${member.mspId}.tar.gz`);
      mkdirSync(packages, { recursive: true, mode: 0o700 });
      writeFileSync(file, bytes);
      await this.#peer(member, ['lifecycle', 'chaincode', 'install', file]);
      packageId.push('--package-id', id);
    }
    const approve = ['lifecycle', 'chaincode', 'approveformyorg', ...this.#orderer(), ...definition, ...packageId];
    await this.#peer(member, approve);
  }

  async #isCommitted(member: MemberDefinition, name: string): Promise<boolean> {
    const { channel } = this.#context.definition;
    const query = ['lifecycle', 'chaincode', 'querycommitted', '--channelID', channel, '-O', 'json'];
    const { stdout } = await this.#peer(member, query);
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
    const { definition, layout, ports } = this.#context;
    const address = `${definition.host}:${ports.orderer.listen}`;
    return ['--orderer', address, '--tls', '--cafile', layout.tls(layout.orderer, 'ca.crt')];
  }

  #peer(member: MemberDefinition, args: readonly string[]): Promise<CommandOutput> {
    const { release } = this.#context;
    return runCommand(release.binaries.peer, args, adminEnvironment(member, this.#context));
  }
}

/** What makes the `peer` command act as a member's administrator on its own peer. */
export function adminEnvironment(
  { mspId, port, users }: MemberDefinition,
  { definition, layout }: NodeConfigContext,
): Record<string, string> {
  if (!users.some(({ role }) => role === 'admin')) {
    throw new FabricError('ADMIN_MISSING', `${mspId} has no user of role admin: add one to the network file`);
  }
  return {
    FABRIC_CFG_PATH: layout.node(mspId),
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: layout.admin(mspId),
    CORE_PEER_ADDRESS: `${definition.host}:${port}`,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: layout.tls(mspId, 'ca.crt'),
  };
}
