import { canonicalBytes } from './canonical-json';
import { Rejection } from './errors';
import { sha256Hex } from './hash';
import type { Json } from './json';
import { materialise, passedOn, type NewVersion } from './materialise';
import type { Change, Operation, OperationContext, OperationRequest, PassOn } from './operation';
import { endorsersOf } from './endorsers';
import { requireWhole } from './operations/rules';
import { signedVersion } from './signed-act';
import { successionBranches, type KeyGuards } from './succession';
import { sees } from './visibility';

/** One key to write: the public value, and the value for each member's implicit collection. */
export interface KeyWrite {
  readonly key: string;
  /** Absent when only collections are written. */
  readonly value?: Buffer;
  /** MSP id → value in that member's implicit collection. */
  readonly privates: Readonly<Record<string, Buffer>>;
  /** Who must endorse the key's next write; set on creation and on succession only, as Fabric keeps it after. */
  readonly guards?: KeyGuards;
  /** Members in whose collections the key keeps its value and gets the guards alone. */
  readonly guardedOnly?: readonly string[];
}

/** What a transaction writes and answers; the answer is public. */
export interface WriteSet {
  readonly writes: readonly KeyWrite[];
  readonly versions: readonly NewVersion[];
  /** The members whose peers these writes are for; any other peer that was asked refuses. */
  readonly endorsers: readonly string[];
  readonly response: readonly { readonly commitment: string; readonly id: string; readonly version: number }[];
}

/**
 * Runs one operation: authority and rules, then documents, then the keys to write. Pure.
 *
 * The contract writes what this returns; a gateway calls it to show people what they are about to sign.
 * @throws Rejection of the operation, RECORD_EXPOSED, SALT_REUSED, and those of `signedVersion`.
 */
export function execute(operation: Operation<unknown>, request: OperationRequest, context: OperationContext): WriteSet {
  const changes = operation.apply(context, operation.parse(request.input));
  const endorsers = endorsersOf(changes);
  requireNoExposure(endorsers, request, operation.shows ?? []);
  const versions: NewVersion[] = [];
  const writes = changes.flatMap((change, index) => {
    if (change.kind !== 'create' && change.kind !== 'update' && change.kind !== 'passOn') {
      return [publicWrite(change, context)];
    }
    const version =
      change.kind === 'passOn' ? passedOn(change, request.seed, index) : newVersion(change, request, context, index);
    versions.push(version);
    return change.kind === 'passOn'
      ? passOnWrites(change, version, context)
      : recordWrites(version, { isReceived: change.kind === 'update' && change.isReceived === true, context });
  });
  requireOncePerKey(writes);
  const response = versions.map(({ skeleton: { commitment, id, version } }) => ({ commitment, id, version }));
  return { writes, versions, endorsers, response };
}

/** The policy of a key its participants guard, and of those who may go on without one of them. */
function guardsOf(participants: readonly string[], context: OperationContext): KeyGuards {
  return { participants, branches: successionBranches(participants, context.network().members) };
}

function newVersion(
  change: Extract<Change, { kind: 'create' | 'update' }>,
  request: OperationRequest,
  context: OperationContext,
  index: number,
): NewVersion {
  const { seed, signatures } = request;
  // A group left out would be gone from the next version.
  if (change.kind === 'update') requireWhole(change.record);
  return change.kind === 'update' && change.signed !== undefined
    ? signedVersion(change, change.signed, context, { seed, index, signatures })
    : materialise(change, context, seed, index);
}

/**
 * Every endorsing peer sees the whole request, so each of its records must be held by all of them already.
 *
 * A peer keeps what it simulates in its transient store: an order supplied beside a shipment would lie, prices and all,
 * at the carrier. Such acts are two transactions.
 */
function requireNoExposure(
  endorsers: readonly string[],
  { records }: OperationRequest,
  shown: NonNullable<Operation['shows']>,
): void {
  for (const { document, groups } of records) {
    const isHeld = endorsers.every((mspId) => document.participants.includes(mspId));
    const isShown = shown === 'documents' ? Object.keys(groups).length === 0 : shown.includes(document.type);
    if (!isHeld && !isShown) throw new Rejection('RECORD_EXPOSED', { record: document.id });
  }
}

interface Guarding {
  readonly isReceived: boolean;
  readonly context: OperationContext;
}

function recordWrites(version: NewVersion, { isReceived, context }: Guarding): KeyWrite[] {
  const {
    document: { id, participants, type, version: number },
    salted,
  } = version;
  const isGuarded = version.isNew || isReceived || Object.keys(version.attachments).length > 0;
  const policy = isGuarded ? { guards: guardsOf(participants, context) } : {};
  const guards = version.isNew || isReceived ? policy : {};
  const forAll = (value: Buffer): Record<string, Buffer> =>
    Object.fromEntries(participants.map((mspId) => [mspId, value]));
  const groups = Object.fromEntries(
    participants.map((mspId) => {
      const seen = Object.entries(salted).filter(([group]) => sees(type, group, mspId, participants));
      return [mspId, canonicalBytes({ groups: Object.fromEntries(seen) as unknown as Json, id, version: number })];
    }),
  );
  const attachments = Object.entries(version.attachments).map(([name, content]) => ({
    key: `a/${id}/${name}`,
    privates: forAll(canonicalBytes(content)),
    ...policy,
  }));
  return [
    {
      key: `r/${id}`,
      value: canonicalBytes(version.skeleton as unknown as Json),
      privates: forAll(version.bytes),
      ...guards,
    },
    { key: `g/${id}`, privates: groups, ...guards },
    ...attachments,
  ];
}

/** Skeleton and document for the new participants; groups and attachments stay as they are under the new policy. */
function passOnWrites(
  { record, participants, attachments }: PassOn,
  { bytes, skeleton }: NewVersion,
  context: OperationContext,
): KeyWrite[] {
  const { id } = record.document;
  const guards = guardsOf(participants, context);
  const remaining = participants.filter((mspId) => record.document.participants.includes(mspId));
  const privates = Object.fromEntries(participants.map((mspId) => [mspId, bytes]));
  const kept = [`g/${id}`, ...attachments.map((name) => `a/${id}/${name}`)];
  return [
    { key: `r/${id}`, value: canonicalBytes(skeleton as unknown as Json), privates, guards },
    ...kept.map((key) => ({ key, privates: {}, guards, guardedOnly: remaining })),
  ];
}

type PublicChange = Exclude<Change, { kind: 'create' | 'update' | 'passOn' }>;

function publicWrite(change: PublicChange, context: OperationContext): KeyWrite {
  const guardedBy = (members: readonly string[]) => ({ guards: guardsOf(members, context) });
  switch (change.kind) {
    case 'businessDay': {
      const value = canonicalBytes(change.value as unknown as Json);
      const { id, members, version } = change.value;
      const privates = Object.fromEntries(members.map((mspId) => [mspId, value]));
      return {
        key: `d/${id}`,
        value,
        privates,
        ...(version === 1 || change.witnesses !== undefined ? guardedBy(members) : {}),
      };
    }
    case 'noticeHead': {
      const { orderId, mspId, count } = change.value;
      const value = canonicalBytes(change.value as unknown as Json);
      const isGuarded = count === 0 || change.isPassedOn === true;
      return { key: `n/${orderId}/${mspId}`, value, privates: {}, ...(isGuarded ? guardedBy(change.guards) : {}) };
    }
    case 'copy': {
      const bytes = canonicalBytes(change.value);
      const { id, caseId, recordId, to } = change;
      const value = canonicalBytes({ case: caseId, digest: sha256Hex(bytes), id, record: recordId, to });
      return { key: `x/${id}`, value, privates: { [to]: bytes }, guards: { participants: [to], branches: [] } };
    }
  }
}

/** A record appears once in a transaction: a second write of its key would silently win. */
function requireOncePerKey(writes: readonly KeyWrite[]): void {
  const keys = new Set(writes.map(({ key }) => key));
  if (keys.size !== writes.length) throw new Rejection('REQUEST_INVALID', { field: '/records' });
}
