import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { cryptoProvider, Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';

cryptoProvider.set(webcrypto as unknown as Parameters<typeof cryptoProvider.set>[0]);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A fresh key that has not left this process, and the request for a certificate over it. */
export interface SigningRequest {
  readonly requestPem: string;
  /** PKCS#8. */
  readonly privateKeyPem: string;
}

/**
 * Makes a P-256 key and its PKCS#10 request.
 *
 * The subject is the enrolment id alone: a Fabric CA refuses any other common name and sets the organisational units
 * itself, from the identity's type and affiliation.
 */
export async function newSigningRequest(id: string, hosts: readonly string[] = []): Promise<SigningRequest> {
  const keys = (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const names = hosts.map((value) => ({ type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const), value }));
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [id] }],
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    requestPem: `${request.toString('pem')}\n`,
    privateKeyPem: key.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}
