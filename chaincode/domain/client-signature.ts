import { X509Certificate, verify } from 'node:crypto';

/** Order of P-256, for the low-S rule. @see FIPS 186-4 appendix D.1.2.3 */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** Whether a client certificate's key signed these bytes: P-256, SHA-256, r ‖ s in hexadecimal, low S. Never throws. */
export function isClientSignature(certificatePem: string, bytes: Uint8Array, signature: string): boolean {
  if (!/^[0-9a-f]{128}$/.test(signature) || BigInt(`0x${signature.slice(64)}`) > P256_ORDER / 2n) return false;
  try {
    const key = new X509Certificate(certificatePem).publicKey;
    return verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}
