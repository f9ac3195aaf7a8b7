import type { BusinessDay } from '../domain/business-day';
import { parseCanonicalJson } from '../domain/canonical-json';
import { sha256Hex } from '../domain/hash';
import type { NoticeHead } from '../domain/notice-head';
import type { Skeleton } from '../domain/record';
import { implicitCollection, type ReadingStub } from './stub';

async function read<T>(stub: ReadingStub, key: string): Promise<{ value: T; bytes: Uint8Array } | undefined> {
  const bytes = await stub.getState(key);
  if (bytes.length === 0) return undefined;
  try {
    return { value: parseCanonicalJson(bytes) as unknown as T, bytes };
  } catch {
    // Anybody may write a key that is not guarded yet; what is not ours counts as absent.
    return undefined;
  }
}

/** Whether every member's collection holds a value with this hash under the key. */
async function heldByAll(stub: ReadingStub, key: string, mspIds: readonly string[], hash: string): Promise<boolean> {
  if (!Array.isArray(mspIds) || mspIds.length === 0) return false;
  for (const mspId of mspIds) {
    if (typeof mspId !== 'string' || mspId === '') return false;
    const held = await stub.getPrivateDataHash(implicitCollection(mspId), key);
    if (Buffer.from(held ?? []).toString('hex') !== hash) return false;
  }
  return true;
}

/** The skeleton of a record that counts; undefined for one that does not, whatever its key holds. */
export async function readSkeleton(stub: ReadingStub, id: string): Promise<Skeleton | undefined> {
  const key = `r/${id}`;
  const found = await read<Skeleton>(stub, key);
  if (found === undefined || found.value.id !== id) return undefined;
  return (await heldByAll(stub, key, found.value.participants, found.value.commitment)) ? found.value : undefined;
}

/** The open business date of a pair, if it counts. */
export async function readBusinessDay(stub: ReadingStub, id: string): Promise<BusinessDay | undefined> {
  const key = `d/${id}`;
  const found = await read<BusinessDay>(stub, key);
  if (found === undefined || found.value.id !== id) return undefined;
  return (await heldByAll(stub, key, found.value.members, sha256Hex(found.bytes))) ? found.value : undefined;
}

/** One member's notices about one order; its key was created and guarded together with the order. */
export async function readNoticeHead(
  stub: ReadingStub,
  orderId: string,
  mspId: string,
): Promise<NoticeHead | undefined> {
  const found = await read<NoticeHead>(stub, `n/${orderId}/${mspId}`);
  return found !== undefined && found.value.orderId === orderId && found.value.mspId === mspId
    ? found.value
    : undefined;
}
