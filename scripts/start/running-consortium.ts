import { existsSync } from 'node:fs';
import { Children, LEDGER_OPTIONS } from './children';
import { chooseLedger, gatewayPort, genesisFile, loadConsortium, type Consortium, type LedgerKind } from './consortium';
import { gatewayConfigs } from './gateway-configs';
import type { GatewaysProcessArgument } from './gateways-process';
import type { LedgerProcessArgument, LedgerReady } from './ledger-process';
import { busyPortMessage, busyPorts, type NeededPort } from './ports';
import { loadSecrets, type Secrets } from './secrets';

const LEDGER_WARNING =
  'The embedded ledger is for development and demonstration: one process, no fault tolerance. 嵌入式账本仅供开发与演示，无容错能力。';

/** A busy port, with its remedy in the message. */
export class PortsBusyError extends Error {
  override readonly name = 'PortsBusyError';
}

/** The ledger of a start, as people are told of it. */
export interface RunningLedger {
  readonly description: string;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** `embedded` when absent. */
  readonly ledger?: LedgerKind;
  /** Folder of Fabric's binaries, for a real network; `FABRIC_BIN` or the `PATH` when absent. */
  readonly bin?: string | undefined;
  readonly onProgress?: (text: string) => void;
  /** Members whose gateways start; all when absent. */
  readonly gatewaysOf?: readonly string[];
  readonly dataFolder: string;
  readonly basePort: number;
  /** Told when a process ends that nobody stopped. */
  readonly onUnexpectedExit: (name: string, code: number | null) => void;
}

/** Ledger, contracts and a gateway per member, each answering. */
export interface RunningConsortium {
  readonly consortium: Consortium;
  readonly secrets: Secrets;
  readonly ledger: RunningLedger;
  /** URL of each member's gateway. */
  readonly urls: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts contracts and gateways in child processes, and the ledger.
 *
 * @throws PortsBusyError; FabricError where the ledger is a real network; Error with a child's own words.
 */
export async function startConsortium(options: StartOptions): Promise<RunningConsortium> {
  chooseLedger(options.dataFolder, options.ledger ?? 'embedded');
  const consortium = loadConsortium(options);
  const busy = await busyPorts(neededPorts(consortium));
  if (busy.length > 0) throw new PortsBusyError(busyPortMessage(busy));
  const secrets = loadSecrets(consortium.dataFolder);
  const children = new Children(options.onUnexpectedExit);
  const argument: LedgerProcessArgument = { dataFolder: consortium.dataFolder, basePort: options.basePort };
  const gateways = (): Promise<Record<string, string>> =>
    children.start('gateways', 'gateways-process.js', {
      configs: gatewayConfigs(consortium, secrets).filter(({ member }) => options.gatewaysOf?.includes(member) ?? true),
      fingerprintKey: secrets.fingerprintKey,
    } satisfies GatewaysProcessArgument);
  // The first start makes the certificates that gateways need; later ones start side by side and find each other.
  const isFirst = !existsSync(genesisFile(consortium));
  let starting: Promise<RunningLedger> | undefined;
  try {
    const contracts = children.start('contracts', 'contracts-process.js', argument);
    starting = startLedger(consortium, children, options);
    const early = isFirst ? undefined : gateways();
    const [, ledger] = await Promise.all([contracts, starting]);
    const urls = await (early ?? gateways());
    return { consortium, secrets, ledger, urls, stop: () => children.stop().finally(() => ledger.stop()) };
  } catch (error) {
    await children.stop();
    // A real network's nodes outlive this process: one that is still starting is stopped too.
    await starting?.then(
      (ledger) => ledger.stop(),
      () => undefined,
    );
    throw error;
  }
}

async function startLedger(
  consortium: Consortium,
  children: Children,
  { bin, onProgress = () => undefined }: StartOptions,
): Promise<RunningLedger> {
  if (consortium.ledger === 'fabric') {
    const { startRealLedger } = await import('./real-ledger.js');
    return startRealLedger(consortium, { bin, onProgress });
  }
  const { dataFolder, basePort } = consortium;
  const argument: LedgerProcessArgument = { dataFolder, basePort };
  const { driver } = await children.start<LedgerReady>('ledger', 'ledger-process.js', argument, LEDGER_OPTIONS);
  return { description: `${LEDGER_WARNING}\nSQLite driver: ${driver}.`, stop: () => Promise.resolve() };
}

function neededPorts(consortium: Consortium): NeededPort[] {
  const { members, chaincodes } = consortium.definition;
  // A real network's nodes outlive a start that was killed, and serve the next one.
  const isOwn = consortium.ledger === 'embedded';
  return members.flatMap(({ mspId, port }) => [
    { port: gatewayPort(consortium, mspId), what: `gateway of ${mspId}` },
    ...(isOwn ? [{ port, what: `ledger endpoint of ${mspId}` }] : []),
    ...chaincodes.map(({ name, services }) => ({
      port: Number(services[mspId]?.split(':')[1]),
      what: `contract ${name} of ${mspId}`,
    })),
  ]);
}
