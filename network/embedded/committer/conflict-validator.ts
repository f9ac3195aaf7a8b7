import { RangeIterator } from '../world-state/range-iterator';
import { newRead, summarizeReads } from '../world-state/range-summary';
import { fromStateKey, hashedNamespace } from '../world-state/state-key';
import { sameVersion } from '../world-state/state';
import { Code } from './parsed-transaction';
import type { NamespaceSet, RangeOf, ReadOf } from './read-write-set';
import type { StateOverlay } from './state-overlay';

/**
 * Whether everything a transaction read is still as it was when it read it.
 *
 * @see fabric core/ledger/kvledger/txmgmt/validation/validator.go validateTx
 */
export function validateConflicts(sets: readonly NamespaceSet[], state: StateOverlay): number {
  for (const { namespace, reads, ranges, collections } of sets) {
    if (!reads.every((read) => isCurrent(state, namespace, read))) return Code.MVCC_READ_CONFLICT;
    if (!ranges.every((range) => isSameRange(state, namespace, range))) return Code.PHANTOM_READ_CONFLICT;
    for (const set of collections) {
      const hashed = hashedNamespace(namespace, set.collection);
      if (!set.reads.every((read) => isCurrent(state, hashed, read))) return Code.MVCC_READ_CONFLICT;
    }
  }
  return Code.VALID;
}

function isCurrent(state: StateOverlay, namespace: string, { key, version }: ReadOf): boolean {
  return !state.isUpdated(namespace, key) && sameVersion(state.get(namespace, key)?.version, version);
}

/** An iterator left before its end recorded the last key it saw as the end, which then belongs to the range. */
function isSameRange(state: StateOverlay, namespace: string, range: RangeOf): boolean {
  const { start, end, exhausted, rawReads, summary } = range;
  const current = new RangeIterator(state, { namespace, start, end, includeEnd: !exhausted });
  if (summary) return isSameSummary(current, summary);
  for (const { key, version } of rawReads) {
    const entry = current.next();
    if (!entry || entry.key !== key || !sameVersion(entry.version, version)) return false;
  }
  return current.next() === undefined;
}

function isSameSummary(current: RangeIterator, expected: NonNullable<RangeOf['summary']>): boolean {
  if (expected.maxDegree < 2) return false;
  const reads = [];
  for (let entry = current.next(); entry; entry = current.next()) {
    reads.push(newRead({ key: fromStateKey(entry.key), version: entry.version }));
  }
  const summary = summarizeReads(reads, expected.maxDegree);
  if (!summary || summary.getMaxLevel() !== expected.maxLevel) return false;
  const hashes = summary.getMaxLevelHashesList_asU8();
  if (hashes.length !== expected.hashes.length) return false;
  return hashes.every((hash, index) => Buffer.compare(hash, expected.hashes[index] as Uint8Array) === 0);
}
