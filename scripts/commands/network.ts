import type { FabricNetwork } from '../../network/fabric/fabric-network';
import type { NetworkDefinition } from '../../network/material/network-definition';
import type { AddCommands, Io } from './command';

interface NetworkFlags {
  readonly network: string;
  readonly bin?: string;
}

interface UpFlags extends NetworkFlags {
  readonly consensus?: 'raft' | 'bft';
  readonly orderers?: string;
  readonly peers?: string;
}

/** `concordat network …`: a real Fabric network on this host, from the release's binaries. */
export const addNetworkCommands: AddCommands = (program, io, run) => {
  const network = program
    .command('network')
    .description("a real Fabric network on this host, from the release's binaries");
  const command = (name: string, description: string) =>
    network
      .command(name)
      .description(description)
      .option('--network <file>', 'network definition, YAML or JSON', 'network/consortium.yaml')
      .option('--bin <folder>', "Fabric's binaries (FABRIC_BIN, or the PATH, when absent)");
  command('up', 'start the nodes, join them to the channel, define the contracts; what was done before stays')
    .option('--consensus <kind>', 'raft (default) or bft')
    .option('--orderers <count>', 'ordering nodes: 3, for bft 4')
    .option('--peers <count>', 'peers for each member: 1 or 2')
    .action((flags: UpFlags) => run(() => up(flags, io)));
  command('status', 'how every node fares').action((flags: NetworkFlags) => run(() => status(flags, io)));
  command('logs', "one node's log")
    .argument('<node>', 'its name, as status tells it')
    .action((node: string, flags: NetworkFlags) => run(() => logs(node, flags, io)));
  command('down', 'stop the nodes; their state stays')
    .option('--purge', 'delete their state and configuration too')
    .action((flags: NetworkFlags & { purge?: boolean }) => run(() => down(flags, io)));
};

async function up(flags: UpFlags, io: Io): Promise<number> {
  const { FabricNetwork } = await import('../../network/fabric/fabric-network.js');
  const definition = await load(flags);
  const network = await FabricNetwork.prepare({
    definition,
    release: await releaseOf(flags),
    onProgress: (text) => io.out(text),
  });
  await network.up();
  return status(flags, io, network);
}

async function status(flags: NetworkFlags, io: Io, attached?: FabricNetwork): Promise<number> {
  const nodes = await (attached ?? (await attach(flags))).status();
  for (const { name, mspId, endpoint, pid, height, isLeader } of nodes) {
    const state = pid === undefined ? 'down' : `pid ${pid}`;
    const reach = height === undefined ? 'does not answer' : `height ${height}${isLeader ? ', leads' : ''}`;
    io.out(`${name.padEnd(28)} ${mspId.padEnd(18)} ${endpoint.padEnd(22)} ${state.padEnd(12)} ${reach}`);
  }
  return nodes.every(({ height }) => height !== undefined) ? 0 : 1;
}

async function logs(node: string, flags: NetworkFlags, io: Io): Promise<number> {
  const { existsSync, readFileSync } = await import('node:fs');
  const nodes = await (await attach(flags)).status();
  const found = nodes.find(({ name }) => name === node);
  if (!found || !existsSync(found.logFile)) {
    throw new Error(`no node ${node} with a log: name one of ${nodes.map(({ name }) => name).join(', ')}`);
  }
  io.out(readFileSync(found.logFile, 'utf8').trimEnd());
  return 0;
}

async function down({ purge, ...flags }: NetworkFlags & { purge?: boolean }, io: Io): Promise<number> {
  const network = await attach(flags);
  await network.down();
  if (purge === true) network.purge();
  io.out(purge === true ? 'down, and its state deleted' : 'down; its state stays');
  return 0;
}

/** What is there already decides about the nodes; a definition that says otherwise is not asked. */
async function attach(flags: NetworkFlags): Promise<FabricNetwork> {
  const { FabricNetwork } = await import('../../network/fabric/fabric-network.js');
  return FabricNetwork.attach({ definition: await load(flags), release: await releaseOf(flags) });
}

async function load(flags: NetworkFlags & Partial<UpFlags>): Promise<NetworkDefinition> {
  const { loadNetworkDefinition, withFabric } = await import('../../network/material/network-definition.js');
  const { keptOptions } = await import('../../network/fabric/topology.js');
  const { Layout } = await import('../../network/fabric/layout.js');
  const definition = loadNetworkDefinition(flags.network);
  const asked = {
    ...(flags.consensus !== undefined && { consensus: flags.consensus }),
    ...(flags.orderers !== undefined && { orderers: Number(flags.orderers) }),
    ...(flags.peers !== undefined && { peersPerMember: Number(flags.peers) }),
  };
  const kept = keptOptions(new Layout(definition).topology);
  return withFabric(definition, { ...kept, ...asked });
}

async function releaseOf({ bin }: NetworkFlags) {
  const { findRelease } = await import('../../network/fabric/release.js');
  return findRelease(bin);
}
