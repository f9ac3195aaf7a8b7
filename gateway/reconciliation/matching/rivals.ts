/** Entries shown of one list of rivals; the list says how many there were. */
export const MAX_RIVALS = 8;

/** Lists of competing entries in one growing column: entries of ours as they are, of theirs as their complement. */
export class RivalPool {
  #pool = new Int32Array(1_024);
  #used = 1;

  /** Keeps a list and gives its place; 0 for an empty one. */
  add(ours: readonly number[], theirs: readonly number[]): number {
    const total = ours.length + theirs.length;
    if (total === 0) return 0;
    const kept = [...ours.slice(0, MAX_RIVALS), ...theirs.slice(0, MAX_RIVALS).map((entry) => ~entry)];
    const place = this.#used;
    if (place + kept.length + 2 > this.#pool.length) {
      const larger = new Int32Array(this.#pool.length * 2);
      larger.set(this.#pool);
      this.#pool = larger;
    }
    this.#pool.set([total, kept.length, ...kept], place);
    this.#used += kept.length + 2;
    return place;
  }

  at(place: number): { readonly ours: number[]; readonly theirs: number[]; readonly total: number } {
    if (place === 0) return { ours: [], theirs: [], total: 0 };
    const kept = [...this.#pool.subarray(place + 2, place + 2 + (this.#pool[place + 1] as number))];
    return {
      ours: kept.filter((entry) => entry >= 0),
      theirs: kept.filter((entry) => entry < 0).map((entry) => ~entry),
      total: this.#pool[place] as number,
    };
  }
}
