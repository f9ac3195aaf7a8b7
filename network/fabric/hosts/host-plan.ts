import { readFileSync } from 'node:fs';
import {
  NetworkDefinitionError,
  type ChaincodeDeployment,
  type MemberDefinition,
  type NetworkDefinition,
} from '../../material/network-definition';
import type { OrdererNode, PeerNode, Topology } from '../topology';
import type { HostDefinition, HostsDefinition } from './hosts-file';

/** One contract of one member, as a service. */
export interface ContractService {
  readonly chaincode: string;
  readonly mspId: string;
  readonly port: number;
}
export interface GatewayService {
  readonly member: MemberDefinition;
  readonly listen: string;
  readonly port: number;
  readonly user: string;
  readonly issuer: string;
  readonly publicKeyPem: string;
}
export interface AuthorityService {
  readonly member: MemberDefinition;
  readonly port: number;
  readonly operations: number;
}

/** What runs on one host, with every port settled. */
export interface HostPlan extends Pick<HostDefinition, 'name' | 'address' | 'listen' | 'folder' | 'user'> {
  readonly orderers: readonly OrdererNode[];
  readonly peers: readonly PeerNode[];
  readonly contracts: readonly ContractService[];
  readonly gateways: readonly GatewayService[];
  readonly authorities: readonly AuthorityService[];
}

/** A network laid out over hosts: the definition has the addresses that follow from it. */
export interface NetworkPlan extends Pick<HostsDefinition, 'release' | 'program' | 'node' | 'membersFile'> {
  readonly definition: NetworkDefinition;
  readonly topology: Topology;
  readonly hosts: readonly HostPlan[];
}

/**
 * Lays a network out over hosts.
 *
 * @throws NetworkDefinitionError naming nodes that run nowhere, twice or are unknown, and ports used twice on one host.
 */
export function planHosts(definition: NetworkDefinition, file: HostsDefinition): NetworkPlan {
  const problems = placementProblems(definition, file.hosts);
  if (problems.length > 0) throw new NetworkDefinitionError(problems);
  const hosts = file.hosts.map((host) => planHost(definition, host, file.hosts));
  const clashes = clashesOf(hosts);
  if (clashes.length > 0) throw new NetworkDefinitionError(clashes);
  const orderers = hosts.flatMap((host) => host.orderers).sort((a, b) => a.index - b.index);
  const order = peerNames(definition);
  const peers = hosts.flatMap((host) => host.peers).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const { hosts: _, ...programs } = file;
  return {
    ...programs,
    hosts,
    definition: {
      ...definition,
      chaincodes: definition.chaincodes.map((chaincode) => withAddresses(chaincode, hosts)),
    },
    topology: { consensus: definition.fabric.consensus, orderers, peers },
  };
}

function planHost(definition: NetworkDefinition, host: HostDefinition, all: readonly HostDefinition[]): HostPlan {
  const { name, address, listen: listenHost, folder, user } = host;
  const here = { host: address, listenHost };
  return {
    ...{ name, address, listen: listenHost, folder, user },
    orderers: host.orderers.map((placed, at): OrdererNode => {
      const { mspId, domain } = definition.orderer;
      const ports = { listen: 7050 + 100 * at, admin: 7053 + 100 * at, operations: 8443 + 100 * at, ...placed.ports };
      const index = Number(placed.name.replace('orderer', ''));
      return { name: placed.name, mspId, domain, index, ...here, serverName: `${placed.name}.${domain}`, ports };
    }),
    peers: host.peers.map((placed, at): PeerNode => {
      const [, digits, mspId = ''] = /^peer(\d+)\.(.+)$/.exec(placed.name) ?? [];
      const { domain } = memberOf(definition, mspId);
      const ports = {
        listen: 7051 + 100 * at,
        chaincode: 7052 + 100 * at,
        operations: 9443 + 100 * at,
        ...placed.ports,
      };
      const index = Number(digits);
      return { name: placed.name, mspId, domain, index, ...here, serverName: `peer${index}.${domain}`, ports };
    }),
    contracts: contractsOf(definition, host, all),
    gateways: host.gateways.map(({ member: mspId, port, listen = '127.0.0.1', user: asked, tokens }, at) => {
      const member = memberOf(definition, mspId);
      const clients = member.users.filter(({ role }) => role !== 'admin');
      const found = asked ?? clients[0]?.name ?? member.users[0]?.name ?? '';
      const publicKeyPem = readFileSync(tokens.publicKeyFile, 'utf8');
      return { member, listen, port: port ?? 8080 + at, user: found, issuer: tokens.issuer, publicKeyPem };
    }),
    authorities: host.authorities.map(({ member, port = 7054 }, at) => ({
      member: memberOf(definition, member),
      port: port + (port === 7054 ? 100 * at : 0),
      operations: 7055 + 100 * at,
    })),
  };
}

/** Services of the members that the file places here, and of those it places nowhere whose first peer is here. */
function contractsOf(
  definition: NetworkDefinition,
  host: HostDefinition,
  all: readonly HostDefinition[],
): ContractService[] {
  const placed = all.flatMap(({ contracts }) => contracts.map(({ member }) => member));
  const byDefault = definition.members
    .map(({ mspId }) => mspId)
    .filter((mspId) => !placed.includes(mspId) && host.peers.some(({ name }) => name === `peer0.${mspId}`));
  const here = [...host.contracts, ...byDefault.map((member) => ({ member, ports: undefined }))];
  let next = 7060;
  return here.flatMap(({ member: mspId, ports }) =>
    definition.chaincodes
      .filter(({ services }) => services[mspId] !== undefined)
      .map(({ name }) => ({ chaincode: name, mspId, port: ports?.[name] ?? next++ })),
  );
}

function withAddresses(chaincode: ChaincodeDeployment, hosts: readonly HostPlan[]): ChaincodeDeployment {
  const services = hosts.flatMap(({ address, contracts }) =>
    contracts
      .filter((contract) => contract.chaincode === chaincode.name)
      .map(({ mspId, port }) => [mspId, `${address}:${port}`] as const),
  );
  return { ...chaincode, services: Object.fromEntries(services) };
}

/** What a schema cannot say: every node runs on one host, and whatever is named exists. */
function placementProblems(definition: NetworkDefinition, hosts: readonly HostDefinition[]): string[] {
  const members = definition.members.map(({ mspId }) => mspId);
  const orderers = Array.from({ length: definition.fabric.orderers }, (_, index) => `orderer${index}`);
  const own = definition.members.filter(({ certificateAuthority }) => certificateAuthority).map(({ mspId }) => mspId);
  const names = (pick: (host: HostDefinition) => readonly string[]): string[] => hosts.flatMap(pick);
  const problems = [
    ...twice(
      '/hosts name',
      names(({ name }) => [name]),
    ),
    ...everyOne(
      'orderers',
      orderers,
      names((host) => host.orderers.map(({ name }) => name)),
    ),
    ...everyOne(
      'peers',
      peerNames(definition),
      names((host) => host.peers.map(({ name }) => name)),
    ),
  ];
  for (const part of ['contracts', 'gateways', 'authorities'] as const) {
    const placed = names((host) => host[part].map(({ member }) => member));
    problems.push(...unknown(part, members, placed), ...twice(`/hosts ${part}`, placed));
  }
  for (const { authorities, gateways } of hosts) {
    for (const { member } of authorities.filter((authority) => own.includes(authority.member))) {
      problems.push(
        `/hosts authorities: ${member} has its own Fabric CA in the network file; take it out of the hosts file`,
      );
    }
    for (const { member, user } of gateways) {
      const users = definition.members.find(({ mspId }) => mspId === member)?.users.map(({ name }) => name) ?? [];
      if (user === undefined || users.includes(user)) continue;
      problems.push(`/hosts gateways: ${member} has no user ${user}; name one of ${users.join(', ')}`);
    }
  }
  return problems;
}

function everyOne(part: string, wanted: readonly string[], placed: readonly string[]): string[] {
  const missing = wanted.filter((name) => !placed.includes(name));
  return [
    ...unknown(part, wanted, placed),
    ...twice(`/hosts ${part}`, placed),
    ...missing.map((name) => `/hosts ${part}: ${name} runs nowhere; name it under ${part} of one host`),
  ];
}

function unknown(part: string, known: readonly string[], placed: readonly string[]): string[] {
  return placed
    .filter((name) => !known.includes(name))
    .map((name) => `/hosts ${part}: there is no ${name} in the network file; name one of ${known.join(', ')}`);
}

function twice(where: string, names: readonly string[]): string[] {
  const repeated = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...repeated].map((name) => `${where}: ${name} is there twice; leave one`);
}

function clashesOf(hosts: readonly HostPlan[]): string[] {
  const owners = new Map<string, string>();
  const problems: string[] = [];
  for (const host of hosts) {
    for (const { port, what } of portsOf(host)) {
      const key = `${host.address}:${port}`;
      const other = owners.get(key);
      const free = `give one of them another port, such as ${port + 1_000}`;
      if (other !== undefined)
        problems.push(`/hosts ${host.name}: port ${port} is for ${other} and for ${what}; ${free}`);
      owners.set(key, what);
    }
  }
  return problems;
}

/** A port of a host: for what, and for whom. */
export interface HostPort {
  readonly port: number;
  readonly what: string;
  readonly from: string;
}

/** Every port that is listened on, for clashes and firewalls. */
export function portsOf(host: HostPlan): HostPort[] {
  const row = (port: number, what: string, from: string): HostPort => ({ port, what, from });
  return [
    ...host.orderers.flatMap(({ name, ports }) => [
      row(ports.listen, `${name} listen`, 'every host with an orderer or a peer'),
      row(ports.admin, `${name} admin`, 'this host'),
      row(ports.operations, `${name} operations`, 'this host and monitoring: no TLS'),
    ]),
    ...host.peers.flatMap(({ name, ports }) => [
      row(ports.listen, `${name} listen`, "every host with a peer, and the member's clients"),
      row(ports.chaincode, `${name} chaincode`, 'nobody'),
      row(ports.operations, `${name} operations`, 'this host and monitoring: no TLS'),
    ]),
    ...host.contracts.map(({ chaincode, mspId, port }) =>
      row(port, `${chaincode}.${mspId} service`, `hosts with a peer of ${mspId}: no TLS`),
    ),
    ...host.gateways.map(({ member, port, listen }) =>
      row(
        port,
        `gateway.${member.mspId}`,
        listen === '127.0.0.1' ? 'this host: the proxy that ends TLS' : 'the proxy that ends TLS',
      ),
    ),
    ...host.authorities.flatMap(({ member, port, operations }) => [
      row(port, `ca.${member.mspId}`, 'who registers and enrols'),
      row(operations, `ca.${member.mspId} operations`, 'this host'),
    ]),
  ];
}

function peerNames({ members, fabric }: NetworkDefinition): string[] {
  const indexes = Array.from({ length: fabric.peersPerMember }, (_, index) => index);
  return members.flatMap(({ mspId }) => indexes.map((index) => `peer${index}.${mspId}`));
}

function memberOf({ members }: NetworkDefinition, mspId: string): MemberDefinition {
  return members.find((member) => member.mspId === mspId) as MemberDefinition;
}
