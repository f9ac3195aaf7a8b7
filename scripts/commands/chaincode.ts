import type { Lifecycle } from '../../network/fabric/lifecycle';
import type { ChaincodeDeployment, NetworkDefinition } from '../../network/material/network-definition';
import type { AddCommands, Io } from './command';
import { attachNetwork, loadWithNodes, NETWORK_OPTIONS, type NetworkFlags } from './real-network';

interface MemberFlags extends NetworkFlags {
  readonly member?: string;
}

type Step = (lifecycle: Lifecycle, chaincode: ChaincodeDeployment, flags: MemberFlags, io: Io) => Promise<void>;

/** `concordat chaincode …`: the life cycle of contracts that run as a service, from what the network file says. */
export const addChaincodeCommands: AddCommands = (program, io, run) => {
  const group = program.command('chaincode').description('the life cycle of contracts on a real network');
  const command = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .argument('<name>', 'its name in the network file')
      .addOption(NETWORK_OPTIONS.network())
      .addOption(NETWORK_OPTIONS.bin());
  command('package', "write a member's package and print its id, under which the contract must register")
    .requiredOption('--member <mspId>', 'whose package')
    .requiredOption('--out <file>', 'where to')
    .action((name: string, flags: MemberFlags & { out: string }) => run(() => writePackage(name, flags, io)));
  group
    .command('serve')
    .description('serve a contract to one peer, as CHAINCODE_ID, CHAINCODE_SERVER_ADDRESS and CORE_PEER_LOCALMSPID say')
    .argument('<name>', 'records or registry')
    .action((name: string) => run(() => serve(name, io)));
  for (const [name, description, step] of STEPS) {
    command(name, description)
      .option('--member <mspId>', 'one member; every member when absent')
      .action((chaincode: string, flags: MemberFlags) => run(() => takeStep(step, chaincode, flags, io)));
  }
};

const STEPS: readonly (readonly [name: string, description: string, step: Step])[] = [
  [
    'install',
    'put its package on the peers',
    async (lifecycle, chaincode, { member }) => lifecycle.install(chaincode, member),
  ],
  [
    'approve',
    'approve what the network file says as the next definition',
    async (lifecycle, chaincode, { member }) => lifecycle.approve(chaincode, member),
  ],
  [
    'commit',
    'commit the definition a majority has approved',
    async (lifecycle, chaincode) => lifecycle.commit(chaincode),
  ],
  [
    'upgrade',
    "install, approve and commit the network file's version; nothing to do when the channel has it",
    async (lifecycle, chaincode, _flags, { out }) => {
      if (!(await lifecycle.upgrade(chaincode))) out(`the channel has version ${chaincode.version} already`);
    },
  ],
  ['status', 'where it stands', async () => undefined],
];

async function takeStep(step: Step, name: string, flags: MemberFlags, io: Io): Promise<void> {
  const definition = await loadWithNodes(flags);
  const chaincode = chaincodeOf(definition, name, flags.member);
  const { lifecycle } = await attachNetwork(flags);
  await step(lifecycle, chaincode, flags, io);
  const { committed, approvals, installed } = await lifecycle.status(chaincode);
  io.out(`${name} ${chaincode.version} in the network file; ${describe(committed)} on the channel`);
  for (const [mspId, approved] of Object.entries(approvals)) {
    io.out(`  ${mspId.padEnd(20)} ${approved ? 'approved what comes next' : 'has not approved what comes next'}`);
  }
  for (const [peer, labels] of Object.entries(installed))
    io.out(`  ${peer.padEnd(28)} ${labels.join(', ') || 'nothing'}`);
}

function describe(committed: { version: string; sequence: number } | undefined): string {
  return committed ? `version ${committed.version}, sequence ${committed.sequence}` : 'nothing';
}

async function writePackage(name: string, flags: MemberFlags & { out: string }, { out }: Io): Promise<void> {
  const { writeFileSync } = await import('node:fs');
  const { newServicePackage } = await import('../../network/fabric/chaincode-package.js');
  const { version, services } = chaincodeOf(await loadWithNodes(flags), name, flags.member);
  const address = services[flags.member ?? ''];
  if (address === undefined) throw new Error(`${flags.member ?? ''} has no service of ${name} in the network file`);
  const { bytes, id } = await newServicePackage(name, version, address);
  writeFileSync(flags.out, bytes);
  out(id);
}

/** Serves until it is told to stop; the variables are those of fabric-shim's own server. */
async function serve(name: string, { out }: Io): Promise<void> {
  const { contractsOf } = await import('../start/contracts.js');
  const { hostChaincode } = await import('../start/chaincode-host.js');
  const contracts = contractsOf(name);
  const [ccid, address, mspId] = ['CHAINCODE_ID', 'CHAINCODE_SERVER_ADDRESS', 'CORE_PEER_LOCALMSPID'].map(
    (variable) => {
      const value = process.env[variable];
      if (value === undefined || value === '')
        throw new Error(`${variable} is not set: see the contract's environment file`);
      return value;
    },
  ) as [string, string, string];
  await hostChaincode([{ ccid, address, mspId, contracts }]);
  out(`contract ${name} of ${mspId} at ${address}`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  process.exit(0); // the shim's server keeps no way to be closed
}

function chaincodeOf(definition: NetworkDefinition, name: string, member: string | undefined): ChaincodeDeployment {
  const found = definition.chaincodes.find((chaincode) => chaincode.name === name);
  const names = definition.chaincodes.map((chaincode) => chaincode.name).join(', ');
  if (!found) throw new Error(`the network file has no contract ${name}: name one of ${names}`);
  const members = definition.members.map(({ mspId }) => mspId);
  if (member !== undefined && !members.includes(member)) {
    throw new Error(`${member} is no member: name one of ${members.join(', ')}`);
  }
  return found;
}
