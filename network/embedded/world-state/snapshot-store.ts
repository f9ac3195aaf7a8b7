import type { StateKey } from './state-key';
import type { StateTable } from './state-table';
import {
  putEntry,
  type KeyRange,
  type StateEntry,
  type StateReader,
  type UpdateBatch,
  type VersionedValue,
} from './state';

/** A consistent view of the state as of one block; `release` it, or its memory stays. */
export interface StateSnapshot extends StateReader {
  release(): void;
}

/** Raised when a view is older than the memory set aside for views. */
export class SnapshotTooOldError extends Error {
  constructor() {
    super('the simulation took so long that the state it began on is no longer kept');
    this.name = 'SnapshotTooOldError';
  }
}

/** What keys held before a batch; null for nothing. */
type Before = Map<string, Map<StateKey, VersionedValue | null>>;

interface Undo {
  readonly sequence: number;
  readonly before: Before;
  readonly size: number;
}

/**
 * The current state and the views that running simulations hold of earlier ones.
 *
 * Fabric makes a commit wait for running simulations; here a commit keeps what it overwrites for as long as a view
 * needs it, so that a slow contract cannot stop the ledger. Both give every simulation the state of one block.
 * `maxUndoBytes` bounds that memory; a view older than it fails with `SnapshotTooOldError`.
 *
 * @see fabric core/ledger/kvledger/txmgmt/txmgr/txmgr.go (commitRWLock)
 */
export class SnapshotStore {
  readonly #table: StateTable;
  readonly #maxUndoBytes: number;
  readonly #active = new Map<number, number>();
  #undo: Undo[] = [];
  #undoBytes = 0;
  #sequence = 0;
  #oldest = 0;

  constructor(table: StateTable, maxUndoBytes = 64 << 20) {
    this.#table = table;
    this.#maxUndoBytes = maxUndoBytes;
  }

  /** The committed state; valid within one turn of the event loop. */
  get current(): StateReader {
    return this.#table;
  }

  snapshot(): StateSnapshot {
    const sequence = this.#sequence;
    this.#active.set(sequence, (this.#active.get(sequence) ?? 0) + 1);
    let released = false;
    return {
      get: (namespace, key) => this.#getAt(sequence, namespace, key),
      range: (range, limit) => this.#rangeAt(sequence, range, limit),
      release: () => {
        if (!released) this.#release(sequence);
        released = true;
      },
    };
  }

  /**
   * Writes a batch with `inTransaction` around it and keeps what it overwrote for the views that need it.
   *
   * Nothing changes for anybody when `inTransaction` throws.
   */
  apply(batch: UpdateBatch, inTransaction: (write: () => void) => void): void {
    const before = this.#active.size > 0 ? this.#collectBefore(batch) : undefined;
    inTransaction(() => this.#table.apply(batch));
    const sequence = this.#sequence++;
    if (!before) {
      this.#oldest = this.#sequence;
      return;
    }
    this.#undo.push({ sequence, ...before });
    this.#undoBytes += before.size;
    while (this.#undoBytes > this.#maxUndoBytes) this.#dropOldest();
  }

  #collectBefore(batch: UpdateBatch): { before: Before; size: number } {
    const before: Before = new Map();
    let size = 0;
    for (const [namespace, entries] of batch) {
      for (const key of entries.keys()) {
        const old = this.#table.get(namespace, key) ?? null;
        putEntry(before, namespace, key, old);
        size += 100 + key.length + (old?.value.length ?? 0);
      }
    }
    return { before, size };
  }

  #getAt(sequence: number, namespace: string, key: StateKey): VersionedValue | undefined {
    this.#checkAge(sequence);
    for (const undo of this.#undo) {
      if (undo.sequence < sequence) continue;
      const old = undo.before.get(namespace)?.get(key);
      if (old !== undefined) return old ?? undefined;
    }
    return this.#table.get(namespace, key);
  }

  #rangeAt(sequence: number, range: KeyRange, limit: number): StateEntry[] {
    this.#checkAge(sequence);
    const overlay = this.#overlay(sequence, range);
    if (overlay.size === 0) return this.#table.range(range, limit);
    // Every overlaid key may take the place of a current one, or hide it.
    const current = this.#table.range(range, limit + overlay.size);
    const merged = current.filter(({ key }) => !overlay.has(key));
    const last = current.length === limit + overlay.size ? current.at(-1)?.key : undefined;
    for (const [key, old] of overlay) {
      if (old !== null && (last === undefined || key <= last)) merged.push({ key, ...old });
    }
    return merged.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }

  /** Keys of the range that changed since the view began, with what they held then; the first change counts. */
  #overlay(sequence: number, { namespace, start, end, includeEnd }: KeyRange): Map<StateKey, VersionedValue | null> {
    const overlay = new Map<StateKey, VersionedValue | null>();
    for (const undo of this.#undo) {
      if (undo.sequence < sequence) continue;
      for (const [key, old] of undo.before.get(namespace) ?? []) {
        const inside = key >= start && (end === '' || key < end || (includeEnd === true && key === end));
        if (inside && !overlay.has(key)) overlay.set(key, old);
      }
    }
    return overlay;
  }

  #checkAge(sequence: number): void {
    if (sequence < this.#oldest) throw new SnapshotTooOldError();
  }

  #release(sequence: number): void {
    const left = (this.#active.get(sequence) ?? 1) - 1;
    if (left > 0) this.#active.set(sequence, left);
    else this.#active.delete(sequence);
    const needed = this.#active.size === 0 ? this.#sequence : Math.min(...this.#active.keys());
    while (this.#undo.length > 0 && (this.#undo[0] as Undo).sequence < needed) this.#dropOldest();
  }

  #dropOldest(): void {
    const dropped = this.#undo.shift();
    if (!dropped) return;
    this.#undoBytes -= dropped.size;
    this.#oldest = dropped.sequence + 1;
  }
}
