import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { freePorts } from '../material/free-ports';
import type { FabricOptions, NetworkDefinition } from '../material/network-definition';
import { FabricError } from './fabric-error';

/** Address others reach a node by. */
export function endpointOf({ host, ports }: OrdererNode | PeerNode): string {
  return `${host}:${ports.listen}`;
}

/** What every node has: a name that its folder bears, its organisation, its own ports. */
interface NodeOf<Port extends string> {
  readonly name: string;
  readonly mspId: string;
  readonly domain: string;
  /** 0 for an organisation's first node, whose keys are the ones the embedded ledger uses too. */
  readonly index: number;
  /** Address that others reach it by. */
  readonly host: string;
  /** Address it listens on, where that is another one. */
  readonly listenHost?: string;
  /** Name in its TLS certificate. */
  readonly serverName: string;
  readonly ports: Readonly<Record<Port, number>>;
}

export type OrdererNode = NodeOf<'listen' | 'admin' | 'operations'>;
export type PeerNode = NodeOf<'listen' | 'chaincode' | 'operations'>;

/** The nodes of one real network. */
export interface Topology {
  readonly consensus: FabricOptions['consensus'];
  readonly orderers: readonly OrdererNode[];
  readonly peers: readonly PeerNode[];
}

interface Kept extends FabricOptions {
  /** Numbers of the ordering nodes, when some were replaced: a number is never given twice. */
  readonly ordererIndexes?: readonly number[];
  /** Ports of the members' endpoints, which the channel's configuration names. */
  readonly endpoints: Readonly<Record<string, number>>;
  readonly ports: Readonly<Record<string, number>>;
}

/**
 * Lays out the nodes; ports that no network file names are chosen free at the first start and kept in `file`.
 *
 * @throws FabricError TOPOLOGY_CHANGED when the folder's network was made with other nodes.
 */
export async function layOut(definition: NetworkDefinition, file: string): Promise<Topology> {
  const { consensus, orderers, peersPerMember } = definition.fabric;
  const kept = readKept(file);
  if (kept) checkSame(definition, kept);
  const indexes = kept?.ordererIndexes ?? range(orderers);
  const ports: Record<string, number> = { ...kept?.ports };
  const names = neededPorts(definition, indexes).filter((name) => ports[name] === undefined);
  const free = await freePorts(names.length);
  names.forEach((name, at) => (ports[name] = free[at] as number));
  if (names.length > 0 || !kept) {
    const endpoints = kept?.endpoints ?? endpointsOf(definition);
    write(file, { consensus, orderers, peersPerMember, ...kept, endpoints, ports });
  }
  return toTopology(definition, indexes, ports);
}

/** Takes note that a member joins at the port its network file names. @throws FabricError NETWORK_MISSING. */
export function keepMember(file: string, mspId: string, port: number): void {
  const kept = requireKept(file);
  write(file, { ...kept, endpoints: { ...kept.endpoints, [mspId]: port } });
}

/** Takes note that a member has left. @throws FabricError NETWORK_MISSING. */
export function dropMember(file: string, mspId: string): void {
  const kept = requireKept(file);
  const endpoints = Object.entries(kept.endpoints).filter(([member]) => member !== mspId);
  const ports = Object.entries(kept.ports).filter(([name]) => !name.includes(`.${mspId} `));
  write(file, { ...kept, endpoints: Object.fromEntries(endpoints), ports: Object.fromEntries(ports) });
}

/** Gives an ordering node's place to a new one with the next number, which it answers. @throws FabricError NETWORK_MISSING. */
export function replaceOrderer(file: string, index: number): number {
  const kept = requireKept(file);
  const indexes = kept.ordererIndexes ?? range(kept.orderers);
  const next = Math.max(...indexes, ...namedIndexes(kept)) + 1;
  write(file, { ...kept, ordererIndexes: indexes.map((one) => (one === index ? next : one)) });
  return next;
}

function namedIndexes({ ports }: Kept): number[] {
  return Object.keys(ports).flatMap((name) => {
    const found = /^orderer(\d+) /.exec(name)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
}

function requireKept(file: string): Kept {
  const kept = readKept(file);
  if (kept) return kept;
  throw new FabricError('NETWORK_MISSING', `there is no network at ${file}: start one with "concordat network up"`);
}

function write(file: string, kept: Kept): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
}

/** Which nodes a network was made with; nothing where there is none yet. */
export function keptOptions(file: string): Partial<FabricOptions> {
  const kept = readKept(file);
  return kept ? { consensus: kept.consensus, orderers: kept.orderers, peersPerMember: kept.peersPerMember } : {};
}

function toTopology(
  definition: NetworkDefinition,
  indexes: readonly number[],
  ports: Readonly<Record<string, number>>,
): Topology {
  const { members, orderer, fabric, host } = definition;
  const port = (node: string, kind: string): number => ports[`${node} ${kind}`] as number;
  const orderers = indexes.map((index): OrdererNode => {
    const name = `orderer${index}`;
    const own = {
      listen: port(name, 'listen'),
      admin: port(name, 'admin'),
      operations: port(name, 'operations'),
    };
    return { ...orderer, host, name, index, serverName: `${name}.${orderer.domain}`, ports: own };
  });
  const peers = members.flatMap(({ mspId, domain, port: endpoint }) =>
    range(fabric.peersPerMember).map((index): PeerNode => {
      const name = peerName(mspId, index);
      const listen = index === 0 ? endpoint : port(name, 'listen');
      const own = { listen, chaincode: port(name, 'chaincode'), operations: port(name, 'operations') };
      return { name, mspId, domain, index, host, serverName: `peer${index}.${domain}`, ports: own };
    }),
  );
  return { consensus: fabric.consensus, orderers, peers };
}

function neededPorts({ members, fabric }: NetworkDefinition, indexes: readonly number[]): string[] {
  const ofOrderers = indexes.flatMap((index) =>
    ['listen', 'admin', 'operations'].map((kind) => `orderer${index} ${kind}`),
  );
  const ofPeers = members.flatMap(({ mspId }) =>
    range(fabric.peersPerMember).flatMap((index) =>
      [...(index === 0 ? [] : ['listen']), 'chaincode', 'operations'].map(
        (kind) => `${peerName(mspId, index)} ${kind}`,
      ),
    ),
  );
  return [...ofOrderers, ...ofPeers];
}

function peerName(mspId: string, index: number): string {
  return `peer${index}.${mspId}`;
}

function readKept(file: string): Kept | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Kept) : undefined;
}

function checkSame(definition: NetworkDefinition, kept: Kept): void {
  const nodes = (['consensus', 'orderers', 'peersPerMember'] as const)
    .filter((name) => definition.fabric[name] !== kept[name])
    .map((name) => `${name} ${kept[name]}, not ${definition.fabric[name]}`);
  const ports = Object.entries(endpointsOf(definition))
    .filter(([mspId, port]) => kept.endpoints[mspId] !== port)
    .map(([mspId, port]) => `${mspId} at port ${kept.endpoints[mspId] ?? 'none'}, not ${port}`);
  const changed = [...nodes, ...ports];
  if (changed.length === 0) return;
  throw new FabricError(
    'TOPOLOGY_CHANGED',
    `this network was made with ${changed.join('; ')}: use that again, change it by "concordat governance add-member" and ` +
      'its like, or delete its folder first',
  );
}

function endpointsOf({ members }: NetworkDefinition): Record<string, number> {
  return Object.fromEntries(members.map(({ mspId, port }) => [mspId, port]));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
