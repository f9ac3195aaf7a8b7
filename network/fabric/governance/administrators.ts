import { FabricError } from '../fabric-error';
import { adminEnvironment } from '../lifecycle';
import type { NodeContext } from '../node-config';
import { endpointOf } from '../topology';

/** What makes the `peer` command act as an organisation's administrator. @throws FabricError ADMIN_MISSING, MEMBER_UNKNOWN. */
export function administrator(mspId: string, context: NodeContext): Record<string, string> {
  const { definition, layout, topology } = context;
  const own = topology.peers.find((peer) => peer.mspId === mspId);
  if (own !== undefined) return adminEnvironment(own, context);
  const [any] = topology.peers;
  if (any === undefined || mspId !== definition.orderer.mspId) {
    throw new FabricError('MEMBER_UNKNOWN', `${mspId} is no member of this network file`);
  }
  // Signing and submitting need a peer's configuration file only to start.
  return {
    ...adminEnvironment(any, context),
    CORE_PEER_LOCALMSPID: mspId,
    CORE_PEER_MSPCONFIGPATH: layout.admin(mspId),
  };
}

/** The smallest number of members that is more than half; `first` is among them. */
export function majorityOf(members: readonly string[], first?: string): string[] {
  const ordered = first === undefined ? [...members] : [first, ...members.filter((mspId) => mspId !== first)];
  return ordered.slice(0, Math.floor(members.length / 2) + 1);
}

/** Which ordering node the `peer` command asks. */
export function ordererArguments({ layout, topology }: NodeContext, index = 0): string[] {
  const orderer = topology.orderers[index];
  if (orderer === undefined) throw new FabricError('NODE_UNKNOWN', 'the network has no ordering node');
  const address = endpointOf(orderer);
  return ['--orderer', address, '--tls', '--cafile', layout.tls(orderer.name, 'ca.crt')];
}
