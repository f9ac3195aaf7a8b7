import { canonicalBytes } from './canonical-json';
import { Rejection } from './errors';
import { sha256Hex } from './hash';
import type { Json } from './json';
import type { Change, OperationContext } from './operation';
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
  const salted = saltGroups(change.groups, seed, scope);
  const salt = saltOf(seed, `${scope}\ndocument`);
  const before = change.kind === 'update' ? change.record : undefined;
  if (before?.document.salt === salt) throw new Rejection('SALT_REUSED', { record: before.document.id });
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
    groups: change.groups,
    attachments: change.attachments ?? {},
    isNew: before === undefined,
  };
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
