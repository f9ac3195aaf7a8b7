import { parseCanonicalJson } from './canonical-json';
import { Rejection } from './errors';
import { isJsonObject, type Json, type JsonObject } from './json';
import type { OperationRequest, SuppliedRecord } from './operation';
import { SEED_PATTERN, type RecordDocument, type SaltedGroups } from './record';
import type { PartySignature } from './typed-data';

/** Limits of one request; a bulk of entries is split by its sender. */
export const REQUEST_LIMITS = {
  bytes: 16_777_216,
  records: 1_100,
  signatures: 8,
  fieldsPerGroup: 200,
  groups: 16,
} as const;

function invalid(field: string): Rejection {
  return new Rejection('REQUEST_INVALID', { field });
}

function object(value: Json | undefined, field: string): JsonObject {
  if (!isJsonObject(value)) throw invalid(field);
  return value;
}

function list(value: Json | undefined, field: string, limit: number): readonly Json[] {
  if (!Array.isArray(value)) throw invalid(field);
  if (value.length > limit) throw new Rejection('REQUEST_TOO_LARGE', { field, limit: String(limit) });
  return value as readonly Json[];
}

function text(value: Json | undefined, field: string, pattern: RegExp): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(field);
  return value;
}

function onlyMembers(value: JsonObject, names: readonly string[], field: string): void {
  for (const name of Object.keys(value)) if (!names.includes(name)) throw invalid(`${field}/${name}`);
}

/**
 * Reads the private request out of the transient map.
 *
 * The sender controls every byte of it, so limits come first and every member is checked.
 * @throws Rejection REQUEST_TOO_LARGE, JSON_NOT_CANONICAL, REQUEST_INVALID (with the JSON pointer), SEED_INVALID.
 */
export function parseRequest(bytes: Uint8Array): OperationRequest {
  if (bytes.length > REQUEST_LIMITS.bytes) {
    throw new Rejection('REQUEST_TOO_LARGE', { field: '', limit: String(REQUEST_LIMITS.bytes) });
  }
  const value = object(parseCanonicalJson(bytes), '');
  onlyMembers(value, ['input', 'operation', 'records', 'seed', 'signatures'], '');
  const operation = text(value['operation'], '/operation', /^[a-zA-Z]{1,64}$/);
  if (typeof value['seed'] !== 'string' || !SEED_PATTERN.test(value['seed'])) throw new Rejection('SEED_INVALID');
  const records = list(value['records'], '/records', REQUEST_LIMITS.records).map(parseSupplied);
  if (new Set(records.map(({ document }) => document.id)).size !== records.length) throw invalid('/records');
  const signatures = list(value['signatures'], '/signatures', REQUEST_LIMITS.signatures).map(parseSignature);
  return { operation, seed: value['seed'], input: value['input'] ?? null, records, signatures };
}

function parseSupplied(value: Json, index: number): SuppliedRecord {
  const field = `/records/${index}`;
  const supplied = object(value, field);
  onlyMembers(supplied, ['document', 'groups'], field);
  return {
    document: parseDocument(supplied['document'], `${field}/document`),
    groups: parseGroups(supplied['groups'], `${field}/groups`),
  };
}

/** A record's document as a caller sends it; that it is the ledger's is found out by its hash. @throws Rejection REQUEST_INVALID. */
export function parseDocument(value: Json | undefined, field: string): RecordDocument {
  const document = object(value, field);
  text(document['id'], `${field}/id`, /^[0-9a-f]{32}$/);
  text(document['type'], `${field}/type`, /^[a-zA-Z]{1,32}$/);
  list(document['groups'], `${field}/groups`, REQUEST_LIMITS.groups).forEach((group, at) => {
    const { name, root } = object(group, `${field}/groups/${at}`);
    text(name, `${field}/groups/${at}/name`, /^[a-zA-Z]{1,32}$/);
    text(root, `${field}/groups/${at}/root`, /^[0-9a-f]{64}$/);
  });
  return document as unknown as RecordDocument;
}

function parseGroups(value: Json | undefined, field: string): SaltedGroups {
  const groups = object(value, field);
  for (const [name, fields] of Object.entries(groups)) {
    list(fields, `${field}/${name}`, REQUEST_LIMITS.fieldsPerGroup).forEach((item, at) => {
      const salted = object(item, `${field}/${name}/${at}`);
      onlyMembers(salted, ['name', 'salt', 'value'], `${field}/${name}/${at}`);
      text(salted['name'], `${field}/${name}/${at}/name`, /^.{1,128}$/u);
      text(salted['salt'], `${field}/${name}/${at}/salt`, /^[0-9a-f]{32}$/);
      if (salted['value'] === undefined) throw invalid(`${field}/${name}/${at}/value`);
    });
  }
  return groups as unknown as SaltedGroups;
}

function parseSignature(value: Json, index: number): PartySignature {
  const field = `/signatures/${index}`;
  const signature = object(value, field);
  onlyMembers(signature, ['address', 'deadline', 'nonce', 'signature'], field);
  text(signature['address'], `${field}/address`, /^0x[0-9a-fA-F]{40}$/);
  text(signature['signature'], `${field}/signature`, /^0x[0-9a-fA-F]{2,512}$/);
  text(signature['nonce'], `${field}/nonce`, /^(0|[1-9][0-9]{0,76})$/);
  const deadline = signature['deadline'];
  if (typeof deadline !== 'number' || deadline < 19_000_101 || deadline > 99_991_231)
    throw invalid(`${field}/deadline`);
  return signature as unknown as PartySignature;
}
