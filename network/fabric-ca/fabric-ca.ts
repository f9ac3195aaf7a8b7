import 'reflect-metadata';
import { X509Certificate, createPublicKey } from 'node:crypto';
import { AuthorityKeyIdentifierExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import { FabricCaError } from './ca-error';
import { authenticationToken, type CaIdentity } from './ca-token';
import { callCa, exchangeByHttps, type CaEndpoint } from './ca-transport';
import { newSigningRequest } from './signing-request';

export interface CaAttribute {
  readonly name: string;
  readonly value: string;
  /** Whether every certificate has it without being asked for. */
  readonly ecert?: boolean;
}

export interface Registration {
  readonly id: string;
  /** Becomes the organisational unit by which a channel tells roles apart. */
  readonly type: 'client' | 'peer' | 'orderer' | 'admin';
  /** That of the registrar when absent. */
  readonly affiliation?: string;
  readonly attributes?: readonly CaAttribute[];
  /** Made by the CA when absent. */
  readonly secret?: string;
  readonly maxEnrollments?: number;
}

export interface EnrollmentOptions {
  /** `tls` for a server's certificate. */
  readonly profile?: string;
  /** Names and addresses of a server. */
  readonly hosts?: readonly string[];
  /** Attributes the certificate must have; those marked `ecert` when absent. */
  readonly attributes?: readonly string[];
}

/** A certificate, the key that was made for it here, and the chain above it. */
export interface Enrollment extends CaIdentity {
  /** PEM certificates of the CA and those above it, in the order of its configuration. */
  readonly chainPem: readonly string[];
}

export interface RegisteredIdentity {
  readonly id: string;
  readonly type: string;
  readonly affiliation: string;
  readonly attrs: readonly CaAttribute[] | null;
  readonly max_enrollments: number;
}

/** Certificates by their identity, or one by its serial number and authority key id (hexadecimal). */
export type RevocationTarget = { readonly id: string } | { readonly serial: string; readonly aki: string };

export interface Revocation {
  readonly revoked: readonly { readonly serial: string; readonly aki: string }[];
  /** List of everything revoked and not expired; absent when nothing was revoked. */
  readonly crlPem: string | undefined;
}

export interface CaInfo {
  readonly name: string;
  readonly version: string;
  readonly chainPem: readonly string[];
}

/**
 * One certificate authority of a Fabric CA server, by its REST interface: Fabric's own client for Node.js is deprecated.
 *
 * Private keys are made here and never sent. Every call may end with a FabricCaError of any code in its table.
 *
 * @see fabric-ca swagger/swagger-fabric-ca.json
 */
export class FabricCa {
  /** `name` chooses among the authorities of one server; its default when absent. */
  constructor(
    private readonly endpoint: CaEndpoint,
    private readonly name?: string,
    private readonly exchange = exchangeByHttps,
  ) {}

  /** What the CA says of itself: the only call without any authentication but TLS. */
  async info(): Promise<CaInfo> {
    const { CAName, CAChain, Version = '' } = record(await this.#get('/api/v1/cainfo'));
    return { name: String(CAName), version: String(Version), chainPem: chain(CAChain) };
  }

  /** Makes an identity known, so that it can enrol by the secret that is answered. */
  async register(registrar: CaIdentity, registration: Registration): Promise<string> {
    const { id, type, affiliation = '', attributes, secret, maxEnrollments } = registration;
    const body = {
      id,
      type,
      ...(secret !== undefined && { secret }),
      ...(maxEnrollments !== undefined && { max_enrollments: maxEnrollments }),
      affiliation,
      ...(attributes !== undefined && { attrs: attributes }),
    };
    return String(record(await this.#post('/api/v1/register', body, registrar))['secret']);
  }

  /** The first certificate of an identity, by its secret, over a key made here. */
  async enroll(id: string, secret: string, options: EnrollmentOptions = {}): Promise<Enrollment> {
    const basic = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    return this.#enroll('/api/v1/enroll', id, options, basic);
  }

  /** A further certificate over a fresh key, by the one that is still valid. */
  async reenroll(identity: CaIdentity, options: EnrollmentOptions = {}): Promise<Enrollment> {
    return this.#enroll('/api/v1/reenroll', commonName(identity.certificatePem), options, identity);
  }

  /** Revokes, and answers the list that peers then must be given through the channel's configuration. */
  async revoke(registrar: CaIdentity, target: RevocationTarget, reason = 'unspecified'): Promise<Revocation> {
    const result = record(await this.#post('/api/v1/revoke', { ...target, reason, gencrl: true }, registrar));
    const revoked = (result['RevokedCerts'] ?? []) as { Serial: string; AKI: string }[];
    const crl = result['CRL'];
    return {
      revoked: revoked.map(({ Serial, AKI }) => ({ serial: Serial, aki: AKI })),
      crlPem: typeof crl === 'string' && crl !== '' ? fromBase64(crl) : undefined,
    };
  }

  /** List of every certificate that is revoked and has not expired, PEM. */
  async revocationList(registrar: CaIdentity): Promise<string> {
    return fromBase64(record(await this.#post('/api/v1/gencrl', {}, registrar))['CRL']);
  }

  /** Every identity at or below the caller's affiliation. */
  async identities(registrar: CaIdentity): Promise<readonly RegisteredIdentity[]> {
    const { identities } = record(await this.#get('/api/v1/identities', registrar));
    if (Array.isArray(identities)) return identities as RegisteredIdentity[];
    throw new FabricCaError('CA_ANSWER_INVALID', 'the answer has no list of identities');
  }

  async #enroll(uri: string, id: string, options: EnrollmentOptions, as: string | CaIdentity): Promise<Enrollment> {
    const { profile, hosts, attributes } = options;
    const { requestPem, privateKeyPem } = await newSigningRequest(id, hosts);
    const body = {
      certificate_request: requestPem,
      ...(profile !== undefined && { profile }),
      ...(attributes !== undefined && { attr_reqs: attributes.map((name) => ({ name })) }),
    };
    const { Cert, ServerInfo } = record(await this.#post(uri, body, as));
    const certificatePem = fromBase64(Cert);
    checkKey(certificatePem, privateKeyPem);
    return { certificatePem, privateKeyPem, chainPem: chain(record(ServerInfo)['CAChain']) };
  }

  #post(uri: string, value: object, as: string | CaIdentity): Promise<unknown> {
    const body = JSON.stringify({ ...value, ...(this.name !== undefined && { caname: this.name }) });
    const scope = { method: 'POST', uri, body } as const;
    const authorization = typeof as === 'string' ? as : authenticationToken(as, scope);
    return callCa(this.endpoint, { ...scope, authorization }, this.exchange);
  }

  #get(path: string, as?: CaIdentity): Promise<unknown> {
    const uri = this.name === undefined ? path : `${path}?ca=${encodeURIComponent(this.name)}`;
    const scope = { method: 'GET', uri, body: '' } as const;
    const authorization = as && authenticationToken(as, scope);
    return callCa(this.endpoint, { ...scope, ...(authorization !== undefined && { authorization }) }, this.exchange);
  }
}

/** A chain's root, by which all else is judged, and what lies below it. @throws FabricCaError CA_ANSWER_INVALID without a root. */
export function splitChain(chainPem: readonly string[]): { rootPem: string; intermediatesPem: readonly string[] } {
  const isRoot = (pem: string): boolean => {
    const certificate = new X509Certificate(pem);
    return certificate.checkIssued(certificate);
  };
  const rootPem = chainPem.find(isRoot);
  if (rootPem === undefined) throw new FabricCaError('CA_ANSWER_INVALID', "the CA's chain has no root");
  return { rootPem, intermediatesPem: chainPem.filter((pem) => pem !== rootPem) };
}

/** Serial number and authority key id of a certificate, as a CA keeps them: without leading zeros. */
export function revocationTargetOf(certificatePem: string): { serial: string; aki: string } {
  const certificate = new ParsedCertificate(certificatePem);
  const aki = certificate.getExtension(AuthorityKeyIdentifierExtension)?.keyId;
  if (aki === undefined) throw new FabricCaError('CA_REQUEST_INVALID', 'the certificate has no authority key id');
  const kept = (digits: string): string => digits.toLowerCase().replace(/^0+/, '');
  return { serial: kept(certificate.serialNumber), aki: kept(aki) };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new FabricCaError('CA_ANSWER_INVALID', 'the answer has no result');
}

function fromBase64(value: unknown): string {
  if (typeof value === 'string') return Buffer.from(value, 'base64').toString('utf8');
  throw new FabricCaError('CA_ANSWER_INVALID', 'the answer lacks what was asked for');
}

function chain(value: unknown): string[] {
  return fromBase64(value).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}

function commonName(certificatePem: string): string {
  const name = /^CN=(.*)$/m.exec(new X509Certificate(certificatePem).subject)?.[1];
  if (name !== undefined) return name;
  throw new FabricCaError('CA_REQUEST_INVALID', 'the certificate has no common name');
}

/** A certificate over another key would be of no use, and could be somebody else's. */
function checkKey(certificatePem: string, privateKeyPem: string): void {
  const theirs = new X509Certificate(certificatePem).publicKey.export({ format: 'der', type: 'spki' });
  const ours = createPublicKey(privateKeyPem).export({ format: 'der', type: 'spki' });
  if (!theirs.equals(ours))
    throw new FabricCaError('CA_ANSWER_INVALID', 'the certificate is over a key that is not ours');
}
