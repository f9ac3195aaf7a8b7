import { join } from 'node:path';
import type { Layout } from './layout';
import type { NodeContext } from './node-config';
import { endpointOf } from './topology';

export const PROFILE = 'Channel';

/** The release's own sample settings. @see fabric sampleconfig/configtx.yaml */
const SMART_BFT = {
  RequestBatchMaxInterval: '200ms',
  RequestForwardTimeout: '5s',
  RequestComplainTimeout: '20s',
  RequestAutoRemoveTimeout: '3m0s',
  ViewChangeResendInterval: '5s',
  ViewChangeTimeout: '20s',
  LeaderHeartbeatTimeout: '1m0s',
  CollectTimeout: '1s',
  IncomingMessageBufferSize: 200,
  RequestPoolSize: 100_000,
  LeaderHeartbeatCount: 10,
};

/**
 * The channel as `configtxgen` reads it.
 *
 * `Endorsement` of every organisation names its peers, so no client certificate can endorse for it.
 *
 * @see fabric sampleconfig/configtx.yaml
 */
export function channelProfile(context: NodeContext): object {
  const { definition, layout, topology, release } = context;
  const { members, orderer, block } = definition;
  const endpoints = topology.orderers.map(endpointOf);
  const anchors = (mspId: string): object[] =>
    topology.peers
      .filter((peer) => peer.mspId === mspId && peer.index === 0)
      .map(({ host, ports }) => ({ Host: host, Port: ports.listen }));
  const channel = {
    Policies: metaPolicies(),
    Capabilities: { [release.major >= 3 ? 'V3_0' : 'V2_0']: true },
    Orderer: {
      ...consensus(context),
      BatchTimeout: `${block.timeoutMs}ms`,
      BatchSize: {
        MaxMessageCount: block.maxMessageCount,
        AbsoluteMaxBytes: block.absoluteMaxBytes,
        PreferredMaxBytes: block.preferredMaxBytes,
      },
      Organizations: [{ ...organisation(orderer.mspId, layout), OrdererEndpoints: endpoints }],
      Policies: { ...metaPolicies(), BlockValidation: implicit('ANY Writers') },
      Capabilities: { V2_0: true },
    },
    Application: {
      Organizations: members.map(({ mspId }) => ({
        ...organisation(mspId, layout),
        AnchorPeers: anchors(mspId),
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

/** The ordering nodes as their consensus knows them: by TLS certificate, and for BFT by identity too. */
function consensus({ layout, topology }: NodeContext): object {
  const consenters = topology.orderers.map(({ name, host, ports }) => ({
    Host: host,
    Port: ports.listen,
    ClientTLSCert: layout.tls(name, 'server.crt'),
    ServerTLSCert: layout.tls(name, 'server.crt'),
  }));
  if (topology.consensus === 'raft') return { OrdererType: 'etcdraft', EtcdRaft: { Consenters: consenters } };
  const mapping = topology.orderers.map(({ name, mspId, index }) => ({
    ID: index + 1,
    MSPID: mspId,
    Identity: join(layout.msp(name), 'signcerts', 'cert.pem'),
    ...consenters[index],
  }));
  return { OrdererType: 'BFT', ConsenterMapping: mapping, SmartBFT: SMART_BFT };
}

function organisation(mspId: string, layout: Layout): object {
  const rule = (role: string): object => ({ Type: 'Signature', Rule: `OR('${mspId}.${role}')` });
  return {
    Name: mspId,
    ID: mspId,
    MSPDir: layout.organisation(mspId),
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
