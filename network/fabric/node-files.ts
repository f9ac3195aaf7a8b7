import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Material, OrganisationMaterial } from '../material/material';
import { channelProfile, PROFILE } from './channel-profile';
import { runCommand } from './commands';
import { writeLocalMsp, writeOrganisationMsp, writeTls } from './msp-folders';
import { ordererConfig, peerConfig, type NodeContext } from './node-config';
import { nodeKeys, type NodeNames } from './node-keys';

/** Writes every node's keys, once, and configuration, each time; then block 0 if there is none. */
export async function writeNodeFiles(context: NodeContext, material: Material): Promise<void> {
  const { definition, layout, topology } = context;
  for (const member of definition.members) {
    const organisation = organisationOf(material, member.mspId);
    writeOrganisationMsp(layout.organisation(member.mspId), organisation);
    const admin = member.users.find(({ role }) => role === 'admin');
    const keys = admin && organisation.users[admin.name];
    if (keys) writeLocalMsp(layout.admin(member.mspId), organisation, keys);
  }
  writeOrganisationMsp(layout.organisation(material.orderer.mspId), material.orderer);
  await writeOrdererAdmin(context, material.orderer);
  for (const peer of topology.peers) {
    const organisation = organisationOf(material, peer.mspId);
    await writeKeys(context, organisation, { ...peer, role: 'peer' });
    writeYaml(join(layout.node(peer.name), 'core.yaml'), peerConfig(peer, context));
  }
  for (const orderer of topology.orderers) {
    await writeKeys(context, material.orderer, { ...orderer, role: 'orderer' });
    writeYaml(join(layout.node(orderer.name), 'orderer.yaml'), ordererConfig(orderer, context));
  }
  if (!existsSync(layout.genesisBlock)) await writeGenesisBlock(context);
}

/** Whoever changes the ordering section signs as its organisation's administrator; made once. */
async function writeOrdererAdmin(
  { definition, layout }: NodeContext,
  organisation: OrganisationMaterial,
): Promise<void> {
  const { mspId, domain } = definition.orderer;
  if (existsSync(layout.admin(mspId))) return;
  const issuer = await organisation.openIssuer();
  writeLocalMsp(layout.admin(mspId), organisation, await issuer.issueIdentity(domain, 'admin', `Admin@${domain}`));
}

async function writeKeys(
  { layout }: NodeContext,
  organisation: OrganisationMaterial,
  node: NodeNames & { readonly name: string; readonly index: number },
): Promise<void> {
  const tls = dirname(layout.tls(node.name, 'ca.crt'));
  if (existsSync(layout.tls(node.name, 'ca.crt'))) return;
  const keys = await nodeKeys(organisation, node.index, node);
  writeLocalMsp(layout.msp(node.name), organisation, keys.node);
  writeTls(tls, { tls: keys.tls, tlsRootCertificatePem: organisation.tlsRootCertificatePem });
}

async function writeGenesisBlock(context: NodeContext): Promise<void> {
  const { definition, layout, release } = context;
  writeYaml(join(layout.folder, 'configtx.yaml'), channelProfile(context));
  const args = ['-profile', PROFILE, '-channelID', definition.channel, '-outputBlock', layout.genesisBlock];
  await runCommand(release.binaries.configtxgen, args, { FABRIC_CFG_PATH: layout.folder });
}

function organisationOf({ organisations }: Material, mspId: string): OrganisationMaterial {
  const organisation = organisations[mspId];
  if (!organisation) throw new Error(`no key material for ${mspId}`);
  return organisation;
}

function writeYaml(file: string, value: object): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, stringify(value), { mode: 0o600 });
}
