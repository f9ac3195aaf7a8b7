import { serializeMetadata } from '../world-state/key-metadata';
import { hashedNamespace, type StateKey } from '../world-state/state-key';
import type { Version } from '../world-state/state';
import type { MetadataWriteOf, NamespaceSet, WriteOf } from './read-write-set';
import type { StateOverlay } from './state-overlay';

interface KeyChange {
  write?: WriteOf;
  metadata?: MetadataWriteOf;
}

/**
 * Adds a valid transaction's writes to the block's changes.
 *
 * A write of a value keeps the key's metadata; a write of metadata keeps its value, and is nothing for an absent key.
 *
 * @see fabric core/ledger/kvledger/txmgmt/validation/tx_ops.go
 */
export function applyWriteSet(sets: readonly NamespaceSet[], version: Version, state: StateOverlay): void {
  for (const { namespace, writes, metadataWrites, collections } of sets) {
    applyTo(namespace, writes, metadataWrites, { version, state });
    for (const set of collections) {
      applyTo(hashedNamespace(namespace, set.collection), set.writes, set.metadataWrites, { version, state });
    }
  }
}

function applyTo(
  namespace: string,
  writes: readonly WriteOf[],
  metadataWrites: readonly MetadataWriteOf[],
  { version, state }: { version: Version; state: StateOverlay },
): void {
  const changes = new Map<StateKey, KeyChange>();
  for (const write of writes) changes.set(write.key, { write });
  for (const metadata of metadataWrites) changes.set(metadata.key, { ...changes.get(metadata.key), metadata });
  for (const [key, { write, metadata }] of changes) {
    if (write?.isDelete) {
      state.put(namespace, key, { value: null, metadata: null, version });
      continue;
    }
    const held = state.get(namespace, key);
    const value = write?.value ?? held?.value;
    if (value === undefined) continue;
    state.put(namespace, key, { value, version, metadata: metadata ? toMetadata(metadata) : (held?.metadata ?? null) });
  }
}

/** No entries means the metadata goes. */
function toMetadata({ entries }: MetadataWriteOf): Uint8Array | null {
  return entries.length === 0 ? null : serializeMetadata(entries);
}
