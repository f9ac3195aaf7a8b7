import { readFileSync } from 'node:fs';
import { addConsenter, removeConsenter } from '../../protocol/channel-update';
import { FabricError } from '../fabric-error';
import { FabricNetwork, type FabricNetworkOptions } from '../fabric-network';
import { awaitConsenter, joinOrderer } from '../readiness';
import { replaceOrderer as keepReplaced, type OrdererNode } from '../topology';
import { changeConfig, fetchConfig } from './config-change';

/**
 * Replaces an ordering node, lost or not, by a new one with keys and ports of its own: the old one leaves the channel
 * first, so that the number of nodes that must agree never counts both.
 *
 * The nodes that stay must be more than half of those before.
 * @throws FabricError NODE_UNKNOWN, CHANGE_REFUSED, COMMAND_FAILED, NOT_READY, NETWORK_MISSING.
 */
export async function replaceOrderer(options: FabricNetworkOptions, name: string): Promise<FabricNetwork> {
  const { definition, onProgress = () => undefined } = options;
  const { host, orderer: organisation } = definition;
  const before = await FabricNetwork.attach(options);
  const old = nodeOf(before, name);
  onProgress(`channel update: ${name} leaves`);
  await before.stopNode(name);
  // Whoever is asked to order the update must be one that stays.
  const without = before.context.topology.orderers.filter((orderer) => orderer !== old);
  const staying = { ...before.context, topology: { ...before.context.topology, orderers: without } };
  await changeConfig(staying, removeConsenter(organisation.mspId, { host, port: old.ports.listen }), [
    organisation.mspId,
  ]);
  const index = keepReplaced(before.context.layout.topology, old.index);
  const after = await FabricNetwork.prepare(options);
  const added = after.context.topology.orderers.find((orderer) => orderer.index === index) as OrdererNode;
  const certificate = readFileSync(after.context.layout.tls(added.name, 'server.crt'));
  onProgress(`channel update: ${added.name} joins`);
  const others = after.context.topology.orderers.filter((orderer) => orderer !== added);
  const asking = { ...after.context, topology: { ...after.context.topology, orderers: others } };
  const consenter = { host, port: added.ports.listen, tlsCertificate: certificate };
  await changeConfig(asking, addConsenter(organisation.mspId, consenter), [organisation.mspId]);
  after.startNode(added.name);
  const { blockFile } = await fetchConfig(asking);
  await joinOrderer(added, after.logOf(added.name), after.context, blockFile);
  await awaitConsenter(added, after.context);
  onProgress(`${added.name} orders at port ${added.ports.listen}`);
  return after;
}

function nodeOf({ context }: FabricNetwork, name: string): OrdererNode {
  const found = context.topology.orderers.find((orderer) => orderer.name === name);
  if (found !== undefined) return found;
  const known = context.topology.orderers.map((orderer) => orderer.name).join(', ');
  throw new FabricError('NODE_UNKNOWN', `there is no ordering node ${name} (there are ${known})`);
}
