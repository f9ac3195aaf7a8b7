import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateAuthority } from '../../material/certificate-authority';
import { setRevocationLists } from '../../protocol/channel-update';
import { FabricError } from '../fabric-error';
import { FabricNetwork, type FabricNetworkOptions } from '../fabric-network';
import { changeConfig } from './config-change';

/**
 * Shuts out one certificate of a member: its own authority's revocation list goes into the channel's configuration, signed
 * by the member's own administrator.
 *
 * @throws FabricError MEMBER_UNKNOWN, CHANGE_REFUSED, COMMAND_FAILED, NOT_READY, NETWORK_MISSING.
 */
export async function revokeCertificate(
  options: FabricNetworkOptions,
  mspId: string,
  certificatePem: string,
): Promise<void> {
  const place = join(options.definition.folder, 'material', mspId, 'ca');
  if (!existsSync(join(place, 'ca.key'))) {
    throw new FabricError('MEMBER_UNKNOWN', `no authority of ${mspId} lies in ${place}: use its own list instead`);
  }
  const authority = await CertificateAuthority.load(read(place, 'ca.pem'), read(place, 'ca.key'));
  const certificate = new X509Certificate(certificatePem);
  if (!certificate.checkIssued(new X509Certificate(authority.certificatePem))) {
    throw new FabricError('CHANGE_REFUSED', `the certificate was not issued by the authority of ${mspId}`);
  }
  const kept = join(place, 'revoked.json');
  const before = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as string[]) : [];
  const serials = [...new Set([...before, certificate.serialNumber.toLowerCase()])];
  writeFileSync(kept, `${JSON.stringify(serials, null, 2)}\n`);
  await publishRevocationLists(options, mspId, [await authority.revocationList(serials)]);
}

/** Puts a member's revocation lists, PEM, as its own authority made them, into the channel's configuration. */
export async function publishRevocationLists(
  options: FabricNetworkOptions,
  mspId: string,
  lists: readonly string[],
): Promise<void> {
  const { context } = await FabricNetwork.attach(options);
  await changeConfig(context, setRevocationLists(mspId, lists), [mspId]);
}

function read(place: string, name: string): string {
  return readFileSync(join(place, name), 'utf8');
}
