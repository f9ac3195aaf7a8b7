import type { Group } from './board';
import type { UndoneEntries } from './undone';

/** Entries of both sides that may not be in one match, because people took their match back. */
export class Apart {
  readonly #theirs = new Map<number, Set<number>>();

  constructor(undone: readonly UndoneEntries[]) {
    for (const { ours, theirs } of undone) {
      for (const entry of ours.flat()) {
        const known = this.#theirs.get(entry) ?? new Set<number>();
        for (const mate of theirs.flat()) known.add(mate);
        this.#theirs.set(entry, known);
      }
    }
  }

  allows(ours: number, theirs: number): boolean {
    return this.#theirs.size === 0 || this.#theirs.get(ours)?.has(theirs) !== true;
  }

  allowsGroup({ ours, theirs }: Group): boolean {
    return this.#theirs.size === 0 || ours.every((entry) => theirs.every((mate) => this.allows(entry, mate)));
  }
}
