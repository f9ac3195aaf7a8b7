import type { FabricConnectionOptions } from '../fabric-gateway/connection';
import type { LedgerClient } from '../open-client';
import type { Semaphore } from '../semaphore';
import { LegacyConnection } from './connection';
import { LegacyLedger } from './legacy-ledger';
import { LegacySender } from './legacy-sender';

/** A client of the older library, `fabric-network`. */
export function openLegacyClient(options: FabricConnectionOptions, calls: Semaphore): LedgerClient {
  const { channel } = options;
  const connection = new LegacyConnection(options);
  const sender = new LegacySender(connection, channel, calls);
  return {
    sender,
    newLedger: (outbox, clock) =>
      new LegacyLedger({ channel, connection, outbox, calls, sender, ...(clock && { clock }) }),
  };
}
