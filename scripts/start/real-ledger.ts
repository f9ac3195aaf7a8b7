import { FabricNetwork } from '../../network/fabric/fabric-network';
import { findRelease } from '../../network/fabric/release';
import type { Consortium } from './consortium';
import type { RunningLedger } from './running-consortium';

/**
 * Starts a real Fabric network for the demonstration's members.
 *
 * @throws FabricError BINARIES_MISSING, BINARIES_TOO_OLD, TOPOLOGY_CHANGED, COMMAND_FAILED, NOT_READY.
 */
export async function startRealLedger(
  { definition }: Consortium,
  options: { readonly bin?: string | undefined; readonly onProgress: (text: string) => void },
): Promise<RunningLedger> {
  const release = findRelease(options.bin);
  const network = await FabricNetwork.prepare({ definition, release, onProgress: options.onProgress });
  try {
    await network.up();
  } catch (error) {
    await network.down();
    throw error;
  }
  const { consensus, orderers } = definition.fabric;
  return {
    description:
      `Hyperledger Fabric ${release.version}: a peer for each of ${definition.members.length} members, ` +
      `${orderers} ordering nodes (${consensus}), all on this machine. Hyperledger Fabric 真实网络。`,
    stop: () => network.down(),
  };
}
