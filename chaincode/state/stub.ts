import type { ChaincodeStub } from 'fabric-shim-api';

/** What reading for a write may use: no private values, only their hashes. */
export type ReadingStub = Pick<
  ChaincodeStub,
  'getState' | 'getPrivateDataHash' | 'invokeChaincode' | 'getChannelID' | 'getTxID'
>;

/** What writing uses. */
export type WritingStub = Pick<
  ChaincodeStub,
  'putState' | 'setStateValidationParameter' | 'putPrivateData' | 'setPrivateDataValidationParameter'
>;

/** Name of a member's implicit collection. */
export function implicitCollection(mspId: string): string {
  return `_implicit_org_${mspId}`;
}
