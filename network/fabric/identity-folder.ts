import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CaIdentity } from '../fabric-ca/ca-token';
import { splitChain, type Enrollment } from '../fabric-ca/fabric-ca';
import type { ConnectionFile } from '../material/connection-files';
import { FabricError } from './fabric-error';
import { writeLocalMsp, writeTls } from './msp-folders';

/** A certificate and its key, as a gateway's configuration and a connection file name them. */
export interface IdentityFiles {
  readonly cert: string;
  readonly key: string;
}

/** The identity of an MSP folder. @throws FabricError IDENTITY_MISSING. */
export function readIdentity(folder: string): CaIdentity {
  const { cert, key } = filesOf(folder);
  const missing = [cert, key].find((file) => !existsSync(file));
  if (missing !== undefined) {
    throw new FabricError('IDENTITY_MISSING', `there is no ${missing}: enrol first, into this MSP folder`);
  }
  return { certificatePem: readFileSync(cert, 'utf8'), privateKeyPem: readFileSync(key, 'utf8') };
}

/** Writes what was enrolled as an MSP folder, or a server's as its TLS folder; what was there is replaced whole. */
export function writeIdentity(
  folder: string,
  { certificatePem, privateKeyPem, chainPem }: Enrollment,
  { tlsRootPem, isServer }: { readonly tlsRootPem: string; readonly isServer: boolean },
): IdentityFiles {
  const keyed = { certificatePem, privateKeyPem };
  const { rootPem: rootCertificatePem, intermediatesPem } = splitChain(chainPem);
  if (isServer) {
    writeTls(folder, { tls: keyed, tlsRootCertificatePem: rootCertificatePem });
    return { cert: resolve(folder, 'server.crt'), key: resolve(folder, 'server.key') };
  }
  const organisation = {
    rootCertificatePem,
    tlsRootCertificatePem: tlsRootPem,
    intermediateCertificatesPem: intermediatesPem,
  };
  writeLocalMsp(folder, organisation, keyed);
  return filesOf(folder);
}

/** Names an identity among a member's users in a connection file. @throws FabricError IDENTITY_MISSING without the member. */
export function addToConnection(file: string, mspId: string, user: string, files: IdentityFiles): void {
  const connection = JSON.parse(readFileSync(file, 'utf8')) as ConnectionFile;
  const member = connection.orgs[mspId];
  if (member === undefined) {
    throw new FabricError(
      'IDENTITY_MISSING',
      `${file} has no member ${mspId}: name one of ${Object.keys(connection.orgs).join(', ')}`,
    );
  }
  const users = { ...member.users, [user]: files };
  const changed = { ...connection, orgs: { ...connection.orgs, [mspId]: { ...member, users } } };
  writeFileSync(`${file}.new`, `${JSON.stringify(changed, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function filesOf(folder: string): IdentityFiles {
  return { cert: resolve(join(folder, 'signcerts', 'cert.pem')), key: resolve(join(folder, 'keystore', 'key.pem')) };
}
