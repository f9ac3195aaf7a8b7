import { startEmbeddedLedger } from '../../network/embedded/embedded-ledger';
import { driverName } from '../../network/storage/open-database';
import { runChild } from './children';
import { loadConsortium } from './consortium';

export interface LedgerProcessArgument {
  readonly dataFolder: string;
  readonly basePort: number;
}

export interface LedgerReady {
  readonly driver: string;
  readonly height: number;
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The ledger in its own process: a kill of anything else leaves it running. */
void runChild(async (argument: LedgerProcessArgument) => {
  const { definition } = loadConsortium(argument);
  const ledger = await startEmbeddedLedger({ network: definition });
  const ready: LedgerReady = { driver: driverName(), height: ledger.height, endpoints: ledger.endpoints };
  return { ready, stop: () => ledger.stop() };
});
