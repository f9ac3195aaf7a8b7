import { parseCanonicalJson } from '../chaincode/domain/canonical-json';
import { Rejection } from '../chaincode/domain/errors';
import { Input } from '../chaincode/domain/input';
import { isJsonObject, type Json } from '../chaincode/domain/json';
import type { RecordDocument, SaltedField, SaltedGroups } from '../chaincode/domain/record';
import {
  MAX_PACKAGE_BYTES,
  PACKAGE_FORMAT,
  type EvidenceBlock,
  type EvidenceOriginal,
  type EvidencePackage,
  type EvidenceReceipt,
  type EvidenceRecord,
  type EvidenceSubject,
  type EvidenceVersion,
} from './package-format';
import { ensure, EvidenceError } from './report';

const LIMITS = { blocks: 200_000, records: 2_000, versions: 10_000, originals: 2_000, groups: 64, fields: 1_000 };
const NAME = /^[a-zA-Z]{1,64}$/;
const HEX64 = /^[0-9a-f]{64}$/;

/**
 * Reads a package; every byte of it may be hostile, so size comes first and every member is checked.
 *
 * @throws EvidenceError PACKAGE_TOO_LARGE, PACKAGE_NOT_CANONICAL, PACKAGE_MALFORMED (with the JSON pointer).
 */
export function parsePackage(bytes: Uint8Array): EvidencePackage {
  ensure(bytes.length <= MAX_PACKAGE_BYTES, 'PACKAGE_TOO_LARGE', String(bytes.length));
  try {
    return readPackage(Input.of(parseCanonicalJson(bytes), ''));
  } catch (error) {
    if (!(error instanceof Rejection)) throw error;
    if (error.code === 'JSON_NOT_CANONICAL') throw new EvidenceError('PACKAGE_NOT_CANONICAL', '');
    throw new EvidenceError('PACKAGE_MALFORMED', error.details['field'] ?? '');
  }
}

function readPackage(input: Input): EvidencePackage {
  input.oneOf('format', [PACKAGE_FORMAT]);
  const evidence = {
    channel: input.text('channel', /^[a-z][a-z0-9.-]{0,248}$/),
    subject: readSubject(input),
    dataHashes: input.with('dataHashes', readBase64),
    blocks: input.list('blocks', { min: 1, max: LIMITS.blocks }, (item, path) => readBlock(Input.of(item, path))),
    receipts: input.list('receipts', { min: 1, max: LIMITS.records }, (item, path) =>
      readReceipt(Input.of(item, path)),
    ),
    records: input.list('records', { min: 1, max: LIMITS.records }, (item, path) => readRecord(Input.of(item, path))),
    originals: input.list('originals', { min: 0, max: LIMITS.originals }, (item, path) =>
      readOriginal(Input.of(item, path)),
    ),
  };
  input.end();
  requireAscending(
    evidence.blocks.map(({ number }) => number),
    '/blocks',
  );
  requireAscending(
    evidence.receipts.map(({ record }) => record),
    '/receipts',
  );
  requireAscending(
    evidence.records.map(({ id }) => id),
    '/records',
  );
  requireAscending(
    evidence.originals.map(({ sha256 }) => sha256),
    '/originals',
  );
  if (evidence.dataHashes.length % 32 !== 0) throw malformed('/dataHashes');
  return evidence;
}

/** A package is about one thing: the other member's name is then unknown, and refused. */
function readSubject(input: Input): EvidenceSubject {
  const kind = input.has('statement') ? 'statement' : 'case';
  return { kind, id: input.id(kind) };
}

function malformed(field: string): Rejection {
  return new Rejection('REQUEST_INVALID', { field });
}

/** One order, nothing twice: a package has one spelling. */
function requireAscending(keys: readonly (string | number)[], field: string): void {
  keys.forEach((key, at) => {
    if (at > 0 && (keys[at - 1] as string | number) >= key) throw malformed(`${field}/${at}`);
  });
}

function readBase64(value: Json, field: string): Uint8Array {
  if (typeof value !== 'string') throw malformed(field);
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value) throw malformed(field);
  return bytes;
}

function readBlock(input: Input): EvidenceBlock {
  const block = {
    number: input.integer('number', 0, Number.MAX_SAFE_INTEGER),
    bytes: input.with('bytes', readBase64),
  };
  input.end();
  return block;
}

function readReceipt(input: Input): EvidenceReceipt {
  const receipt = { record: input.id('record'), envelope: input.with('envelope', readBase64) };
  input.end();
  return receipt;
}

function readOriginal(input: Input): EvidenceOriginal {
  const original = {
    sha256: input.digest('sha256'),
    bytes: input.with('bytes', readBase64),
    mediaType: input.text('mediaType'),
    channel: input.text('channel'),
    source: input.text('source'),
    firstSeenAt: input.text('firstSeenAt', /^[0-9T:.Z-]{20,30}$/),
  };
  input.end();
  return original;
}

function readRecord(input: Input): EvidenceRecord {
  const record = {
    id: input.id('id'),
    versions: input.list('versions', { min: 1, max: LIMITS.versions }, (item, path) =>
      readVersion(Input.of(item, path)),
    ),
  };
  input.end();
  return record;
}

function readVersion(input: Input): EvidenceVersion {
  const version = {
    document: readDocument(input.object('document')),
    groups: input.with('groups', readGroups),
    transactionId: input.digest('transactionId'),
  };
  input.end();
  return version;
}

function readDocument(input: Input): RecordDocument {
  const document = {
    chaincode: input.text('chaincode'),
    channel: input.text('channel'),
    domain: input.oneOf('domain', ['concordat.record.v1'] as const),
    groups: input.list('groups', { min: 0, max: LIMITS.groups }, (item, path) => readRoot(Input.of(item, path))),
    id: input.id('id'),
    participants: input.list('participants', { min: 1, max: 100 }, (item, path) => {
      if (typeof item !== 'string' || item === '') throw malformed(path);
      return item;
    }),
    previous: input.optionalText('previous', HEX64),
    salt: input.text('salt', /^[0-9a-f]{32}$/),
    status: input.text('status', NAME),
    type: input.text('type', NAME) as RecordDocument['type'],
    version: input.integer('version', 1, 1_000_000),
  };
  input.end();
  return document;
}

function readRoot(input: Input): { name: string; root: string } {
  const root = { name: input.text('name', NAME), root: input.digest('root') };
  input.end();
  return root;
}

function readGroups(value: Json, field: string): SaltedGroups {
  if (!isJsonObject(value) || Object.keys(value).length > LIMITS.groups) throw malformed(field);
  for (const [name, fields] of Object.entries(value)) {
    if (!Array.isArray(fields) || fields.length > LIMITS.fields) throw malformed(`${field}/${name}`);
    (fields as Json[]).forEach((item, at) => readField(Input.of(item, `${field}/${name}/${at}`)));
  }
  return value as unknown as SaltedGroups;
}

function readField(input: Input): SaltedField {
  const field = {
    name: input.text('name', /^.{1,128}$/u),
    salt: input.text('salt', /^[0-9a-f]{32}$/),
    value: input.raw('value'),
  };
  input.end();
  return field;
}
