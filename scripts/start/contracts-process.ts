import 'reflect-metadata';
import './light-shim';
import { hostDeployment } from './chaincode-host';
import { runChild } from './children';
import { loadConsortium } from './consortium';
import { contractsOf } from './contracts';
import type { LedgerProcessArgument } from './ledger-process';

/** Both contracts as services for every member's peer, from one process. */
void runChild(async (argument: LedgerProcessArgument) => {
  const { definition } = loadConsortium(argument);
  for (const chaincode of definition.chaincodes) await hostDeployment(chaincode, contractsOf(chaincode.name));
  return { ready: definition.chaincodes.length, stop: () => Promise.resolve() };
});
