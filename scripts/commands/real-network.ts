import { Option } from 'commander';
import type { FabricNetwork } from '../../network/fabric/fabric-network';
import type { FabricRelease } from '../../network/fabric/release';
import type { NetworkDefinition } from '../../network/material/network-definition';

/** Which network, and where Fabric's binaries are. */
export interface NetworkFlags {
  readonly network: string;
  readonly bin?: string;
}

/** Nodes that differ from the network file's. */
export interface NodeFlags extends NetworkFlags {
  readonly consensus?: 'raft' | 'bft';
  readonly orderers?: string;
  readonly peers?: string;
}

/** Options every command about a real network shares. */
export const NETWORK_OPTIONS = {
  network: () => new Option('--network <file>', 'network definition, YAML or JSON').default('network/consortium.yaml'),
  bin: () => new Option('--bin <folder>', "Fabric's binaries (FABRIC_BIN, or the PATH, when absent)"),
};

/** The network of a file that is there already. @throws FabricError NETWORK_MISSING, BINARIES_MISSING, BINARIES_TOO_OLD. */
export async function attachNetwork(flags: NetworkFlags): Promise<FabricNetwork> {
  const { FabricNetwork } = await import('../../network/fabric/fabric-network.js');
  return FabricNetwork.attach({ definition: await loadWithNodes(flags), release: await releaseOf(flags) });
}

/** The network file with the nodes that were asked for, or that are there. @throws NetworkDefinitionError. */
export async function loadWithNodes(flags: NodeFlags): Promise<NetworkDefinition> {
  const { loadNetworkDefinition, withFabric } = await import('../../network/material/network-definition.js');
  const { keptOptions } = await import('../../network/fabric/topology.js');
  const { Layout } = await import('../../network/fabric/layout.js');
  const definition = loadNetworkDefinition(flags.network);
  const asked = {
    ...(flags.consensus !== undefined && { consensus: flags.consensus }),
    ...(flags.orderers !== undefined && { orderers: Number(flags.orderers) }),
    ...(flags.peers !== undefined && { peersPerMember: Number(flags.peers) }),
  };
  const kept = keptOptions(new Layout(definition).topology);
  return withFabric(definition, { ...kept, ...asked });
}

export async function releaseOf({ bin }: NetworkFlags): Promise<FabricRelease> {
  const { findRelease } = await import('../../network/fabric/release.js');
  return findRelease(bin);
}
