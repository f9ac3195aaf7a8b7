import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Children } from './children';
import { gatewayPort, loadConsortium, type Consortium } from './consortium';
import { gatewayConfigs } from './gateway-configs';
import type { GatewaysProcessArgument } from './gateways-process';
import type { LedgerProcessArgument, LedgerReady } from './ledger-process';
import { busyPortMessage, busyPorts, type NeededPort } from './ports';
import { loadSecrets, type Secrets } from './secrets';

/** A busy port, with its remedy in the message. */
export class PortsBusyError extends Error {
  override readonly name = 'PortsBusyError';
}

export interface StartOptions {
  readonly dataFolder: string;
  readonly basePort: number;
  /** Told when a process ends that nobody stopped. */
  readonly onUnexpectedExit: (name: string, code: number | null) => void;
}

/** Ledger, contracts and a gateway per member, each answering. */
export interface RunningConsortium {
  readonly consortium: Consortium;
  readonly secrets: Secrets;
  readonly ledger: LedgerReady;
  /** URL of each member's gateway. */
  readonly urls: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts everything in child processes. @throws PortsBusyError; Error with a child's own words. */
export async function startConsortium(options: StartOptions): Promise<RunningConsortium> {
  const consortium = loadConsortium(options);
  const busy = await busyPorts(neededPorts(consortium));
  if (busy.length > 0) throw new PortsBusyError(busyPortMessage(busy));
  const secrets = loadSecrets(consortium.dataFolder);
  const children = new Children(options.onUnexpectedExit);
  const argument: LedgerProcessArgument = { dataFolder: consortium.dataFolder, basePort: options.basePort };
  const gateways = (): Promise<Record<string, string>> =>
    children.start('gateways', 'gateways-process.js', {
      configs: gatewayConfigs(consortium, secrets),
      fingerprintKey: secrets.fingerprintKey,
    } satisfies GatewaysProcessArgument);
  // The first start makes the certificates that gateways need; later ones start side by side and find each other.
  const isFirst = !existsSync(join(consortium.definition.folder, 'material', 'genesis.block'));
  try {
    const contracts = children.start('contracts', 'contracts-process.js', argument);
    const ledgerReady = children.start<LedgerReady>('ledger', 'ledger-process.js', argument);
    const early = isFirst ? undefined : gateways();
    const [, ledger] = await Promise.all([contracts, ledgerReady]);
    const urls = await (early ?? gateways());
    return { consortium, secrets, ledger, urls, stop: () => children.stop() };
  } catch (error) {
    await children.stop();
    throw error;
  }
}

function neededPorts(consortium: Consortium): NeededPort[] {
  const { members, chaincodes } = consortium.definition;
  return members.flatMap(({ mspId, port }) => [
    { port: gatewayPort(consortium, mspId), what: `gateway of ${mspId}` },
    { port, what: `ledger endpoint of ${mspId}` },
    ...chaincodes.map(({ name, services }) => ({
      port: Number(services[mspId]?.split(':')[1]),
      what: `contract ${name} of ${mspId}`,
    })),
  ]);
}
