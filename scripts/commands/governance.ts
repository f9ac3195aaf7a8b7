import { Option } from 'commander';
import type { FabricNetworkOptions } from '../../network/fabric/fabric-network';
import type { AddCommands, Io } from './command';
import { loadWithNodes, NETWORK_OPTIONS, releaseOf, type NetworkFlags } from './real-network';

/** Changes of a running real network, each signed by those whom the channel's policies ask, as far as this host has them. */
export const addGovernanceCommands: AddCommands = (program, io, run) => {
  const governance = program
    .command('governance')
    .description('change a running network: members, users, ordering nodes, authorities 治理');
  const command = (name: string, description: string, argument: string, what: string) =>
    governance
      .command(name)
      .description(description)
      .argument(argument, what)
      .addOption(NETWORK_OPTIONS.network())
      .addOption(NETWORK_OPTIONS.bin());
  command(
    'add-member',
    'take in a member that the network file names: keys, channel update, peers, contracts',
    '<mspId>',
    'its MSP id',
  ).action((mspId: string, flags: NetworkFlags) => run(() => addMember(mspId, flags, io)));
  command(
    'remove-member',
    'let a member go whose retirement the members have voted for',
    '<mspId>',
    'its MSP id',
  ).action((mspId: string, flags: NetworkFlags) => run(() => removeMember(mspId, flags, io)));
  command(
    'propose',
    'write the channel update of add-member or remove-member, for several hosts to sign',
    '<mspId>',
    'the member',
  )
    .addOption(
      new Option('--change <what>', 'what happens').choices(['add-member', 'remove-member']).makeOptionMandatory(),
    )
    .requiredOption('--out <file>', 'where the update is written')
    .action((mspId: string, flags: ProposeFlags) => run(() => propose(mspId, flags, io)));
  command('sign', "add one administrator's signature to an update", '<file>', 'the update')
    .requiredOption('--as <mspId>', 'whose administrator')
    .action((file: string, flags: SignFlags) => run(() => sign(file, flags, io)));
  command('submit', 'submit a signed update; add-member or remove-member then does the rest', '<file>', 'the update')
    .requiredOption('--as <mspId>', 'whose administrator')
    .action((file: string, flags: SignFlags) => run(() => submit(file, flags, io)));
  command('revoke-user', "shut out one certificate by its member's revocation list", '<mspId>', 'the member')
    .option('--certificate <file>', 'PEM; the list is made by the authority that lies on this host')
    .option('--list <file...>', "PEM lists made by the member's own authority, such as a Fabric CA")
    .action((mspId: string, flags: RevokeFlags) => run(() => revokeUser(mspId, flags, io)));
  command('replace-orderer', 'replace an ordering node, lost or not, by a new one', '<node>', 'its name').action(
    (node: string, flags: NetworkFlags) => run(() => replaceNode(node, flags, io)),
  );
  command(
    'replace-authority',
    'give a member new authorities and certificates in place of lost or stolen ones',
    '<mspId>',
    'the member',
  ).action((mspId: string, flags: NetworkFlags) => run(() => replaceAuthority(mspId, flags, io)));
};

interface ProposeFlags extends NetworkFlags {
  readonly change: 'add-member' | 'remove-member';
  readonly out: string;
}

interface SignFlags extends NetworkFlags {
  readonly as: string;
}

interface RevokeFlags extends NetworkFlags {
  readonly certificate?: string;
  readonly list?: readonly string[];
}

async function optionsOf(flags: NetworkFlags, io: Io): Promise<FabricNetworkOptions> {
  return {
    definition: await loadWithNodes(flags),
    release: await releaseOf(flags),
    onProgress: (text) => io.out(text),
  };
}

async function addMember(mspId: string, flags: NetworkFlags, io: Io): Promise<void> {
  const { joinMember } = await import('../../network/fabric/governance/members.js');
  await joinMember(await optionsOf(flags, io), mspId);
  io.out(`${mspId} is a member: start its gateway, and let the members vote on its admission`);
}

async function removeMember(mspId: string, flags: NetworkFlags, io: Io): Promise<void> {
  const { expelMember } = await import('../../network/fabric/governance/members.js');
  await expelMember(await optionsOf(flags, io), mspId);
  io.out(`${mspId} is no member any more: take it out of the network file`);
}

async function propose(mspId: string, { change, out, ...flags }: ProposeFlags, io: Io): Promise<void> {
  const { proposeMember, proposeRemoval } = await import('../../network/fabric/governance/members.js');
  await (change === 'add-member' ? proposeMember : proposeRemoval)(await optionsOf(flags, io), mspId, out);
  io.out(`${out} waits for the signatures of more than half of the members: governance sign ${out} --as MSPID`);
}

async function sign(file: string, flags: SignFlags, io: Io): Promise<void> {
  const { signChange } = await import('../../network/fabric/governance/config-change.js');
  const { FabricNetwork } = await import('../../network/fabric/fabric-network.js');
  await signChange((await FabricNetwork.attach(await optionsOf(flags, io))).context, file, flags.as);
  io.out(`signed by the administrator of ${flags.as}`);
}

async function submit(file: string, flags: SignFlags, io: Io): Promise<void> {
  const { submitChange } = await import('../../network/fabric/governance/config-change.js');
  const { FabricNetwork } = await import('../../network/fabric/fabric-network.js');
  await submitChange((await FabricNetwork.attach(await optionsOf(flags, io))).context, file, flags.as);
  io.out('the orderers have the new configuration');
}

async function revokeUser(mspId: string, flags: RevokeFlags, io: Io): Promise<void> {
  const { readFileSync } = await import('node:fs');
  const { publishRevocationLists, revokeCertificate } = await import('../../network/fabric/governance/revocation.js');
  const options = await optionsOf(flags, io);
  const { certificate, list } = flags;
  if ((certificate === undefined) === (list === undefined)) throw new Error('name either --certificate or --list');
  if (certificate !== undefined) await revokeCertificate(options, mspId, readFileSync(certificate, 'utf8'));
  if (list !== undefined) {
    await publishRevocationLists(
      options,
      mspId,
      list.map((file) => readFileSync(file, 'utf8')),
    );
  }
  io.out(`the channel knows the revocations of ${mspId}`);
}

async function replaceNode(node: string, flags: NetworkFlags, io: Io): Promise<void> {
  const { replaceOrderer } = await import('../../network/fabric/governance/orderers.js');
  await replaceOrderer(await optionsOf(flags, io), node);
}

async function replaceAuthority(mspId: string, flags: NetworkFlags, io: Io): Promise<void> {
  const members = await import('../../network/fabric/governance/members.js');
  await members.replaceAuthority(await optionsOf(flags, io), mspId);
  io.out(`start the gateway of ${mspId} again: it needs its new certificate`);
}
