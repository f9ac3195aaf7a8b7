import { canonicalBytes } from './canonical-json';
import { Rejection } from './errors';
import { sha256Hex } from './hash';
import type { Json } from './json';
import type { Change, OperationContext, PassOn } from './operation';
import {
  RECORD_DOMAIN,
  commitmentOf,
  documentBytes,
  groupRoot,
  saltGroups,
  saltOf,
  skeletonOf,
  type Groups,
  type RecordDocument,
  type SaltedGroups,
  type Skeleton,
} from './record';

/** One new version, ready to be written. */
export interface NewVersion {
  readonly document: RecordDocument;
  readonly bytes: Buffer;
  readonly skeleton: Skeleton;
  readonly salted: SaltedGroups;
  readonly groups: Groups;
  readonly attachments: Readonly<Record<string, Json>>;
  readonly isNew: boolean;
}

type RecordChange = Extract<Change, { kind: 'create' | 'update' }>;

/**
 * Builds the document of a record change: ids, salts, roots, link to the version before.
 *
 * `index` is the change's place in the operation; it scopes the salts and, for creations, gives the id.
 * @throws Rejection SALT_REUSED.
 */
export function materialise(change: RecordChange, context: OperationContext, seed: string, index: number): NewVersion {
  const scope = String(index);
  const before = change.kind === 'update' ? change.record : undefined;
  const groups = { ...keptGroups(before?.groups), ...change.groups };
  const salted = saltGroups(groups, seed, scope);
  const salt = freshSalt(seed, scope, before?.document);
  const document: RecordDocument = {
    chaincode: context.chaincode,
    channel: context.channel,
    domain: RECORD_DOMAIN,
    groups: Object.keys(salted)
      .sort()
      .map((name) => ({ name, root: groupRoot(name, salted[name] ?? []) })),
    id: before?.document.id ?? context.newId(index),
    participants:
      before?.document.participants ?? [...(change as { participants: readonly string[] }).participants].sort(),
    previous: before?.commitment ?? null,
    salt,
    status: change.status,
    type: before?.document.type ?? (change as { type: RecordDocument['type'] }).type,
    version: (before?.document.version ?? 0) + 1,
  };
  return {
    document,
    bytes: documentBytes(document),
    skeleton: skeletonOf(document),
    salted,
    groups,
    attachments: change.attachments ?? {},
    isNew: before === undefined,
  };
}

/** A succession, once in a record, stays in it whatever an operation writes. */
function keptGroups(before: Groups | undefined): Groups {
  const succession = before?.['succession'];
  return succession === undefined ? {} : { succession };
}

function freshSalt(seed: string, scope: string, before: RecordDocument | undefined): string {
  const salt = saltOf(seed, `${scope}\ndocument`);
  if (before?.salt === salt) throw new Rejection('SALT_REUSED', { record: before.id });
  return salt;
}

/**
 * The next version of a record whose participants change: the same groups under the same roots, a new salt.
 *
 * @throws Rejection SALT_REUSED.
 */
export function passedOn({ record, participants }: PassOn, seed: string, index: number): NewVersion {
  const before = record.document;
  const document: RecordDocument = {
    ...before,
    participants: [...participants].sort(),
    previous: record.commitment,
    salt: freshSalt(seed, String(index), before),
    version: before.version + 1,
  };
  const written = { document, bytes: documentBytes(document), skeleton: skeletonOf(document) };
  return { ...written, salted: {}, groups: {}, attachments: {}, isNew: false };
}

/**
 * What a signed act establishes: SHA-256 over status, type and every group but the signatures themselves and `links`,
 * whose ids follow from the transaction that does not exist yet when a party signs.
 */
export function contentHash(document: Pick<RecordDocument, 'groups' | 'status' | 'type'>): string {
  const groups = document.groups.filter(({ name }) => name !== 'signatures' && name !== 'links');
  return sha256Hex(canonicalBytes({ groups: groups as unknown as Json, status: document.status, type: document.type }));
}

/** Commitment of a version that was materialised. */
export function commitmentOfVersion(version: NewVersion): string {
  return commitmentOf(version.document);
}
