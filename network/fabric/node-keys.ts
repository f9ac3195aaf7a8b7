import type { KeyedCertificate } from '../material/certificate-authority';
import type { OrganisationMaterial } from '../material/material';

/** Identity and TLS key pair of one node. */
export interface NodeKeys {
  readonly node: KeyedCertificate;
  readonly tls: KeyedCertificate;
}

/** What a further node of an organisation is called and reached by. */
export interface NodeNames {
  readonly domain: string;
  readonly role: 'peer' | 'orderer';
  readonly serverName: string;
  readonly host: string;
}

/**
 * Keys of a node: an organisation's first node has those of its key material, further ones are issued by the same
 * authorities.
 */
export async function nodeKeys(
  organisation: OrganisationMaterial,
  index: number,
  { domain, role, serverName, host }: NodeNames,
): Promise<NodeKeys> {
  if (index === 0) return { node: organisation.node, tls: organisation.tls };
  const issuer = await organisation.openIssuer();
  return {
    node: await issuer.issueIdentity(domain, role, serverName),
    tls: await issuer.issueServer(domain, serverName, [serverName, 'localhost', '127.0.0.1', host]),
  };
}

/**
 * Keys of a node that runs on a host of its own: its TLS certificate names that host's address and no other.
 *
 * An organisation's first node keeps the identity of its key material; everything else is issued.
 */
export async function hostedNodeKeys(
  organisation: OrganisationMaterial,
  index: number,
  { domain, role, serverName, host }: NodeNames,
): Promise<NodeKeys> {
  const issuer = await organisation.openIssuer();
  return {
    node: index === 0 ? organisation.node : await issuer.issueIdentity(domain, role, serverName),
    tls: await issuer.issueServer(domain, serverName, [serverName, host]),
  };
}
