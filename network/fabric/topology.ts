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
  const ports: Record<string, number> = { ...kept?.ports };
  const names = neededPorts(definition).filter((name) => ports[name] === undefined);
  const free = await freePorts(names.length);
  names.forEach((name, at) => (ports[name] = free[at] as number));
  if (names.length > 0 || !kept) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const now: Kept = { consensus, orderers, peersPerMember, endpoints: endpointsOf(definition), ports };
    writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
  }
  return toTopology(definition, ports);
}

/** Which nodes a network was made with; nothing where there is none yet. */
export function keptOptions(file: string): Partial<FabricOptions> {
  const kept = readKept(file);
  return kept ? { consensus: kept.consensus, orderers: kept.orderers, peersPerMember: kept.peersPerMember } : {};
}

function toTopology(definition: NetworkDefinition, ports: Readonly<Record<string, number>>): Topology {
  const { members, orderer, fabric, host } = definition;
  const port = (node: string, kind: string): number => ports[`${node} ${kind}`] as number;
  const orderers = range(fabric.orderers).map((index): OrdererNode => {
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

function neededPorts({ members, fabric }: NetworkDefinition): string[] {
  const ofOrderers = range(fabric.orderers).flatMap((index) =>
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
    `this network was made with ${changed.join('; ')}: use that again, or delete its folder first`,
  );
}

function endpointsOf({ members }: NetworkDefinition): Record<string, number> {
  return Object.fromEntries(members.map(({ mspId, port }) => [mspId, port]));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
