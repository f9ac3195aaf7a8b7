import 'reflect-metadata';
import './light-shim';
import { contracts as records } from '../../chaincode/index';
import { contracts as registry } from '../../chaincode/registry/index';
import { Lifecycle } from '../../network/fabric/lifecycle';
import { hostChaincode, type HostedChaincode } from './chaincode-host';
import { runChild } from './children';
import { loadConsortium } from './consortium';
import type { LedgerProcessArgument } from './ledger-process';

const CONTRACTS: Readonly<Record<string, HostedChaincode['contracts']>> = { records, registry };

/** Both contracts as services for every member's peer, from one process. */
void runChild(async (argument: LedgerProcessArgument) => {
  const { definition } = loadConsortium(argument);
  const hosted: HostedChaincode[] = [];
  for (const chaincode of definition.chaincodes) {
    // A real peer takes a contract only under its package's id; the embedded ledger takes any.
    const ids = await Lifecycle.packageIds(chaincode);
    for (const [mspId, address] of Object.entries(chaincode.services)) {
      hosted.push({ ccid: ids[mspId] ?? '', address, mspId, contracts: CONTRACTS[chaincode.name] ?? [] });
    }
  }
  await hostChaincode(hosted);
  return { ready: hosted.length, stop: () => Promise.resolve() };
});
