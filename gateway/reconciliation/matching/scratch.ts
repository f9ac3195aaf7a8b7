/** Room that one step after the other uses, instead of each leaving its own behind. */
export class Scratch {
  readonly #rooms = new Map<string, Int32Array>();

  /** At least `size` numbers under a name, with whatever their last user left in them. */
  take(name: string, size: number): Int32Array {
    const known = this.#rooms.get(name);
    if (known !== undefined && known.length >= size) return known.subarray(0, size);
    const room = new Int32Array(size);
    this.#rooms.set(name, room);
    return room;
  }

  /** Lets go of the room. */
  release(): void {
    this.#rooms.clear();
  }
}
