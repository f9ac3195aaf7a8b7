import { startEmbeddedLedger } from '../../network/embedded/embedded-ledger';
import type { NetworkDefinition } from '../../network/material/network-definition';
import { runChild } from '../start/children';

/** The ledger in a process of its own, so that its memory can be told apart. */
void runChild(async (network: NetworkDefinition) => {
  const ledger = await startEmbeddedLedger({ network });
  return { ready: process.pid, stop: () => ledger.stop() };
});
