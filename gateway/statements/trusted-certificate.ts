import { X509Certificate } from 'node:crypto';
import type { TrustFile } from '../../evidence/trust-file';

/** Whether one of the member's own roots issued the certificate. */
export function isTrusted(pem: string, member: string, trust: TrustFile): boolean {
  try {
    const certificate = new X509Certificate(pem);
    const roots = trust.members.find(({ mspId }) => mspId === member)?.rootCertificates ?? [];
    return roots
      .map((root) => new X509Certificate(root))
      .some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey));
  } catch {
    return false;
  }
}
