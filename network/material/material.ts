import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newConfigBlock } from '../protocol/genesis';
import type { KeyedCertificate } from './certificate-authority';
import { connectionFile, connectionProfile } from './connection-files';
import { write } from './files';
import { createIssuer, openIssuer, type Issuer, type IssuingOrganisation } from './issuer';
import type { MemberDefinition, NetworkDefinition } from './network-definition';

/** Paths and contents of one organisation's keys. */
export interface OrganisationMaterial {
  readonly mspId: string;
  readonly rootCertificatePem: string;
  readonly tlsRootCertificatePem: string;
  /** Issues certificates for further nodes of the organisation. @throws FabricCaError where a Fabric CA is asked. */
  readonly openIssuer: () => Promise<Issuer>;
  /** Identity that endorses (peer) or orders (orderer). */
  readonly node: KeyedCertificate;
  readonly tls: KeyedCertificate;
  readonly users: Readonly<Record<string, KeyedCertificate>>;
}

/** Everything a network starts from. */
export interface Material {
  readonly folder: string;
  readonly organisations: Readonly<Record<string, OrganisationMaterial>>;
  readonly orderer: OrganisationMaterial;
  /** Serialised block 0. */
  readonly genesisBlock: Uint8Array;
  /** Connection file (channel, endpoints, users) and common connection profile, absolute paths. */
  readonly connectionFile: string;
  readonly connectionProfile: string;
}

/**
 * Makes the key material of a network once, and loads it afterwards.
 *
 * Block 0 is written last and by renaming: its presence says that everything before it is complete.
 */
export async function ensureMaterial(
  definition: NetworkDefinition,
  folder = join(definition.folder, 'material'),
): Promise<Material> {
  const genesisFile = join(folder, 'genesis.block');
  if (!existsSync(genesisFile)) await create(definition, folder, genesisFile);
  const organisations = Object.fromEntries(definition.members.map((member) => [member.mspId, load(folder, member)]));
  const connection = join(folder, 'connection.json'),
    profile = join(folder, 'connection-profile.json');
  // Ports may differ from start to start, so these are written every time.
  writeFileSync(connection, `${JSON.stringify(connectionFile(definition, folder), null, 2)}\n`);
  writeFileSync(profile, `${JSON.stringify(connectionProfile(definition, organisations), null, 2)}\n`);
  return {
    folder,
    organisations,
    orderer: load(folder, ordererOf(definition)),
    genesisBlock: readFileSync(genesisFile),
    connectionFile: connection,
    connectionProfile: profile,
  };
}

/** Makes the keys of one member of the definition, unless it has them. */
export async function ensureMember(definition: NetworkDefinition, mspId: string): Promise<void> {
  const folder = join(definition.folder, 'material');
  const member = definition.members.find((candidate) => candidate.mspId === mspId);
  if (member === undefined) throw new Error(`the network file names no member ${mspId}`);
  if (!existsSync(join(folder, mspId, 'ca', 'ca.pem'))) {
    await createOrganisation(folder, member, 'peer', definition.host);
  }
}

/**
 * Gives a member new authorities, and new certificates to its node and users; what was before is kept beside it.
 *
 * For a lost or stolen authority. Answers where the former keys lie.
 */
export async function renewMember(definition: NetworkDefinition, mspId: string): Promise<string> {
  const place = join(definition.folder, 'material', mspId);
  for (let number = 1; ; number++) {
    const former = `${place}.former-${number}`;
    if (existsSync(former)) continue;
    renameSync(place, former);
    await ensureMember(definition, mspId);
    return former;
  }
}

async function create(definition: NetworkDefinition, folder: string, genesisFile: string): Promise<void> {
  const { host } = definition;
  const orderer = ordererOf(definition);
  for (const member of definition.members) await createOrganisation(folder, member, 'peer', host);
  await createOrganisation(folder, orderer, 'orderer', host);
  const organisation = (member: NewOrganisation, port?: number) => {
    const { mspId, rootCertificatePem, tlsRootCertificatePem } = load(folder, { ...member, users: [] });
    return {
      mspId,
      rootCertificatePem,
      tlsRootCertificatePem,
      ...(port === undefined ? {} : { anchor: { host, port } }),
    };
  };
  const { maxMessageCount, absoluteMaxBytes, preferredMaxBytes, timeoutMs } = definition.block;
  const block = newConfigBlock({
    channelId: definition.channel,
    organisations: definition.members.map((member) => organisation(member, member.port)),
    orderer: { ...organisation(orderer), endpoints: definition.members.map(({ port }) => `${host}:${port}`) },
    batch: { maxMessageCount, absoluteMaxBytes, preferredMaxBytes, timeoutMs },
    createdAt: Math.floor(Date.now() / 1000),
    nonce: randomBytes(24),
  });
  writeFileSync(`${genesisFile}.new`, block.serializeBinary());
  renameSync(`${genesisFile}.new`, genesisFile);
}

type NewOrganisation = IssuingOrganisation & Pick<MemberDefinition, 'users'>;

function ordererOf({ orderer }: NetworkDefinition): NewOrganisation {
  return { ...orderer, users: [] };
}

async function createOrganisation(
  folder: string,
  organisation: NewOrganisation,
  node: string,
  host: string,
): Promise<void> {
  const { mspId, domain, users } = organisation;
  const place = join(folder, mspId);
  const issuer = await createIssuer(place, organisation);
  const name = `${node}0.${domain}`;
  writeKeyed(join(place, 'node'), await issuer.issueIdentity(domain, node, name));
  writeKeyed(join(place, 'tls'), await issuer.issueServer(domain, name, [name, 'localhost', '127.0.0.1', host]));
  for (const user of users) {
    const id = `${user.name}@${domain}`;
    writeKeyed(join(place, 'users', user.name), await issuer.issueIdentity(domain, user.role ?? 'client', id));
  }
}

function writeKeyed(place: string, { certificatePem, privateKeyPem }: KeyedCertificate): void {
  write(join(place, 'cert.pem'), certificatePem);
  write(join(place, 'key.pem'), privateKeyPem, 0o600);
}

function loadKeyed(place: string): KeyedCertificate {
  return {
    certificatePem: readFileSync(join(place, 'cert.pem'), 'utf8'),
    privateKeyPem: readFileSync(join(place, 'key.pem'), 'utf8'),
  };
}

function load(folder: string, organisation: NewOrganisation): OrganisationMaterial {
  const { mspId, users } = organisation;
  const place = join(folder, mspId);
  return {
    mspId,
    rootCertificatePem: readFileSync(join(place, 'ca', 'ca.pem'), 'utf8'),
    tlsRootCertificatePem: readFileSync(join(place, 'tlsca', 'ca.pem'), 'utf8'),
    openIssuer: () => openIssuer(place, organisation),
    node: loadKeyed(join(place, 'node')),
    tls: loadKeyed(join(place, 'tls')),
    users: Object.fromEntries(users.map(({ name }) => [name, loadKeyed(join(place, 'users', name))])),
  };
}
