import { createPrivateKey } from 'node:crypto';
import { signLowS } from '../../../network/protocol/low-s';

/** ECDSA over SHA-256 of a message, DER, with S in the lower half: what Fabric takes. */
export type Sign = (message: Uint8Array) => Promise<Uint8Array>;

/** A certificate and whatever holds its private key. */
export interface SigningIdentity {
  readonly mspId: string;
  /** PEM. */
  readonly certificate: Uint8Array;
  /** PEM; absent when the key cannot leave where it is. */
  readonly privateKey?: Uint8Array;
  readonly sign: Sign;
  close(): void;
}

/** An identity whose key is at hand; it signs natively. */
export function softwareIdentity(mspId: string, certificate: Uint8Array, privateKey: Uint8Array): SigningIdentity {
  const key = createPrivateKey(Buffer.from(privateKey));
  return {
    mspId,
    certificate,
    privateKey,
    sign: (message) => Promise.resolve(signLowS(key, message)),
    close: () => undefined,
  };
}

/** The same signature as r ‖ s, 64 bytes in hexadecimal: one spelling per signature. @see RFC 3279 section 2.2.3 */
export function toPlainSignature(der: Uint8Array): string {
  // SEQUENCE, length, then twice INTEGER, length, value; P-256 never needs a long length.
  const bytes = Buffer.from(der);
  const rLength = bytes[3] as number;
  const r = bytes.subarray(4, 4 + rLength);
  const s = bytes.subarray(6 + rLength);
  return [r, s]
    .map((number) =>
      number
        .toString('hex')
        .replace(/^(00)+/, '')
        .padStart(64, '0'),
    )
    .join('');
}
