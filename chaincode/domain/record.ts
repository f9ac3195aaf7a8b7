import { canonicalBytes } from './canonical-json';
import { Rejection } from './errors';
import { hmacHex, sha256Hex } from './hash';
import type { Json } from './json';
import { leafHash, merkleRoot } from './merkle';

export const RECORD_DOMAIN = 'concordat.record.v1';
/** 128 bits, in hexadecimal characters. */
export const SALT_LENGTH = 32;
export const SEED_PATTERN = /^[0-9a-f]{64}$/;

export type RecordType =
  | 'purchaseOrder'
  | 'shipment'
  | 'invoice'
  | 'receivable'
  | 'payment'
  | 'notice'
  | 'case'
  | 'disclosure'
  | 'standingAgreement'
  | 'lane'
  | 'segment'
  | 'statement'
  | 'clearingAgreement'
  | 'clearing'
  | 'matchRun'
  | 'ruleSet'
  | 'break';

/** Content of one group before salting: field name → value. */
export type Fields = Readonly<Record<string, Json>>;
/** Content of a record: group name → fields. */
export type Groups = Readonly<Record<string, Fields>>;

/** One field with its salt, as participants keep it and disclose it one by one. */
export interface SaltedField {
  readonly name: string;
  readonly salt: string;
  readonly value: Json;
}
export type SaltedGroups = Readonly<Record<string, readonly SaltedField[]>>;

/** The private document of one version; its canonical bytes are what the commitment and Fabric's value hash cover. */
export interface RecordDocument {
  readonly chaincode: string;
  readonly channel: string;
  readonly domain: typeof RECORD_DOMAIN;
  /** Sorted by name. */
  readonly groups: readonly { readonly name: string; readonly root: string }[];
  readonly id: string;
  /** MSP ids, sorted. */
  readonly participants: readonly string[];
  /** Commitment of the version before; null in version 1. */
  readonly previous: string | null;
  readonly salt: string;
  readonly status: string;
  readonly type: RecordType;
  readonly version: number;
}

/** What the whole channel sees of a version. */
export interface Skeleton {
  readonly commitment: string;
  readonly id: string;
  readonly participants: readonly string[];
  readonly previous: string | null;
  readonly version: number;
}

/** The bytes the commitment covers. */
export function documentBytes(document: RecordDocument): Buffer {
  return canonicalBytes(document as unknown as Json);
}

/** SHA-256 of the document's canonical bytes, in hexadecimal: equal to the value hash Fabric records for the private key. */
export function commitmentOf(document: RecordDocument): string {
  return sha256Hex(documentBytes(document));
}

export function skeletonOf(document: RecordDocument): Skeleton {
  const { id, participants, previous, version } = document;
  return { commitment: commitmentOf(document), id, participants, previous, version };
}

/** The id of the `index`-th record a transaction creates: nobody can guess it or take it first. */
export function recordId(transactionId: string, index: number): string {
  return sha256Hex(`concordat.id.v1\n${transactionId}\n${index}`).slice(0, 32);
}

/** The salt of one field: derived from the version's seed, so that knowing one salt tells nothing of another. */
export function saltOf(seed: string, place: string): string {
  return hmacHex(Buffer.from(seed, 'hex'), place).slice(0, SALT_LENGTH);
}

/** Salts every field of every group; `scope` tells apart the records one operation writes. */
export function saltGroups(groups: Groups, seed: string, scope: string): SaltedGroups {
  return Object.fromEntries(
    Object.entries(groups).map(([group, fields]) => [
      group,
      Object.keys(fields)
        .sort()
        .map((name) => ({
          name,
          salt: saltOf(seed, `${scope}\n${group}\n${name}`),
          value: fields[name] as Json,
        })),
    ]),
  );
}

/** RFC 6962 root over a group's salted fields, in hexadecimal: one field can be shown without the others. */
export function groupRoot(group: string, fields: readonly SaltedField[]): string {
  return merkleRoot(fields.map((field) => leafHash(fieldBytes(group, field)))).toString('hex');
}

/** The bytes of one field's leaf. */
export function fieldBytes(group: string, field: SaltedField): Buffer {
  return canonicalBytes({ group, name: field.name, salt: field.salt, value: field.value });
}

/**
 * Takes the salts off groups after checking them against a document's roots.
 *
 * @throws Rejection GROUP_NOT_COMMITTED (unknown group, wrong root, salt shorter than 128 bits).
 */
export function openGroups(document: RecordDocument, salted: SaltedGroups): Groups {
  const roots = new Map(document.groups.map(({ name, root }) => [name, root]));
  return Object.fromEntries(
    Object.entries(salted).map(([group, fields]) => {
      const saltsFit = fields.every(({ salt }) => /^[0-9a-f]{32}$/.test(salt));
      if (!saltsFit || roots.get(group) !== groupRoot(group, fields)) {
        throw new Rejection('GROUP_NOT_COMMITTED', { record: document.id, group });
      }
      return [group, Object.fromEntries(fields.map(({ name, value }) => [name, value]))];
    }),
  );
}
