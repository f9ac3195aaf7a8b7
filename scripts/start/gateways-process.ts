import 'reflect-metadata';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { GatewayConfig } from '../../gateway/compose/gateway-config';
import { startGateway, type RunningGateway } from '../../gateway/compose/start-gateway';
import { runChild } from './children';
import { MEMBERS } from './consortium';

export interface GatewaysProcessArgument {
  readonly configs: readonly GatewayConfig[];
  /** Hexadecimal. */
  readonly fingerprintKey: string;
}

/** Every demonstration member's gateway in one process, each with its own folder, identity and port. */
void runChild(async ({ configs, fingerprintKey }: GatewaysProcessArgument) => {
  const gateways: RunningGateway[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  };
  try {
    for (const config of configs) gateways.push(await startGateway(config));
    await describeNetwork(gateways[0], fingerprintKey);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ready: Object.fromEntries(gateways.map(({ member, url }) => [member, url])), stop };
});

/** The first member describes the network once; the others check it against their own block 0. */
async function describeNetwork(gateway: RunningGateway | undefined, fingerprintKey: string): Promise<void> {
  if (gateway === undefined) return;
  const { index, registry, ledger } = gateway.core;
  await index.waitForHeight(0n, 60_000);
  const isDescribed = await registry.network().then(
    () => true,
    () => false,
  );
  if (isDescribed) return;
  await registry.setNetwork({
    channel: ledger.channel,
    genesisHash: (await index.state()).genesisHash ?? '',
    members: MEMBERS.map(({ mspId, kind, name, nameZh }) => ({ mspId, kind, name, nameZh })),
    fingerprintKeyHash: sha256Hex(Buffer.from(fingerprintKey, 'hex')),
  });
}
