import type { StateKey } from './state-key';

/** Position of the transaction that wrote a key. */
export interface Version {
  readonly blockNumber: number;
  readonly txNumber: number;
}

export interface VersionedValue {
  readonly value: Uint8Array;
  /** Serialized key metadata (the validation parameter), or null. */
  readonly metadata: Uint8Array | null;
  readonly version: Version;
}

export interface StateEntry extends VersionedValue {
  readonly key: StateKey;
}

/** A half-open range of keys; an empty `end` means "to the last key". */
export interface KeyRange {
  readonly namespace: string;
  readonly start: StateKey;
  readonly end: StateKey;
  readonly includeEnd?: boolean;
}

/** Reads of one consistent state. */
export interface StateReader {
  get(namespace: string, key: StateKey): VersionedValue | undefined;
  /** At most `limit` entries of the range, in byte order of their keys. */
  range(range: KeyRange, limit: number): StateEntry[];
}

/** One key's change: a new value, or null for a deletion, by the transaction at `version`. */
export interface StateChange {
  readonly value: Uint8Array | null;
  readonly metadata: Uint8Array | null;
  readonly version: Version;
}

/** What a block changes: namespace, then key; a later change of the same key replaces an earlier one. */
export type UpdateBatch = Map<string, Map<StateKey, StateChange>>;

/** Sets an entry of a map of maps. */
export function putEntry<T>(batch: Map<string, Map<StateKey, T>>, namespace: string, key: StateKey, entry: T): void {
  let entries = batch.get(namespace);
  if (!entries) batch.set(namespace, (entries = new Map()));
  entries.set(key, entry);
}

/** The value a change leaves behind, undefined after a deletion. */
export function valueAfter({ value, metadata, version }: StateChange): VersionedValue | undefined {
  return value === null ? undefined : { value, metadata, version };
}

/** Whether two versions, either of which may be absent, are the same. @see fabric core/ledger/internal/version */
export function sameVersion(a: Version | null | undefined, b: Version | null | undefined): boolean {
  if (!a || !b) return !a && !b;
  return a.blockNumber === b.blockNumber && a.txNumber === b.txNumber;
}
