import type { Outbox } from '../outbox/outbox';
import type { LedgerPort } from '../ports/ledger-port';
import type { EnvelopeSender } from '../ports/outbox-port';
import type { StageClock } from '../ports/stage-clock';
import { openConnection, type FabricConnectionOptions } from './fabric-gateway/connection';
import { FabricLedger } from './fabric-gateway/fabric-ledger';
import { FabricSender } from './fabric-gateway/fabric-sender';
import { Semaphore } from './semaphore';

/** The client libraries behind the ledger port, by their packages' names. */
export const LEDGER_CLIENTS = ['fabric-gateway', 'fabric-network'] as const;
export type LedgerClientName = (typeof LEDGER_CLIENTS)[number];

/** Calls to the peer at once, and waits for a status, below Fabric's limit of 500 together. */
export interface ClientLimits {
  readonly calls: number;
  readonly waits: number;
}

const LIMITS: ClientLimits = { calls: 250, waits: 200 };

/** One member's client: the outbox sends through `sender`, and the ledger port stores in the outbox first. */
export interface LedgerClient {
  readonly sender: EnvelopeSender;
  newLedger(outbox: Outbox, clock?: StageClock): LedgerPort;
}

/** Opens a client by one of the libraries; nothing is sent until the first call. */
export async function openClient(
  name: LedgerClientName,
  options: FabricConnectionOptions,
  limits: ClientLimits = LIMITS,
): Promise<LedgerClient> {
  const { channel, mspId } = options;
  const calls = new Semaphore(limits.calls);
  if (name === 'fabric-network') {
    // Loaded when it is wanted: it takes 0.4 s and 60 MB.
    const { openLegacyClient } = await import('./fabric-network/open-legacy-client.js');
    return openLegacyClient(options, calls);
  }
  const connection = openConnection(options);
  return {
    sender: new FabricSender(connection, channel, { calls, waits: new Semaphore(limits.waits) }),
    newLedger: (outbox, clock) =>
      new FabricLedger({ channel, mspId, connection, outbox, calls, ...(clock && { clock }) }),
  };
}
