import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { MspError } from './errors';
import { verifyLowS, verifyLowSAside } from './low-s';

/** An X.509 identity of a member, parsed once; whether its MSP accepts it is `Msp.validate`'s to say. */
export class Identity {
  readonly publicKey: KeyObject;
  /** SHA-256 of the certificate's DER, hexadecimal: tells identities apart. */
  readonly id: string;
  /** Values of OU in the subject. */
  readonly organizationalUnits: readonly string[];

  constructor(
    readonly mspId: string,
    readonly certificatePem: string,
    readonly certificate: X509Certificate,
  ) {
    this.publicKey = certificate.publicKey;
    this.id = createHash('sha256').update(certificate.raw).digest('hex');
    this.organizationalUnits = subjectValues(certificate.subject, 'OU');
  }

  /** Whether this identity signed the message, low S. */
  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return verifyLowS(this.publicKey, message, signature);
  }

  /** The same beside the event loop. */
  verifyAside(message: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return verifyLowSAside(this.publicKey, message, signature);
  }
}

/** Reads a PEM certificate as an identity. @throws MspError in Fabric's words. */
export function parseIdentity(mspId: string, pem: Uint8Array): Identity {
  const text = Buffer.from(pem).toString('utf8');
  if (!/-----BEGIN CERTIFICATE-----/.test(text)) throw new MspError('could not decode the PEM structure');
  try {
    return new Identity(mspId, text, new X509Certificate(text));
  } catch {
    throw new MspError('parseCertificate failed: x509: malformed certificate');
  }
}

/** Values of one attribute in a subject as Node.js prints it: one RDN a line, multi-valued ones joined with ` + `. */
export function subjectValues(subject: string, attribute: string): string[] {
  return subject
    .split('\n')
    .flatMap((line) => line.split(' + '))
    .filter((part) => part.startsWith(`${attribute}=`))
    .map((part) => part.slice(attribute.length + 1));
}
