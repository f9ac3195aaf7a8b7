import { createHash, X509Certificate } from 'node:crypto';
import { signers, type HSMSignerFactory } from '@hyperledger/fabric-gateway';
import type { SigningIdentity } from './signing-identity';

export interface HsmOptions {
  /** Path of the module's PKCS#11 library. */
  readonly library: string;
  /** Label of the token. */
  readonly label: string;
  /** PIN of the user; from the environment, never from a file or an argument. */
  readonly pin: string;
  /** CKA_ID of the key, hexadecimal; Fabric's subject key identifier when absent. */
  readonly keyId?: string;
}

/**
 * An identity whose key never leaves a hardware security module.
 *
 * One session signs one message at a time: a second `C_SignInit` on it would end the first.
 * @throws Error naming the remedy when the optional package `pkcs11js` is not installed; Error of the library when the
 *   module, the token, the PIN or the key is not there.
 */
export function hsmIdentity(mspId: string, certificate: Uint8Array, options: HsmOptions): SigningIdentity {
  const { library, label, pin, keyId = subjectKeyIdentifier(certificate) } = options;
  const factory = newFactory(library);
  try {
    const { signer, close } = factory.newSigner({ label, pin, identifier: Buffer.from(keyId, 'hex') });
    let last: Promise<unknown> = Promise.resolve();
    return {
      mspId,
      certificate,
      sign: (message) => {
        const signed = last.then(() => signer(createHash('sha256').update(message).digest()));
        last = signed.catch(() => undefined);
        return signed;
      },
      close: () => {
        close();
        factory.dispose();
      },
    };
  } catch (error) {
    factory.dispose();
    throw error;
  }
}

function newFactory(library: string): HSMSignerFactory {
  try {
    return signers.newHSMSignerFactory(library);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new Error('pkcs11js is not installed: "npm install pkcs11js" builds it, with a C++ compiler');
  }
}

/** SHA-256 of the public point, as Fabric names its keys, hexadecimal. @see fabric bccsp/sw/ecdsakey.go SKI */
export function subjectKeyIdentifier(certificate: Uint8Array): string {
  const { x = '', y = '' } = new X509Certificate(certificate).publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return createHash('sha256').update(point).digest('hex');
}
