import {
  putEntry,
  valueAfter,
  type KeyRange,
  type StateChange,
  type StateEntry,
  type StateReader,
  type UpdateBatch,
  type VersionedValue,
} from '../world-state/state';
import type { StateKey } from '../world-state/state-key';

/** The committed state with the writes of a block's earlier valid transactions on top. */
export class StateOverlay implements StateReader {
  readonly updates: UpdateBatch = new Map();
  readonly #base: StateReader;

  constructor(base: StateReader) {
    this.#base = base;
  }

  /** Whether an earlier transaction of the block wrote or deleted the key. */
  isUpdated(namespace: string, key: StateKey): boolean {
    return this.updates.get(namespace)?.has(key) ?? false;
  }

  put(namespace: string, key: StateKey, change: StateChange): void {
    putEntry(this.updates, namespace, key, change);
  }

  get(namespace: string, key: StateKey): VersionedValue | undefined {
    const updated = this.updates.get(namespace)?.get(key);
    return updated ? valueAfter(updated) : this.#base.get(namespace, key);
  }

  range(range: KeyRange, limit: number): StateEntry[] {
    const { namespace, start, end, includeEnd } = range;
    const changed = [...(this.updates.get(namespace) ?? [])].filter(
      ([key]) => key >= start && (end === '' || key < end || (includeEnd === true && key === end)),
    );
    if (changed.length === 0) return this.#base.range(range, limit);
    const overlay = new Map(changed);
    const current = this.#base.range(range, limit + overlay.size);
    const last = current.length === limit + overlay.size ? current.at(-1)?.key : undefined;
    const merged = current.filter(({ key }) => !overlay.has(key));
    for (const [key, change] of overlay) {
      const held = valueAfter(change);
      if (held && (last === undefined || key <= last)) merged.push({ key, ...held });
    }
    return merged.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  }
}
