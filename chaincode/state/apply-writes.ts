import type { WriteSet } from '../domain/execute';
import { keyPolicy } from './key-policy';
import { implicitCollection, type WritingStub } from './stub';

/**
 * Writes what an operation decided, in the order it gave.
 *
 * The policy is set with the key's first value and on succession; Fabric keeps it when later values come without one.
 */
export async function applyWrites(stub: WritingStub, { writes }: WriteSet): Promise<void> {
  for (const { key, value, privates, guards, guardedOnly } of writes) {
    const policy = guards === undefined ? undefined : keyPolicy(guards);
    if (value !== undefined) {
      await stub.putState(key, value);
      if (policy !== undefined) await stub.setStateValidationParameter(key, policy);
    }
    for (const [mspId, bytes] of Object.entries(privates)) {
      await stub.putPrivateData(implicitCollection(mspId), key, bytes);
      if (policy !== undefined) await stub.setPrivateDataValidationParameter(implicitCollection(mspId), key, policy);
    }
    for (const mspId of policy === undefined ? [] : (guardedOnly ?? [])) {
      await stub.setPrivateDataValidationParameter(implicitCollection(mspId), key, policy as Uint8Array);
    }
  }
}
