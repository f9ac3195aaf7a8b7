import { startEmbeddedLedger } from '../../../network/embedded/embedded-ledger';
import type { NetworkDefinition } from '../../../network/material/network-definition';

/** The ledger as a process of its own, for tests that kill it. */
async function main(): Promise<void> {
  const ledger = await startEmbeddedLedger({ network: JSON.parse(process.argv[2] ?? '') as NetworkDefinition });
  process.once('SIGTERM', () => void ledger.stop().finally(() => process.exit(0)));
  process.send?.({ height: ledger.height });
}

main().catch((error: Error) => {
  process.send?.({ failed: `${error.name}: ${error.message}` });
  process.exit(1);
});
