import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureMaterial, ensureMember, renewMember, type OrganisationMaterial } from '../../material/material';
import type { NetworkDefinition } from '../../material/network-definition';
import { addMember, removeMember, setRoots } from '../../protocol/channel-update';
import { FabricError } from '../fabric-error';
import { FabricNetwork, type FabricNetworkOptions } from '../fabric-network';
import { Layout } from '../layout';
import { dropMember, keepMember } from '../topology';
import { majorityOf } from './administrators';
import { changeConfig, fetchConfig, proposeChange } from './config-change';
import { memberIds } from './member-ids';

/**
 * Takes a member of the network file into a running network: its keys, a channel update signed by a majority of the
 * members before it, its peers, and its part in the contracts. What was done before stays, so it can be run again.
 *
 * @throws FabricError MEMBER_UNKNOWN, CHANGE_REFUSED, COMMAND_FAILED, NOT_READY, NETWORK_MISSING.
 */
export async function joinMember(options: FabricNetworkOptions, mspId: string): Promise<FabricNetwork> {
  const { definition, onProgress = () => undefined } = options;
  const member = memberOf(definition, mspId);
  await ensureMember(definition, mspId);
  keepMember(new Layout(definition).topology, mspId, member.port);
  const network = await FabricNetwork.prepare(options);
  const { context } = network;
  const before = memberIds((await fetchConfig(context)).config);
  if (!before.includes(mspId)) {
    const signers = majorityOf(before);
    onProgress(`channel update: ${mspId} joins, signed by ${signers.join(', ')}`);
    const { rootCertificatePem, tlsRootCertificatePem } = await materialOf(definition, mspId);
    const anchor = { host: definition.host, port: member.port };
    await changeConfig(context, addMember({ mspId, rootCertificatePem, tlsRootCertificatePem, anchor }), signers);
  }
  await network.up();
  for (const chaincode of definition.chaincodes) {
    onProgress(`contract ${chaincode.name}: installed and approved by ${mspId}`);
    await network.lifecycle.join(chaincode, mspId);
  }
  return network;
}

/**
 * Writes the channel update by which a member of the network file joins, for administrators on several hosts to sign.
 *
 * @throws FabricError MEMBER_UNKNOWN, CHANGE_REFUSED when it is one already, COMMAND_FAILED, NETWORK_MISSING.
 */
export async function proposeMember(options: FabricNetworkOptions, mspId: string, file: string): Promise<void> {
  const { definition } = options;
  const { port } = memberOf(definition, mspId);
  await ensureMember(definition, mspId);
  keepMember(new Layout(definition).topology, mspId, port);
  const { context } = await FabricNetwork.prepare(options);
  const { rootCertificatePem, tlsRootCertificatePem } = await materialOf(definition, mspId);
  const anchor = { host: definition.host, port };
  await proposeChange(context, addMember({ mspId, rootCertificatePem, tlsRootCertificatePem, anchor }), file);
}

/** Writes the channel update by which a member leaves. @throws FabricError as `proposeMember`. */
export async function proposeRemoval(options: FabricNetworkOptions, mspId: string, file: string): Promise<void> {
  memberOf(options.definition, mspId);
  await proposeChange((await FabricNetwork.attach(options)).context, removeMember(mspId), file);
}

/**
 * Takes a member out: a channel update signed by a majority of the others, then its nodes of this host are stopped.
 *
 * Its records must be closed or passed on before; the gateways' vote on its retirement checks that.
 * @throws FabricError MEMBER_UNKNOWN, CHANGE_REFUSED, COMMAND_FAILED, NOT_READY, NETWORK_MISSING.
 */
export async function expelMember(options: FabricNetworkOptions, mspId: string): Promise<void> {
  const { definition, onProgress = () => undefined } = options;
  memberOf(definition, mspId);
  const network = await FabricNetwork.attach(options);
  const { context } = network;
  const before = memberIds((await fetchConfig(context)).config);
  if (before.includes(mspId)) {
    const others = before.filter((candidate) => candidate !== mspId);
    const signers = others.slice(0, Math.floor(before.length / 2) + 1);
    onProgress(`channel update: ${mspId} leaves, signed by ${signers.join(', ')}`);
    await changeConfig(context, removeMember(mspId), signers);
  }
  for (const { name } of context.topology.peers.filter((peer) => peer.mspId === mspId)) {
    onProgress(`${name} stops`);
    await network.stopNode(name);
  }
  dropMember(context.layout.topology, mspId);
}

/**
 * Gives a member a new authority in place of a lost or stolen one: the new roots stand beside the old ones, every
 * certificate is issued anew, the member's peers start with them, and the old roots go. Its own administrator signs.
 *
 * Whoever holds a certificate of the old authority is shut out at the end; gateways are started again with the new ones.
 * @throws FabricError MEMBER_UNKNOWN, CHANGE_REFUSED, COMMAND_FAILED, NOT_READY, NETWORK_MISSING.
 */
export async function replaceAuthority(options: FabricNetworkOptions, mspId: string): Promise<FabricNetwork> {
  const { definition, onProgress = () => undefined } = options;
  memberOf(definition, mspId);
  const network = await FabricNetwork.attach(options);
  const { context } = network;
  const old = await materialOf(definition, mspId);
  const former = await renewMember(definition, mspId);
  onProgress(`new authorities of ${mspId}; the former keys lie in ${former}`);
  const now = await materialOf(definition, mspId);
  const roots = [now.rootCertificatePem, old.rootCertificatePem];
  const tlsRoots = [now.tlsRootCertificatePem, old.tlsRootCertificatePem];
  onProgress('channel update: the new roots beside the old ones');
  await changeConfig(context, setRoots(mspId, roots, tlsRoots), [mspId]);
  for (const { name } of context.topology.peers.filter((peer) => peer.mspId === mspId)) {
    onProgress(`${name} starts again with its new certificates`);
    await network.stopNode(name);
    for (const folder of ['msp', 'tls']) rmSync(join(context.layout.node(name), folder), { recursive: true });
  }
  rmSync(context.layout.admin(mspId), { recursive: true, force: true });
  rmSync(context.layout.organisation(mspId), { recursive: true, force: true });
  const renewed = await FabricNetwork.prepare(options);
  await renewed.up();
  onProgress('channel update: the old roots go');
  await changeConfig(renewed.context, setRoots(mspId, [now.rootCertificatePem], [now.tlsRootCertificatePem]), [mspId]);
  return renewed;
}

function memberOf(definition: NetworkDefinition, mspId: string): NetworkDefinition['members'][number] {
  const found = definition.members.find((member) => member.mspId === mspId);
  if (found !== undefined) return found;
  const known = definition.members.map((member) => member.mspId).join(', ');
  throw new FabricError('MEMBER_UNKNOWN', `the network file names no member ${mspId} (it names ${known})`);
}

async function materialOf(definition: NetworkDefinition, mspId: string): Promise<OrganisationMaterial> {
  const found = (await ensureMaterial(definition)).organisations[mspId];
  if (found !== undefined) return found;
  throw new FabricError('MEMBER_UNKNOWN', `there is no key material of ${mspId}`);
}
