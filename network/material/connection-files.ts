import { join } from 'node:path';
import type { OrganisationMaterial } from './material';
import type { NetworkDefinition } from './network-definition';

/** Endpoints and users by member, with file paths: what clients and recorders connect with. */
export interface ConnectionFile {
  readonly channel: string;
  /** First chaincode of the definition. */
  readonly chaincode: string;
  readonly orgs: Readonly<
    Record<
      string,
      {
        readonly endpoint: string;
        readonly tlsRootCert: string;
        readonly serverName: string;
        readonly users: Readonly<Record<string, { readonly cert: string; readonly key: string }>>;
      }
    >
  >;
}

export function connectionFile(definition: NetworkDefinition, folder: string): ConnectionFile {
  return {
    channel: definition.channel,
    chaincode: definition.chaincodes[0]?.name ?? '',
    orgs: Object.fromEntries(
      definition.members.map(({ mspId, domain, port, users }) => [
        mspId,
        {
          endpoint: `${definition.host}:${port}`,
          tlsRootCert: join(folder, mspId, 'tlsca', 'ca.pem'),
          serverName: `peer0.${domain}`,
          users: Object.fromEntries(
            users.map(({ name }) => [
              name,
              {
                cert: join(folder, mspId, 'users', name, 'cert.pem'),
                key: join(folder, mspId, 'users', name, 'key.pem'),
              },
            ]),
          ),
        },
      ]),
    ),
  };
}

/** The common connection profile that Fabric's client libraries read. @see fabric-sdk-node common connection profile 1.0 */
export function connectionProfile(
  definition: NetworkDefinition,
  organisations: Readonly<Record<string, OrganisationMaterial>>,
): object {
  const { channel, host, members } = definition;
  const peerName = (domain: string): string => `peer0.${domain}`;
  const node = (domain: string, port: number, pem: string): object => ({
    url: `grpcs://${host}:${port}`,
    tlsCACerts: { pem },
    grpcOptions: { 'ssl-target-name-override': peerName(domain), hostnameOverride: peerName(domain) },
  });
  const first = members[0];
  const tlsRoot = (mspId: string): string => organisations[mspId]?.tlsRootCertificatePem ?? '';
  return {
    name: channel,
    version: '1.0.0',
    client: { organization: first?.mspId, connection: { timeout: { peer: { endorser: '60' } } } },
    channels: {
      [channel]: {
        orderers: first === undefined ? [] : ['orderer'],
        peers: Object.fromEntries(
          members.map(({ domain }) => [
            peerName(domain),
            { endorsingPeer: true, chaincodeQuery: true, ledgerQuery: true, eventSource: true },
          ]),
        ),
      },
    },
    organizations: Object.fromEntries(
      members.map(({ mspId, domain }) => [mspId, { mspid: mspId, peers: [peerName(domain)] }]),
    ),
    orderers: first === undefined ? {} : { orderer: node(first.domain, first.port, tlsRoot(first.mspId)) },
    peers: Object.fromEntries(
      members.map(({ mspId, domain, port }) => [peerName(domain), node(domain, port, tlsRoot(mspId))]),
    ),
  };
}
