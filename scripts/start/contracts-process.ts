import 'reflect-metadata';
import './light-shim';
import { contracts as records } from '../../chaincode/index';
import { contracts as registry } from '../../chaincode/registry/index';
import { hostDeployment, type HostedChaincode } from './chaincode-host';
import { runChild } from './children';
import { loadConsortium } from './consortium';
import type { LedgerProcessArgument } from './ledger-process';

const CONTRACTS: Readonly<Record<string, HostedChaincode['contracts']>> = { records, registry };

/** Both contracts as services for every member's peer, from one process. */
void runChild(async (argument: LedgerProcessArgument) => {
  const { definition } = loadConsortium(argument);
  for (const chaincode of definition.chaincodes) await hostDeployment(chaincode, CONTRACTS[chaincode.name] ?? []);
  return { ready: definition.chaincodes.length, stop: () => Promise.resolve() };
});
