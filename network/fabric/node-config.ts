import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { NetworkDefinition } from '../material/network-definition';
import type { Layout } from './layout';
import type { FabricRelease } from './release';
import { endpointOf, type OrdererNode, type PeerNode, type Topology } from './topology';

type Settings = Record<string, unknown>;

/** What one real network consists of. */
export interface NodeContext {
  readonly definition: NetworkDefinition;
  readonly layout: Layout;
  readonly topology: Topology;
  readonly release: FabricRelease;
}

/**
 * A peer's `core.yaml`: the release's own, with what this member's peer needs laid over it.
 *
 * `skipPullingInvalidTransactionsDuringCommit`: without it a transaction that names a collection but brings no data
 * stalls its owner's peer for a minute, so that one member can stall another.
 */
export function peerConfig(
  { name, mspId, serverName, host, listenHost = host, ports }: PeerNode,
  { definition, layout, topology, release }: NodeContext,
): object {
  const { gatewayConcurrency, endorserConcurrency } = definition;
  const address = `${host}:${ports.listen}`;
  const neighbour = topology.peers.find((peer) => peer.name !== name);
  return overlay(stock(release, 'core.yaml'), {
    peer: {
      id: serverName,
      networkId: definition.channel,
      listenAddress: `${listenHost}:${ports.listen}`,
      address,
      chaincodeListenAddress: `${listenHost}:${ports.chaincode}`,
      chaincodeAddress: `${host}:${ports.chaincode}`,
      localMspId: mspId,
      mspConfigPath: layout.msp(name),
      fileSystemPath: join(layout.node(name), 'state'),
      tls: {
        enabled: true,
        clientAuthRequired: false,
        cert: { file: layout.tls(name, 'server.crt') },
        key: { file: layout.tls(name, 'server.key') },
        rootcert: { file: layout.tls(name, 'ca.crt') },
      },
      limits: { concurrency: { endorserService: endorserConcurrency, gatewayService: gatewayConcurrency } },
      gossip: {
        bootstrap: neighbour ? endpointOf(neighbour) : address,
        endpoint: address,
        externalEndpoint: address,
        // All start together: who did not find its neighbour at first tries again soon, not after 25 s.
        reconnectInterval: '2s',
        useLeaderElection: false,
        orgLeader: true,
        pvtData: {
          skipPullingInvalidTransactionsDuringCommit: true,
          // A member's other peers get the bodies at endorsement; one that was down pulls them at commit.
          implicitCollectionDisseminationPolicy: {
            requiredPeerCount: 0,
            maxPeerCount: definition.fabric.peersPerMember - 1,
          },
        },
      },
    },
    vm: { endpoint: '' },
    chaincode: {
      externalBuilders: [{ name: 'ccaas', path: release.builderFolder, propagateEnvironment: ['HOME'] }],
    },
    ledger: { snapshots: { rootDir: join(layout.node(name), 'snapshots') } },
    operations: { listenAddress: `${listenHost}:${ports.operations}`, tls: { enabled: false } },
    metrics: { provider: 'prometheus' },
  });
}

/** An ordering node's `orderer.yaml`. */
export function ordererConfig(
  { name, mspId, host, listenHost = host, ports }: OrdererNode,
  { layout, release }: NodeContext,
): object {
  const certificate = layout.tls(name, 'server.crt');
  const key = layout.tls(name, 'server.key');
  const roots = [layout.tls(name, 'ca.crt')];
  const tls = { Enabled: true, Certificate: certificate, PrivateKey: key, RootCAs: roots };
  const state = join(layout.node(name), 'state');
  return overlay(stock(release, 'orderer.yaml'), {
    General: {
      ListenAddress: listenHost,
      ListenPort: ports.listen,
      LocalMSPDir: layout.msp(name),
      LocalMSPID: mspId,
      BootstrapMethod: 'none',
      TLS: { ...tls, ClientAuthRequired: false },
      Cluster: { ClientCertificate: certificate, ClientPrivateKey: key, RootCAs: roots },
    },
    FileLedger: { Location: state },
    Consensus: { WALDir: join(state, 'wal'), SnapDir: join(state, 'snap') },
    ChannelParticipation: { Enabled: true },
    Admin: {
      ListenAddress: `${listenHost}:${ports.admin}`,
      TLS: { ...tls, ClientAuthRequired: true, ClientRootCAs: roots },
    },
    Operations: { ListenAddress: `${listenHost}:${ports.operations}`, TLS: { Enabled: false } },
    Metrics: { Provider: 'prometheus' },
  });
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
