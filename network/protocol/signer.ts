import { createPrivateKey } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { signLowS, signLowSAside } from './low-s';

/** Somebody who signs as a member: serialised identity and low-S ECDSA. */
export interface Signer {
  readonly mspId: string;
  readonly serializedIdentity: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
  /** The same beside the event loop. */
  signAside(message: Uint8Array): Promise<Uint8Array>;
}

/** The bytes of `msp.SerializedIdentity`. */
export function newSerializedIdentity(mspId: string, certificatePem: string | Uint8Array): Uint8Array {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificatePem));
  return identity.serializeBinary();
}

export function newSigner(mspId: string, certificatePem: string, privateKeyPem: string): Signer {
  const key = createPrivateKey(privateKeyPem);
  return {
    mspId,
    serializedIdentity: newSerializedIdentity(mspId, certificatePem),
    sign: (message) => signLowS(key, message),
    signAside: (message) => signLowSAside(key, message),
  };
}
