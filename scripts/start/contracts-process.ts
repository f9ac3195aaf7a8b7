import 'reflect-metadata';
import './light-shim';
import { contracts as records } from '../../chaincode/index';
import { contracts as registry } from '../../chaincode/registry/index';
import { hostChaincode, type HostedChaincode } from './chaincode-host';
import { runChild } from './children';
import { loadConsortium } from './consortium';
import type { LedgerProcessArgument } from './ledger-process';

const CONTRACTS: Readonly<Record<string, HostedChaincode['contracts']>> = { records, registry };

/** Both contracts as services for every member's peer, from one process. */
void runChild(async (argument: LedgerProcessArgument) => {
  const { definition } = loadConsortium(argument);
  const hosted = definition.chaincodes.flatMap(({ name, version, services }) =>
    Object.entries(services).map(([mspId, address]): HostedChaincode => ({
      ccid: `${name}:${version}`,
      address,
      mspId,
      contracts: CONTRACTS[name] ?? [],
    })),
  );
  await hostChaincode(hosted);
  return { ready: hosted.length, stop: () => Promise.resolve() };
});
