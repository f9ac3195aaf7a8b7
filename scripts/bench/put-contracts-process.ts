import 'reflect-metadata';
import '../start/light-shim';
import type { ChaincodeDeployment } from '../../network/material/network-definition';
import { hostDeployment } from '../start/chaincode-host';
import { runChild } from '../start/children';
import { PutContract } from './put-contract';

/** Serves the contract to every member's peer, under the id of its package. */
void runChild(async (chaincode: ChaincodeDeployment) => {
  await hostDeployment(chaincode, [PutContract]);
  return { ready: chaincode.name, stop: () => Promise.resolve() };
});
