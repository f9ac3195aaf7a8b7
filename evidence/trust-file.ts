import { X509Certificate } from 'node:crypto';
import { headerHash, headerOf, parseBlock } from '../network/protocol/block';
import { ChannelConfig } from '../network/protocol/channel-config';

export const TRUST_FORMAT = 'concordat.trust.v1';

/** One organisation's root certificates, PEM. */
export interface TrustedRoots {
  readonly mspId: string;
  readonly rootCertificates: readonly string[];
}

/**
 * What a reader trusts before opening a package; it comes from outside the package, from the members themselves.
 *
 * The genesis hash alone pins the network; the roots let a person compare certificates with what members publish.
 */
export interface TrustFile {
  readonly format: typeof TRUST_FORMAT;
  readonly channel: string;
  /** Header hash of block 0, hexadecimal. */
  readonly genesisHash: string;
  readonly members: readonly TrustedRoots[];
  readonly orderers: readonly TrustedRoots[];
}

/** A trust file that is none; the message names the field. */
export class TrustFileError extends Error {
  override readonly name = 'TrustFileError';
  constructor(readonly field: string) {
    super(`the trust file is wrong at ${field || 'its beginning'}`);
  }
}

/** Reads a trust file; white space and member order are free, since people keep it. @throws TrustFileError. */
export function parseTrustFile(bytes: Uint8Array): TrustFile {
  const value = asObject(parseJson(bytes), '');
  for (const name of Object.keys(value)) {
    if (!['channel', 'format', 'genesisHash', 'members', 'orderers'].includes(name))
      throw new TrustFileError(`/${name}`);
  }
  return {
    format: asText(value['format'], '/format', /^concordat\.trust\.v1$/) as typeof TRUST_FORMAT,
    channel: asText(value['channel'], '/channel', /^[a-z][a-z0-9.-]{0,248}$/),
    genesisHash: asText(value['genesisHash'], '/genesisHash', /^[0-9a-f]{64}$/),
    members: asRoots(value['members'], '/members'),
    orderers: asRoots(value['orderers'], '/orderers'),
  };
}

/** The trust file of the network whose block 0 this is. @throws ProtocolError for bytes that are no config block. */
export function trustFromGenesis(blockBytes: Uint8Array): TrustFile {
  const block = parseBlock(blockBytes);
  const config = ChannelConfig.fromBlock(block);
  const roots = config.rootCertificates();
  const of = (mspIds: readonly string[]): TrustedRoots[] =>
    mspIds.map((mspId) => ({
      mspId,
      rootCertificates: (roots.get(mspId) ?? []).map((certificate) => certificate.toString()),
    }));
  return {
    format: TRUST_FORMAT,
    channel: config.channelId,
    genesisHash: headerHash(headerOf(block)).toString('hex'),
    members: of(config.organisations),
    orderers: of(config.ordererOrganisations),
  };
}

/** The text of a trust file, for people and programs. */
export function trustFileText(trust: TrustFile): string {
  return `${JSON.stringify(trust, null, 2)}\n`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new TrustFileError('');
  }
}

function asObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TrustFileError(field);
  return value as Record<string, unknown>;
}

function asText(value: unknown, field: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new TrustFileError(field);
  return value;
}

function asList(value: unknown, field: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 1_000) throw new TrustFileError(field);
  return value;
}

function asRoots(value: unknown, field: string): TrustedRoots[] {
  return asList(value, field).map((item, at) => {
    const place = `${field}/${at}`;
    const { mspId, rootCertificates, ...rest } = asObject(item, place);
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new TrustFileError(`${place}/${unknown}`);
    return {
      mspId: asText(mspId, `${place}/mspId`, /^[A-Za-z][A-Za-z0-9._-]{0,63}$/),
      rootCertificates: asList(rootCertificates, `${place}/rootCertificates`).map((pem, index) =>
        asCertificate(pem, `${place}/rootCertificates/${index}`),
      ),
    };
  });
}

function asCertificate(value: unknown, field: string): string {
  const text = asText(value, field, /^-----BEGIN CERTIFICATE-----/);
  try {
    return new X509Certificate(text).toString();
  } catch {
    throw new TrustFileError(field);
  }
}
