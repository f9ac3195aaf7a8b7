import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { KeyedCertificate } from '../material/certificate-authority';
import type { OrganisationMaterial } from '../material/material';

const ROOT = 'cacerts/ca.pem';

/** An organisation as others know it: its roots and the units of its nodes. */
export function writeOrganisationMsp(place: string, organisation: OrganisationMaterial): void {
  write(join(place, ROOT), organisation.rootCertificatePem);
  write(join(place, 'tlscacerts', 'ca.pem'), organisation.tlsRootCertificatePem);
  write(join(place, 'config.yaml'), stringify({ NodeOUs: nodeUnits() }));
}

/** The same with the key of one node or user, which then acts by it. */
export function writeLocalMsp(place: string, organisation: OrganisationMaterial, keyed: KeyedCertificate): void {
  writeOrganisationMsp(place, organisation);
  write(join(place, 'signcerts', 'cert.pem'), keyed.certificatePem);
  write(join(place, 'keystore', 'key.pem'), keyed.privateKeyPem);
}

/** A node's TLS key pair and root, by the names that Fabric's own tools use. */
export function writeTls(
  place: string,
  { tls, tlsRootCertificatePem }: Pick<OrganisationMaterial, 'tls' | 'tlsRootCertificatePem'>,
): void {
  write(join(place, 'server.crt'), tls.certificatePem);
  write(join(place, 'server.key'), tls.privateKeyPem);
  write(join(place, 'ca.crt'), tlsRootCertificatePem);
}

function nodeUnits(): object {
  const unit = (name: string): object => ({ Certificate: ROOT, OrganizationalUnitIdentifier: name });
  return {
    Enable: true,
    ClientOUIdentifier: unit('client'),
    PeerOUIdentifier: unit('peer'),
    AdminOUIdentifier: unit('admin'),
    OrdererOUIdentifier: unit('orderer'),
  };
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
}
