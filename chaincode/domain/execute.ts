import { canonicalBytes } from './canonical-json';
import { Rejection } from './errors';
import { sha256Hex } from './hash';
import type { Json } from './json';
import { materialise, type NewVersion } from './materialise';
import type { Change, LoadedRecord, Operation, OperationContext, OperationRequest } from './operation';
import { endorsersOf } from './endorsers';
import type { RecordType } from './record';
import { signedVersion } from './signed-act';
import { sees } from './visibility';

/** One key to write: the public value, and the value for each member's implicit collection. */
export interface KeyWrite {
  readonly key: string;
  /** Absent when only collections are written. */
  readonly value?: Buffer;
  /** MSP id → value in that member's implicit collection. */
  readonly privates: Readonly<Record<string, Buffer>>;
  /** Members all of whose peers must endorse the key's next write; set on creation only, as Fabric keeps it after. */
  readonly guards?: readonly string[];
}

/** What a transaction writes and answers; the answer is public. */
export interface WriteSet {
  readonly writes: readonly KeyWrite[];
  readonly versions: readonly NewVersion[];
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
  requireNoExposure(changes, request, operation.shows ?? []);
  const versions: NewVersion[] = [];
  const writes = changes.flatMap((change, index) => {
    if (change.kind === 'create' || change.kind === 'update') {
      const version = newVersion(change, request, context, index);
      versions.push(version);
      return recordWrites(version);
    }
    return [publicWrite(change)];
  });
  requireOncePerKey(writes);
  const response = versions.map(({ skeleton: { commitment, id, version } }) => ({ commitment, id, version }));
  return { writes, versions, response };
}

function newVersion(
  change: Extract<Change, { kind: 'create' | 'update' }>,
  request: OperationRequest,
  context: OperationContext,
  index: number,
): NewVersion {
  const { seed, signatures } = request;
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
  changes: readonly Change[],
  { records }: OperationRequest,
  shown: readonly RecordType[],
): void {
  const endorsers = endorsersOf(changes);
  for (const { document } of records) {
    const isHeld = endorsers.every((mspId) => document.participants.includes(mspId));
    if (!isHeld && !shown.includes(document.type)) throw new Rejection('RECORD_EXPOSED', { record: document.id });
  }
}

/** Whoever changes a record supplies all of it: a group left out would be gone from the next version. */
function requireWhole({ document, groups }: LoadedRecord): void {
  const missing = document.groups.find(({ name }) => groups[name] === undefined);
  if (missing !== undefined) throw new Rejection('RECORD_NOT_SUPPLIED', { record: document.id, group: missing.name });
}

function recordWrites(version: NewVersion): KeyWrite[] {
  const {
    document: { id, participants, type, version: number },
    salted,
  } = version;
  const guards = version.isNew ? { guards: participants } : {};
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
    guards: participants,
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

function publicWrite(change: Exclude<Change, { kind: 'create' | 'update' }>): KeyWrite {
  switch (change.kind) {
    case 'businessDay': {
      const value = canonicalBytes(change.value as unknown as Json);
      const { id, members, version } = change.value;
      const privates = Object.fromEntries(members.map((mspId) => [mspId, value]));
      return { key: `d/${id}`, value, privates, ...(version === 1 ? { guards: members } : {}) };
    }
    case 'noticeHead': {
      const { orderId, mspId, count } = change.value;
      const value = canonicalBytes(change.value as unknown as Json);
      return { key: `n/${orderId}/${mspId}`, value, privates: {}, ...(count === 0 ? { guards: change.guards } : {}) };
    }
    case 'copy': {
      const bytes = canonicalBytes(change.value);
      const { id, caseId, recordId, to } = change;
      const value = canonicalBytes({ case: caseId, digest: sha256Hex(bytes), id, record: recordId, to });
      return { key: `x/${id}`, value, privates: { [to]: bytes }, guards: [to] };
    }
  }
}

/** A record appears once in a transaction: a second write of its key would silently win. */
function requireOncePerKey(writes: readonly KeyWrite[]): void {
  const keys = new Set(writes.map(({ key }) => key));
  if (keys.size !== writes.length) throw new Rejection('REQUEST_INVALID', { field: '/records' });
}
