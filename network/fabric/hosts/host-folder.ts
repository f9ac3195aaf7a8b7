import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Material, OrganisationMaterial } from '../../material/material';
import { newServicePackage } from '../chaincode-package';
import { collectionsConfig } from '../definition-arguments';
import { Layout } from '../layout';
import { adminEnvironment } from '../lifecycle';
import { writeLocalMsp, writeOrganisationMsp, writeTls } from '../msp-folders';
import { ordererConfig, peerConfig, type NodeContext } from '../node-config';
import { hostedNodeKeys } from '../node-keys';
import type { OrdererNode, PeerNode } from '../topology';
import { authorityConfig } from './authority-config';
import type { AuthorityService, GatewayService, HostPlan } from './host-plan';
import { environmentFile, unitFile } from './systemd';
import type { Service } from './units';

/** What a host's folder is written from. */
export interface HostContext {
  readonly host: HostPlan;
  /** The network as its nodes on that host see it: the paths are the host's own. */
  readonly context: NodeContext;
  readonly material: Material;
  readonly services: readonly Service[];
  readonly fingerprintKey: string;
  /** Where the folder is written here. */
  readonly out: string;
}

/** Keys of the host's own nodes, once; the first thing written, since block 0 needs the certificates. @throws FabricCaError. */
export async function writeHostKeys({ host, material, out }: Omit<HostContext, 'context' | 'services'>): Promise<void> {
  const layout = new Layout({ folder: out }, '');
  for (const node of [...host.orderers, ...host.peers]) {
    const tls = layout.tls(node.name, 'ca.crt');
    if (existsSync(tls)) continue;
    const organisation = organisationOf(material, node.mspId);
    const role = host.orderers.some(({ name }) => name === node.name) ? 'orderer' : 'peer';
    const keys = await hostedNodeKeys(organisation, node.index, { ...node, role });
    writeLocalMsp(layout.msp(node.name), organisation, keys.node);
    writeTls(dirname(tls), { tls: keys.tls, tlsRootCertificatePem: organisation.tlsRootCertificatePem });
  }
}

/** Configuration, units, public certificates and packages: all but the nodes' keys and block 0. @throws FabricError ADMIN_MISSING. */
export async function writeHostFiles(host: HostContext): Promise<void> {
  const { context, material, services, out } = host;
  const layout = new Layout({ folder: out }, '');
  for (const organisation of [...Object.values(material.organisations), material.orderer]) {
    writeOrganisationMsp(layout.organisation(organisation.mspId), organisation);
  }
  for (const orderer of host.host.orderers) writeNode(layout, orderer, 'orderer.yaml', ordererConfig(orderer, context));
  for (const peer of host.host.peers) writeNode(layout, peer, 'core.yaml', peerConfig(peer, context));
  for (const peer of host.host.peers.filter(({ index }) => index === 0)) writeAdmin(layout, peer, host);
  for (const gateway of host.host.gateways) writeGateway(gateway, host);
  for (const authority of host.host.authorities) await writeAuthority(authority, host);
  await writePackages(layout, host);
  for (const service of services) {
    secret(join(out, 'systemd', `${service.name}.service`), unitFile(service), 0o644);
    const name = service.name.replace('concordat-', '');
    secret(join(out, 'env', `${name}.env`), environmentFile(service.environment));
    for (const folder of service.writes) {
      mkdirSync(join(out, folder.slice(host.host.folder.length)), { recursive: true, mode: 0o700 });
    }
  }
}

function writeNode(layout: Layout, { name }: OrdererNode | PeerNode, file: string, config: object): void {
  secret(join(layout.node(name), file), stringify(config));
}

/** The member's administrator acts from the host of its first peer. */
function writeAdmin(layout: Layout, peer: PeerNode, { context, material }: HostContext): void {
  const environment = adminEnvironment(peer, context);
  const organisation = organisationOf(material, peer.mspId);
  const users = context.definition.members.find(({ mspId }) => mspId === peer.mspId)?.users ?? [];
  const admin = users.find(({ role }) => role === 'admin')?.name ?? '';
  const keys = organisation.users[admin];
  if (keys) writeLocalMsp(layout.admin(peer.mspId), organisation, keys);
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
  secret(join(layout.folder, 'env', `admin-${peer.mspId}.sh`), `${lines.join('\n')}\n`);
}

function writeGateway(gateway: GatewayService, { host, context, material, fingerprintKey, out }: HostContext): void {
  const { mspId } = gateway.member;
  const place = join(out, 'gateways', mspId);
  const peer = context.topology.peers.find(
    (candidate) => candidate.mspId === mspId && candidate.index === 0,
  ) as PeerNode;
  const own = host.peers.find((candidate) => candidate.mspId === mspId) ?? peer;
  const keys = organisationOf(material, mspId).users[gateway.user];
  if (!keys) throw new Error(`no key material for ${gateway.user} of ${mspId}`);
  secret(join(place, 'cert.pem'), keys.certificatePem);
  secret(join(place, 'key.pem'), keys.privateKeyPem);
  secret(join(place, 'fingerprint-key'), fingerprintKey);
  const config = {
    member: mspId,
    host: gateway.listen,
    port: gateway.port,
    channel: context.definition.channel,
    dataFolder: 'data',
    ledger: {
      endpoint: `${own.host}:${own.ports.listen}`,
      serverName: own.serverName,
      tlsRootCertificateFile: join(context.layout.organisation(mspId), 'tlscacerts', 'ca.pem'),
      certificateFile: 'cert.pem',
      privateKeyFile: 'key.pem',
    },
    tokens: { issuer: gateway.issuer, publicKeyPem: gateway.publicKeyPem },
    fingerprintKeyFile: 'fingerprint-key',
    logLevel: 'info',
  };
  secret(join(place, 'gateway.yaml'), stringify(config));
}

/** The development authority of the member goes to this host, and its registrar's secret is made for it. */
async function writeAuthority(authority: AuthorityService, { host, material, out }: HostContext): Promise<void> {
  const { mspId, domain } = authority.member;
  const place = join(out, 'authorities', mspId);
  if (existsSync(join(place, 'fabric-ca-server-config.yaml'))) return;
  const organisation = organisationOf(material, mspId);
  const issuer = await organisation.openIssuer();
  const tls = await issuer.issueServer(domain, `ca.${domain}`, [`ca.${domain}`, host.address]);
  writeTls(join(place, 'tls'), { tls, tlsRootCertificatePem: organisation.tlsRootCertificatePem });
  secret(join(place, 'ca.pem'), organisation.rootCertificatePem);
  secret(join(place, 'ca.key'), readFileSync(join(material.folder, mspId, 'ca', 'ca.key'), 'utf8'));
  const registrar = randomBytes(18).toString('base64url');
  secret(join(place, 'registrar-secret'), registrar);
  secret(join(place, 'fabric-ca-server-config.yaml'), stringify(authorityConfig(authority, host, registrar)));
}

async function writePackages(layout: Layout, { host, context }: HostContext): Promise<void> {
  for (const chaincode of context.definition.chaincodes) {
    const { name, version, services } = chaincode;
    for (const mspId of new Set(host.peers.map((peer) => peer.mspId))) {
      const address = services[mspId];
      if (address === undefined) continue;
      const { bytes } = await newServicePackage(name, version, address);
      secret(join(layout.packages, packageFile(chaincode, mspId)), bytes);
    }
    const collections = collectionsConfig(chaincode);
    if (collections !== undefined) secret(join(layout.packages, `${name}-collections.json`), collections);
  }
}

/** File name of a member's package. */
export function packageFile(
  { name, version }: { readonly name: string; readonly version: string },
  mspId: string,
): string {
  return `${name}_${version}-${mspId}.tar.gz`;
}

/** Key material of a member or of the ordering organisation. */
export function organisationOf({ organisations, orderer }: Material, mspId: string): OrganisationMaterial {
  const found = mspId === orderer.mspId ? orderer : organisations[mspId];
  if (!found) throw new Error(`no key material for ${mspId}`);
  return found;
}

function secret(file: string, content: string | Uint8Array, mode = 0o600): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, content, { mode });
}
