import type { AuthorityService, HostPlan } from './host-plan';

/** The id of a member's registrar on its rendered authority. */
export const REGISTRAR = 'registrar';

/**
 * The configuration under which `fabric-ca-server` goes on with a member's development authority: same root, so that what
 * it enrols is of the same member, and a registrar whose secret is nowhere else.
 *
 * @see fabric-ca docs serverconfig.rst
 */
export function authorityConfig(
  { member, port, operations }: AuthorityService,
  host: HostPlan,
  secret: string,
): object {
  const { mspId, domain } = member;
  const usage = ['signing', 'key encipherment', 'server auth', 'client auth', 'key agreement'];
  return {
    version: '1.5.0',
    address: host.listen,
    port,
    tls: { enabled: true, certfile: 'tls/server.crt', keyfile: 'tls/server.key' },
    ca: { name: `ca-${mspId}`, certfile: 'ca.pem', keyfile: 'ca.key' },
    crl: { expiry: '24h' },
    registry: {
      maxenrollments: -1,
      identities: [
        {
          name: REGISTRAR,
          pass: secret,
          type: 'client',
          affiliation: '',
          attrs: {
            'hf.Registrar.Roles': '*',
            'hf.Registrar.DelegateRoles': '*',
            'hf.Registrar.Attributes': '*',
            'hf.Revoker': true,
            'hf.GenCRL': true,
            'hf.AffiliationMgr': true,
          },
        },
      ],
    },
    db: { type: 'sqlite3', datasource: 'fabric-ca-server.db' },
    affiliations: {},
    signing: {
      default: { usage: ['digital signature'], expiry: '8760h' },
      profiles: { tls: { usage, expiry: '8760h' } },
    },
    csr: { cn: `ca.${domain}`, hosts: [host.address] },
    operations: { listenAddress: `${host.listen}:${operations}`, tls: { enabled: false } },
    metrics: { provider: 'prometheus' },
    cfg: { identities: { passwordattempts: 10 } },
  };
}
