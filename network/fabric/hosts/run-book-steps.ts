import { join } from 'node:path';
import { servicePackageIds } from '../chaincode-package';
import { collectionsConfig, definitionArguments } from '../definition-arguments';
import { endpointOf, type OrdererNode, type PeerNode } from '../topology';
import { packageFile } from './host-folder';
import type { HostPlan, NetworkPlan } from './host-plan';
import type { Service } from './units';

/** Commands that one user of one host gives. */
export interface Block {
  readonly host: string;
  readonly user: string;
  readonly lines: readonly string[];
}

/** Starts the services of one kind, host by host. */
export function startBlocks(
  hosts: readonly { readonly host: HostPlan; readonly services: readonly Service[] }[],
  ...kinds: readonly Service['kind'][]
): Block[] {
  return hosts.flatMap(({ host, services }) => {
    const units = services.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => `${name}.service`);
    return units.length === 0
      ? []
      : [{ host: host.name, user: 'root', lines: [`systemctl enable --now ${units.join(' ')}`] }];
  });
}

/** Makes each ordering node take part in the channel, by its own TLS key. */
export function joinOrderers({ hosts, release, definition }: NetworkPlan): Block[] {
  return perHost(hosts, (host) =>
    host.orderers.flatMap(({ name, host: address, ports }) => {
      const tls = `nodes/${name}/tls`;
      const asked = ['channel', 'join', '--channelID', definition.channel, '--config-block', 'genesis.block'];
      const as = [
        '--ca-file',
        `${tls}/ca.crt`,
        '--client-cert',
        `${tls}/server.crt`,
        '--client-key',
        `${tls}/server.key`,
      ];
      return [
        awaitHealth(address, ports.operations),
        shell([join(release, 'bin', 'osnadmin'), ...asked, '--orderer-address', `${address}:${ports.admin}`, ...as]),
      ];
    }),
  );
}

/** Joins every peer of a member from the host of its administrator. */
export function joinPeers(plan: NetworkPlan): Block[] {
  const waits = perHost(plan.hosts, ({ peers }) => peers.map(({ host, ports }) => awaitHealth(host, ports.operations)));
  const joins = asAdmin(plan, (peer) => [`${at(peer)} ${peerCommand(plan)} channel join -b genesis.block`]);
  return [...waits, ...joins];
}

/** Installs every contract on the member's peers, and approves its first definition. */
export async function approveContracts(plan: NetworkPlan): Promise<Block[]> {
  const ids = await Promise.all(plan.definition.chaincodes.map(servicePackageIds));
  const install = asAdmin(plan, (peer) =>
    plan.definition.chaincodes
      .filter(({ services }) => services[peer.mspId] !== undefined)
      .map((chaincode) => {
        const file = join('packages', packageFile(chaincode, peer.mspId));
        return `${at(peer)} ${peerCommand(plan)} lifecycle chaincode install ${file}`;
      }),
  );
  const approve = asAdmin(plan, (peer, host) =>
    peer.index > 0
      ? []
      : plan.definition.chaincodes.map((chaincode, index) => {
          const id = ids[index]?.[peer.mspId];
          const args = ['lifecycle', 'chaincode', 'approveformyorg', ...ordererArguments(plan, host)];
          return `${peerCommand(plan)} ${shell([...args, ...definitionOf(plan, chaincode), ...(id === undefined ? [] : ['--package-id', id])])}`;
        }),
  );
  return [...install, ...approve];
}

/** Commits every contract's definition, by the first member's administrator with the endorsement of every member. */
export function commitContracts(plan: NetworkPlan): Block[] {
  const firsts = plan.topology.peers.filter(({ index }) => index === 0);
  const peers = firsts.flatMap((peer) => [
    '--peerAddresses',
    endpointOf(peer),
    '--tlsRootCertFiles',
    tlsRoot(peer.mspId),
  ]);
  return asAdmin(plan, (peer, host) =>
    peer !== firsts[0]
      ? []
      : plan.definition.chaincodes.map((chaincode) => {
          const args = [
            'lifecycle',
            'chaincode',
            'commit',
            ...ordererArguments(plan, host),
            ...definitionOf(plan, chaincode),
          ];
          return `${peerCommand(plan)} ${shell([...args, ...peers])}`;
        }),
  );
}

/** What a member's administrator asks to see that all is well. */
export function checkPeers(plan: NetworkPlan): Block[] {
  const { channel } = plan.definition;
  return asAdmin(plan, (peer) => [
    `${at(peer)} ${peerCommand(plan)} channel getinfo -c ${channel}`,
    ...(peer.index > 0 ? [] : [`${peerCommand(plan)} lifecycle chaincode querycommitted --channelID ${channel}`]),
  ]);
}

/** Tells the consortium what its network is, by the first gateway, before it serves. */
export function describeNetwork({ hosts, node, program, membersFile }: NetworkPlan): Block[] {
  const host = hosts.find(({ gateways }) => gateways.length > 0);
  const mspId = host?.gateways[0]?.member.mspId;
  if (host === undefined || mspId === undefined || membersFile === undefined) return [];
  const concordat = `${node} ${join(program, 'bin', 'concordat.js')}`;
  const files = `--config gateways/${mspId}/gateway.yaml --members members.yaml`;
  return [{ ...who(host), lines: [`cd ${host.folder}`, `${concordat} gateway describe ${files}`] }];
}

/** Readiness of the gateways. */
export function checkGateways({ hosts }: NetworkPlan): Block[] {
  return perHost(hosts, ({ gateways }) =>
    gateways.map(({ listen, port }) => `until curl -fsS http://${listen}:${port}/readyz; do sleep 1; done`),
  );
}

function definitionOf(
  { definition }: NetworkPlan,
  chaincode: NetworkPlan['definition']['chaincodes'][number],
): string[] {
  const hasCollections = collectionsConfig(chaincode) !== undefined;
  const file = hasCollections ? join('packages', `${chaincode.name}-collections.json`) : undefined;
  return definitionArguments(definition.channel, chaincode, 1, file);
}

/** The root's path is absolute: `peer` would look for a relative one beside its configuration. */
function ordererArguments({ topology, definition }: NetworkPlan, { folder }: HostPlan): string[] {
  const orderer = topology.orderers[0] as OrdererNode;
  return ['--orderer', endpointOf(orderer), '--tls', '--cafile', join(folder, tlsRoot(definition.orderer.mspId))];
}

/** One block for each member, on the host of its first peer, with its administrator's environment. */
function asAdmin(
  { hosts, topology, definition }: NetworkPlan,
  lines: (peer: PeerNode, host: HostPlan) => string[],
): Block[] {
  return definition.members.flatMap(({ mspId }) => {
    const peers = topology.peers.filter((peer) => peer.mspId === mspId);
    const host = hosts.find((candidate) => candidate.peers.some(({ name }) => name === peers[0]?.name)) as HostPlan;
    const commands = peers.flatMap((peer) => lines(peer, host));
    if (commands.length === 0) return [];
    return [{ ...who(host), lines: [`cd ${host.folder}`, `. env/admin-${mspId}.sh`, ...commands] }];
  });
}

function perHost(hosts: readonly HostPlan[], lines: (host: HostPlan) => string[]): Block[] {
  return hosts.flatMap((host) => {
    const commands = lines(host);
    return commands.length === 0 ? [] : [{ ...who(host), lines: [`cd ${host.folder}`, ...commands] }];
  });
}

function who({ name, user }: HostPlan): Pick<Block, 'host' | 'user'> {
  return { host: name, user };
}

function at(peer: PeerNode): string {
  return `CORE_PEER_ADDRESS=${endpointOf(peer)}`;
}

function peerCommand({ release }: NetworkPlan): string {
  return join(release, 'bin', 'peer');
}

function tlsRoot(mspId: string): string {
  return `organisations/${mspId}/tlscacerts/ca.pem`;
}

function awaitHealth(host: string, port: number): string {
  return `until curl -fsS -o /dev/null http://${host}:${port}/healthz; do sleep 1; done`;
}

function shell(args: readonly string[]): string {
  return args.map((arg) => (/^[\w./:@,=+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ');
}
