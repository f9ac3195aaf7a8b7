import { parseCanonicalJson } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import { isJsonObject, type Json, type JsonObject } from '../../chaincode/domain/json';
import type { BusinessDay } from '../../chaincode/domain/business-day';
import type { Skeleton } from '../../chaincode/domain/record';
import type { NamespaceWrites } from './block-reader';

const HEX64 = /^[0-9a-f]{64}$/;
const RECORD_KEY = /^r\/([0-9a-f]{32})$/;

/** Name of a member's implicit collection. */
export function implicitCollection(mspId: string): string {
  return `_implicit_org_${mspId}`;
}

/**
 * The versions that count in one transaction's writes: skeleton, and for every participant the same value hash.
 *
 * Only a member's own peer can endorse a write into its implicit collection, so this is every participant's consent.
 * What does not count is left out as if it were not there.
 * @see docs/RECORDS.md section 2
 */
export function countingVersions({ writes, collections }: NamespaceWrites): Skeleton[] {
  return [...writes].flatMap(([key, value]) => {
    const id = RECORD_KEY.exec(key)?.[1];
    const skeleton = id === undefined || value === null ? undefined : parseSkeleton(value);
    if (skeleton === undefined || skeleton.id !== id) return [];
    return heldByAll(collections, skeleton.participants, key, skeleton.commitment) ? [skeleton] : [];
  });
}

/** The business days that count in one transaction's writes: the same bytes, publicly and for both members. */
export function countingBusinessDays({ writes, collections }: NamespaceWrites): BusinessDay[] {
  return [...writes].flatMap(([key, value]) => {
    if (!key.startsWith('d/') || value === null) return [];
    const day = parseObject(value) as unknown as BusinessDay | undefined;
    if (day?.id !== key.slice(2) || !isPair(day.members)) return [];
    return heldByAll(collections, day.members, key, sha256Hex(value)) ? [day] : [];
  });
}

function heldByAll(
  collections: NamespaceWrites['collections'],
  members: readonly string[],
  key: string,
  valueHash: string,
): boolean {
  const keyHash = sha256Hex(key);
  return members.every((mspId) => collections.get(implicitCollection(mspId))?.get(keyHash) === valueHash);
}

function isPair(value: unknown): value is readonly [string, string] {
  return Array.isArray(value) && value.length === 2 && value.every((member) => typeof member === 'string');
}

/** A skeleton of exactly the right form; anything else is no skeleton. */
function parseSkeleton(value: Uint8Array): Skeleton | undefined {
  const skeleton = parseObject(value);
  if (skeleton === undefined || Object.keys(skeleton).sort().join() !== 'commitment,id,participants,previous,version')
    return undefined;
  const { commitment, id, participants, previous, version } = skeleton;
  const fits =
    isHash(commitment) &&
    typeof id === 'string' &&
    (previous === null || isHash(previous)) &&
    typeof version === 'number' &&
    version >= 1 &&
    isMemberList(participants);
  return fits ? (skeleton as unknown as Skeleton) : undefined;
}

function isHash(value: Json | undefined): value is string {
  return typeof value === 'string' && HEX64.test(value);
}

/** Sorted, without repeats, not empty. */
function isMemberList(value: Json | undefined): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((member, at) => typeof member === 'string' && (at === 0 || (value[at - 1] as string) < member))
  );
}

/** The canonical JSON object in these bytes; undefined for anything else. */
export function parseObject(value: Uint8Array): JsonObject | undefined {
  try {
    const parsed = parseCanonicalJson(value);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
