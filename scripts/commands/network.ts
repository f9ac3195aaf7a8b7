import type { FabricNetwork } from '../../network/fabric/fabric-network';
import type { AddCommands, Io } from './command';
import {
  attachNetwork,
  loadWithNodes,
  NETWORK_OPTIONS,
  releaseOf,
  type NetworkFlags,
  type NodeFlags,
} from './real-network';

interface RenderFlags extends NetworkFlags {
  readonly hosts: string;
  readonly out: string;
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
      .addOption(NETWORK_OPTIONS.network())
      .addOption(NETWORK_OPTIONS.bin());
  command('up', 'start the nodes, join them to the channel, define the contracts; what was done before stays')
    .option('--consensus <kind>', 'raft (default) or bft')
    .option('--orderers <count>', 'ordering nodes: 3, for bft 4')
    .option('--peers <count>', 'peers for each member: 1 or 2')
    .action((flags: NodeFlags) => run(() => up(flags, io)));
  command('render', 'write the same network for several hosts: a folder for each, with systemd units, and a run book')
    .requiredOption('--hosts <file>', 'which nodes run where, YAML or JSON (docs/hosts.schema.json)')
    .requiredOption('--out <folder>', 'where to; what it has of keys stays')
    .action((flags: RenderFlags) => run(() => render(flags, io)));
  command('status', 'how every node fares').action((flags: NetworkFlags) => run(() => status(flags, io)));
  command('logs', "one node's log")
    .argument('<node>', 'its name, as status tells it')
    .action((node: string, flags: NetworkFlags) => run(() => logs(node, flags, io)));
  command('down', 'stop the nodes; their state stays')
    .option('--purge', 'delete their state and configuration too')
    .action((flags: NetworkFlags & { purge?: boolean }) => run(() => down(flags, io)));
};

async function up(flags: NodeFlags, io: Io): Promise<number> {
  const { FabricNetwork } = await import('../../network/fabric/fabric-network.js');
  const definition = await loadWithNodes(flags);
  const network = await FabricNetwork.prepare({
    definition,
    release: await releaseOf(flags),
    onProgress: (text) => io.out(text),
  });
  await network.up();
  return status(flags, io, network);
}

async function render({ hosts, out: folder, ...flags }: RenderFlags, { out }: Io): Promise<void> {
  const { resolve } = await import('node:path');
  const { loadNetworkDefinition } = await import('../../network/material/network-definition.js');
  const { loadHosts } = await import('../../network/fabric/hosts/hosts-file.js');
  const { renderNetwork } = await import('../../network/fabric/hosts/render.js');
  const plan = await renderNetwork({
    definition: loadNetworkDefinition(flags.network),
    hosts: loadHosts(hosts),
    release: await releaseOf(flags),
    out: resolve(folder),
  });
  for (const { name, address } of plan.hosts) out(`${resolve(folder, 'hosts', name)} for ${address}`);
  out(`${resolve(folder, 'RUNBOOK.md')} tells what to do with them`);
}

async function status(flags: NetworkFlags, io: Io, attached?: FabricNetwork): Promise<number> {
  const nodes = await (attached ?? (await attachNetwork(flags))).status();
  for (const { name, mspId, endpoint, pid, height, isLeader } of nodes) {
    const state = pid === undefined ? 'down' : `pid ${pid}`;
    const reach = height === undefined ? 'does not answer' : `height ${height}${isLeader ? ', leads' : ''}`;
    io.out(`${name.padEnd(28)} ${mspId.padEnd(18)} ${endpoint.padEnd(22)} ${state.padEnd(12)} ${reach}`);
  }
  return nodes.every(({ height }) => height !== undefined) ? 0 : 1;
}

async function logs(node: string, flags: NetworkFlags, io: Io): Promise<number> {
  const { existsSync, readFileSync } = await import('node:fs');
  const nodes = await (await attachNetwork(flags)).status();
  const found = nodes.find(({ name }) => name === node);
  if (!found || !existsSync(found.logFile)) {
    throw new Error(`no node ${node} with a log: name one of ${nodes.map(({ name }) => name).join(', ')}`);
  }
  io.out(readFileSync(found.logFile, 'utf8').trimEnd());
  return 0;
}

async function down({ purge, ...flags }: NetworkFlags & { purge?: boolean }, io: Io): Promise<number> {
  const network = await attachNetwork(flags);
  await network.down();
  if (purge === true) network.purge();
  io.out(purge === true ? 'down, and its state deleted' : 'down; its state stays');
  return 0;
}
