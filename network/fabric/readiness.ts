import { runCommand, until } from './commands';
import { adminEnvironment } from './lifecycle';
import type { NodeContext } from './node-config';
import type { OrdererNode, PeerNode } from './topology';

/** Figures a node publishes, each summed over its labels. */
export type Metrics = ReadonlyMap<string, number>;

const LEADER = { raft: 'consensus_etcdraft_is_leader', bft: 'consensus_BFT_is_leader' } as const;

/** Waits for the ordering node to serve, and makes it take part in the channel. @throws FabricError NOT_READY. */
export async function joinOrderer(
  orderer: OrdererNode,
  log: string,
  context: NodeContext,
  configBlock = context.layout.genesisBlock,
): Promise<void> {
  await until(`${orderer.name} serves (log: ${log})`, () => tryToJoin(orderer, context, configBlock));
}

/** Waits until the ordering node is a full member of the channel's consensus. @throws FabricError NOT_READY. */
export async function awaitConsenter(orderer: OrdererNode, context: NodeContext): Promise<void> {
  const { definition, release } = context;
  const args = ['channel', 'list', '--channelID', definition.channel, ...asAdministrator(orderer, context)];
  await until(`${orderer.name} orders`, async () => {
    const { stdout } = await runCommand(release.binaries.osnadmin, args, {});
    return /"consensusRelation": "consenter"/.test(stdout) && /"status": "active"/.test(stdout) ? true : undefined;
  });
}

/** Waits until one of the ordering nodes leads. @throws FabricError NOT_READY. */
export async function awaitLeader(context: NodeContext): Promise<void> {
  await until('the ordering nodes have a leader', async () => ((await leaderOf(context)) ? true : undefined));
}

/** Name of the ordering node that leads, if any does. */
export async function leaderOf({ topology }: NodeContext): Promise<string | undefined> {
  for (const { name, host, ports } of topology.orderers) {
    const metrics = await readMetrics(host, ports.operations);
    if (metrics?.get(LEADER[topology.consensus]) === 1) return name;
  }
  return undefined;
}

/** Waits for the peer to serve, and joins it to the channel. @throws FabricError NOT_READY. */
export async function joinPeer(peer: PeerNode, log: string, context: NodeContext): Promise<void> {
  const { definition, layout, release } = context;
  const environment = adminEnvironment(peer, context);
  await until(`${peer.name} serves (log: ${log})`, async () => {
    const listed = await runCommand(release.binaries.peer, ['channel', 'list'], environment);
    if (listed.stdout.split('\n').includes(definition.channel)) return true;
    await runCommand(release.binaries.peer, ['channel', 'join', '-b', layout.genesisBlock], environment);
    return true;
  });
}

/** Waits until the peer sees every other one: only then its gateway can find endorsers. @throws FabricError NOT_READY. */
export async function awaitNeighbours({ name, host, ports }: PeerNode, { topology }: NodeContext): Promise<void> {
  const others = topology.peers.length - 1;
  await until(`${name} sees the other ${others} peers`, async () => {
    const metrics = await readMetrics(host, ports.operations);
    return (metrics?.get('gossip_membership_total_peers_known') ?? 0) >= others ? true : undefined;
  });
}

/** Undefined when the node does not answer. */
export async function readMetrics(host: string, port: number): Promise<Metrics | undefined> {
  const text = await fetch(`http://${host}:${port}/metrics`, { signal: AbortSignal.timeout(5_000) }).then(
    (answer) => answer.text(),
    () => undefined,
  );
  if (text === undefined) return undefined;
  const sums = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(/^(\w+)(?:\{[^\n]*\})? (\S+)$/gm)) {
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}

async function tryToJoin(orderer: OrdererNode, context: NodeContext, configBlock: string): Promise<true> {
  const { definition, release } = context;
  const as = asAdministrator(orderer, context);
  const { osnadmin } = release.binaries;
  const listed = await runCommand(osnadmin, ['channel', 'list', ...as], {});
  if (listed.stdout.includes(`"name": "${definition.channel}"`)) return true;
  const join = ['channel', 'join', '--channelID', definition.channel, '--config-block', configBlock];
  const joined = await runCommand(osnadmin, [...join, ...as], {});
  if (joined.stdout.includes('Status: 201')) return true;
  throw new Error(joined.stdout.trim());
}

/** How `osnadmin` reaches a node: by the node's own TLS certificate. */
function asAdministrator(
  { name, host, ports }: Pick<OrdererNode, 'name' | 'host' | 'ports'>,
  { layout }: NodeContext,
): string[] {
  return [
    ...['--orderer-address', `${host}:${ports.admin}`, '--ca-file', layout.tls(name, 'ca.crt')],
    ...['--client-cert', layout.tls(name, 'server.crt'), '--client-key', layout.tls(name, 'server.key')],
  ];
}
