import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { MemberDefinition, NetworkDefinition } from '../material/network-definition';
import type { Layout, NodePorts } from './layout';
import type { FabricRelease } from './release';

type Settings = Record<string, unknown>;

export interface NodeConfigContext {
  readonly definition: NetworkDefinition;
  readonly layout: Layout;
  readonly ports: NodePorts;
  readonly release: FabricRelease;
}

/**
 * A peer's `core.yaml`: the release's own, with what this member's peer needs laid over it.
 *
 * `skipPullingInvalidTransactionsDuringCommit`: without it a transaction that names a collection but brings no data
 * stalls its owner's peer for a minute, so that one member can stall another.
 */
export function peerConfig({ mspId, domain, port }: MemberDefinition, context: NodeConfigContext): object {
  const { definition, layout, ports, release } = context;
  const { host, members, gatewayConcurrency } = definition;
  const own = ports.peers[mspId] as NodePorts['peers'][string];
  const address = `${host}:${port}`;
  const bootstrap = members.find((member) => member.mspId !== mspId);
  return overlay(stock(release, 'core.yaml'), {
    peer: {
      id: `peer0.${domain}`,
      networkId: definition.channel,
      listenAddress: address,
      address,
      chaincodeListenAddress: `${host}:${own.chaincode}`,
      chaincodeAddress: `${host}:${own.chaincode}`,
      localMspId: mspId,
      mspConfigPath: layout.msp(mspId),
      fileSystemPath: join(layout.node(mspId), 'state'),
      tls: { enabled: true, clientAuthRequired: false, ...tlsFiles(layout, mspId) },
      limits: { concurrency: { gatewayService: gatewayConcurrency } },
      gossip: {
        bootstrap: bootstrap ? `${host}:${bootstrap.port}` : address,
        endpoint: address,
        externalEndpoint: address,
        useLeaderElection: false,
        orgLeader: true,
        pvtData: { skipPullingInvalidTransactionsDuringCommit: true },
      },
    },
    vm: { endpoint: '' },
    chaincode: {
      externalBuilders: [{ name: 'ccaas', path: release.builderFolder, propagateEnvironment: ['HOME'] }],
    },
    ledger: { snapshots: { rootDir: join(layout.node(mspId), 'snapshots') } },
    operations: { listenAddress: `${host}:${own.operations}`, tls: { enabled: false } },
    metrics: { provider: 'prometheus' },
  });
}

/** The ordering node's `orderer.yaml`. */
export function ordererConfig({ definition, layout, ports, release }: NodeConfigContext): object {
  const { host, orderer } = definition;
  const { listen, admin, operations } = ports.orderer;
  const certificate = layout.tls(layout.orderer, 'server.crt');
  const key = layout.tls(layout.orderer, 'server.key');
  const roots = [layout.tls(layout.orderer, 'ca.crt')];
  const tls = { Enabled: true, Certificate: certificate, PrivateKey: key, RootCAs: roots };
  const state = join(layout.node(layout.orderer), 'state');
  return overlay(stock(release, 'orderer.yaml'), {
    General: {
      ListenAddress: host,
      ListenPort: listen,
      LocalMSPDir: layout.msp(layout.orderer),
      LocalMSPID: orderer.mspId,
      BootstrapMethod: 'none',
      TLS: { ...tls, ClientAuthRequired: false },
      Cluster: { ClientCertificate: certificate, ClientPrivateKey: key, RootCAs: roots },
    },
    FileLedger: { Location: state },
    Consensus: { WALDir: join(state, 'wal'), SnapDir: join(state, 'snap') },
    ChannelParticipation: { Enabled: true },
    Admin: {
      ListenAddress: `${host}:${admin}`,
      TLS: { ...tls, ClientAuthRequired: true, ClientRootCAs: roots },
    },
    Operations: { ListenAddress: `${host}:${operations}`, TLS: { Enabled: false } },
    Metrics: { Provider: 'prometheus' },
  });
}

function tlsFiles(layout: Layout, mspId: string): Settings {
  return {
    cert: { file: layout.tls(mspId, 'server.crt') },
    key: { file: layout.tls(mspId, 'server.key') },
    rootcert: { file: layout.tls(mspId, 'ca.crt') },
  };
}

function stock({ configFolder }: FabricRelease, name: string): Settings {
  return parse(readFileSync(join(configFolder, name), 'utf8')) as Settings;
}

/** Lays settings over others; lists and plain values take the place of what was there. */
function overlay(base: Settings, over: Settings): Settings {
  const merged: Settings = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isSettings(value) && isSettings(below) ? overlay(below, value) : value;
  }
  return merged;
}

function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
