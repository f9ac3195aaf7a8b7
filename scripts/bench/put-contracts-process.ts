import 'reflect-metadata';
import '../start/light-shim';
import { hostChaincode } from '../start/chaincode-host';
import { runChild } from '../start/children';
import { PutContract } from './put-contract';

/** Serves the contract to every member's peer. */
void runChild(async (services: Readonly<Record<string, string>>) => {
  const hosted = Object.entries(services).map(([mspId, address]) => ({
    ccid: 'bench:1',
    address,
    mspId,
    contracts: [PutContract],
  }));
  await hostChaincode(hosted);
  return { ready: hosted.length, stop: () => Promise.resolve() };
});
