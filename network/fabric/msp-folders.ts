import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { KeyedCertificate } from '../material/certificate-authority';
import type { OrganisationMaterial } from '../material/material';

const ROOT = 'cacerts/ca.pem';

/** The certificates above an organisation's nodes and users. */
export interface OrganisationRoots extends Pick<OrganisationMaterial, 'rootCertificatePem' | 'tlsRootCertificatePem'> {
  /** Of a CA that is not its own root. */
  readonly intermediateCertificatesPem?: readonly string[];
}

/** An organisation as others know it: its roots and the units of its nodes. */
export function writeOrganisationMsp(place: string, organisation: OrganisationRoots): void {
  const { intermediateCertificatesPem: intermediates = [] } = organisation;
  intermediates.forEach((pem, at) => write(join(place, 'intermediatecerts', `ca-${at + 1}.pem`), pem));
  write(join(place, ROOT), organisation.rootCertificatePem);
  write(join(place, 'tlscacerts', 'ca.pem'), organisation.tlsRootCertificatePem);
  write(join(place, 'config.yaml'), stringify({ NodeOUs: nodeUnits(intermediates.length === 0) }));
}

/** The same with the key of one node or user, which then acts by it. */
export function writeLocalMsp(place: string, organisation: OrganisationRoots, keyed: KeyedCertificate): void {
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

/** A unit is tied to the issuing certificate where that is the root; else any certificate of the chain may have issued. */
function nodeUnits(isIssuedByRoot: boolean): object {
  const unit = (name: string): object => ({
    ...(isIssuedByRoot && { Certificate: ROOT }),
    OrganizationalUnitIdentifier: name,
  });
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
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
