import 'reflect-metadata';
import type { X509Certificate } from 'node:crypto';
import { X509Crl } from '@peculiar/x509';
import {
  X509Certificate as ParsedCertificate,
  SubjectKeyIdentifierExtension,
  AuthorityKeyIdentifierExtension,
} from '@peculiar/x509';

/** A certificate revocation list as a channel configuration carries it. */
export interface RevocationList {
  readonly keyIdentifier: string | undefined;
  readonly serials: ReadonlySet<string>;
}

/** Reads a PEM or DER list. */
export function parseRevocationList(bytes: Uint8Array): RevocationList {
  const text = Buffer.from(bytes).toString('latin1');
  const crl = new X509Crl(text.includes('-----BEGIN') ? text : bytes);
  const authority = crl.getExtension(AuthorityKeyIdentifierExtension);
  return {
    keyIdentifier: authority?.keyId?.toLowerCase(),
    serials: new Set(crl.entries.map(({ serialNumber }) => normal(serialNumber))),
  };
}

/** Whether the list of the certificate's issuer names it. The time of revocation does not count. @see fabric msp/mspimplvalidate.go */
export function isRevoked(list: RevocationList, certificate: X509Certificate, issuer: X509Certificate): boolean {
  const subject = new ParsedCertificate(issuer.raw).getExtension(SubjectKeyIdentifierExtension);
  return (
    list.keyIdentifier !== undefined &&
    subject?.keyId.toLowerCase() === list.keyIdentifier &&
    list.serials.has(normal(certificate.serialNumber))
  );
}

function normal(serial: string): string {
  return serial
    .toLowerCase()
    .replace(/^(00)+(?=..)/, '')
    .replace(/^0+(?=.)/, '');
}
