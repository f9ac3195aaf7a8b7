import { join } from 'node:path';
import type { NetworkDefinition } from '../material/network-definition';
import type { Layout, NodePorts } from './layout';
import type { FabricRelease } from './release';

export const PROFILE = 'Channel';

/**
 * The channel as `configtxgen` reads it.
 *
 * `Endorsement` of every organisation names its peers, so no client certificate can endorse for it.
 *
 * @see fabric sampleconfig/configtx.yaml
 */
export function channelProfile(
  { members, orderer, block, host }: NetworkDefinition,
  { layout, ports, release }: { layout: Layout; ports: NodePorts; release: FabricRelease },
): object {
  const endpoint = `${host}:${ports.orderer.listen}`;
  const tls = layout.tls(layout.orderer, 'server.crt');
  const channel = {
    Policies: metaPolicies(),
    Capabilities: { [release.major >= 3 ? 'V3_0' : 'V2_0']: true },
    Orderer: {
      OrdererType: 'etcdraft',
      BatchTimeout: `${block.timeoutMs}ms`,
      BatchSize: {
        MaxMessageCount: block.maxMessageCount,
        AbsoluteMaxBytes: block.absoluteMaxBytes,
        PreferredMaxBytes: block.preferredMaxBytes,
      },
      EtcdRaft: { Consenters: [{ Host: host, Port: ports.orderer.listen, ClientTLSCert: tls, ServerTLSCert: tls }] },
      Organizations: [{ ...organisation(orderer.mspId, layout), OrdererEndpoints: [endpoint] }],
      Policies: { ...metaPolicies(), BlockValidation: implicit('ANY Writers') },
      Capabilities: { V2_0: true },
    },
    Application: {
      Organizations: members.map(({ mspId, port }) => ({
        ...organisation(mspId, layout),
        AnchorPeers: [{ Host: host, Port: port }],
      })),
      Policies: {
        ...metaPolicies(),
        LifecycleEndorsement: implicit('MAJORITY Endorsement'),
        Endorsement: implicit('MAJORITY Endorsement'),
      },
      Capabilities: { V2_5: true },
    },
  };
  return { Profiles: { [PROFILE]: channel } };
}

function organisation(mspId: string, layout: Layout): object {
  const rule = (role: string): object => ({ Type: 'Signature', Rule: `OR('${mspId}.${role}')` });
  return {
    Name: mspId,
    ID: mspId,
    MSPDir: join(layout.organisation(mspId)),
    Policies: {
      Readers: rule('member'),
      Writers: rule('member'),
      Admins: rule('admin'),
      Endorsement: rule('peer'),
    },
  };
}

function metaPolicies(): object {
  return { Readers: implicit('ANY Readers'), Writers: implicit('ANY Writers'), Admins: implicit('MAJORITY Admins') };
}

function implicit(rule: string): object {
  return { Type: 'ImplicitMeta', Rule: rule };
}
