import 'reflect-metadata';
import '../start/light-shim';
import { Lifecycle } from '../../network/fabric/lifecycle';
import type { ChaincodeDeployment } from '../../network/material/network-definition';
import { hostChaincode } from '../start/chaincode-host';
import { runChild } from '../start/children';
import { PutContract } from './put-contract';

/** Serves the contract to every member's peer, under the id of its package. */
void runChild(async (chaincode: ChaincodeDeployment) => {
  const ids = await Lifecycle.packageIds(chaincode);
  const hosted = Object.entries(chaincode.services).map(([mspId, address]) => ({
    ccid: ids[mspId] ?? '',
    address,
    mspId,
    contracts: [PutContract],
  }));
  await hostChaincode(hosted);
  return { ready: hosted.length, stop: () => Promise.resolve() };
});
