import { createPrivateKey } from 'node:crypto';
import { signLowS } from '../protocol/low-s';

/** Somebody the CA knows by a certificate it has issued. */
export interface CaIdentity {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What of a request the token speaks for. */
export interface TokenScope {
  readonly method: 'GET' | 'POST';
  /** Path with query, as the request line has it. */
  readonly uri: string;
  readonly body: string;
}

/**
 * The bytes that a caller signs: method, URI, body and certificate, so that no token serves for another request.
 *
 * @see fabric-ca util/util.go GenECDSAToken
 */
export function tokenPayload(certificatePem: string, { method, uri, body }: TokenScope): string {
  return [method, base64(uri), base64(body), base64(certificatePem)].join('.');
}

/** The value of the `Authorization` header by which a Fabric CA knows its own identities; the signature is low-S. */
export function authenticationToken({ certificatePem, privateKeyPem }: CaIdentity, scope: TokenScope): string {
  const signature = signLowS(createPrivateKey(privateKeyPem), Buffer.from(tokenPayload(certificatePem, scope)));
  return `${base64(certificatePem)}.${Buffer.from(signature).toString('base64')}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
