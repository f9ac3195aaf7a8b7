import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes of one key, a SHA-256. */
const KEY = 32;
/** Keys held in memory before the rest goes to files: 2 MiB. */
const IN_MEMORY = 65_536;
/** Keys are spread by their first byte: of five million evenly spread ones a bucket holds 625 kB. */
const BUCKETS = 256;
/** Bytes of a bucket that are written at once. */
const PAGE = 8_192;

/**
 * Keys in order, in bounded memory: above `inMemory` of them they lie in an unnamed temporary file.
 *
 * Keys are hashes, evenly spread; were they not, a bucket would be large and the order right all the same.
 */
export class SortedKeys implements Iterable<Buffer> {
  readonly #inMemory: number;
  #held: Buffer = Buffer.allocUnsafeSlow(PAGE);
  #heldCount = 0;
  #buckets: Buckets | undefined;
  #count = 0;

  constructor(inMemory: number = IN_MEMORY) {
    this.#inMemory = inMemory;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds a key of 32 Latin-1 characters. @throws Error of the file system when the temporary folder takes no more. */
  add(key: string): void {
    this.#count++;
    if (this.#buckets === undefined) this.#hold(key);
    else this.#buckets.add(key);
  }

  /** The keys in order, as often as asked; each is the caller's only until the next. */
  *[Symbol.iterator](): Generator<Buffer> {
    if (this.#buckets === undefined) yield* new Sorter().inOrder(this.#held.subarray(0, this.#heldCount * KEY));
    else yield* this.#buckets;
  }

  /** Gives the file back; the keys are gone. */
  close(): void {
    this.#buckets?.close();
  }

  #hold(key: string): void {
    if (this.#heldCount * KEY === this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(this.#held.length * 2);
      this.#held.copy(larger);
      this.#held = larger;
    }
    this.#held.write(key, this.#heldCount++ * KEY, 'latin1');
    if (this.#heldCount > this.#inMemory) this.#spill();
  }

  #spill(): void {
    const buckets = new Buckets();
    this.#buckets = buckets;
    for (let at = 0; at < this.#heldCount; at++) buckets.add(this.#held.toString('latin1', at * KEY, (at + 1) * KEY));
    this.#held = Buffer.alloc(0);
  }
}

/** A file nobody else can name: it is gone from its folder before the first key is in it. */
function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-keys-'));
  try {
    return openSync(join(folder, 'keys'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Buckets in one file, in pages: a bucket's pages stand wherever its pen was full. */
class Buckets {
  readonly #file = openUnnamed();
  readonly #buckets = Array.from({ length: BUCKETS }, () => ({ pages: [] as number[], penned: 0 }));
  /** The pages being written, one a bucket. */
  readonly #pens = Buffer.allocUnsafeSlow(BUCKETS * PAGE);
  #pageCount = 0;

  add(key: string): void {
    const at = key.charCodeAt(0);
    const bucket = this.#buckets[at] as Bucket;
    this.#pens.write(key, at * PAGE + bucket.penned, 'latin1');
    bucket.penned += KEY;
    if (bucket.penned < PAGE) return;
    writeAll(this.#file, this.#pens.subarray(at * PAGE, (at + 1) * PAGE), this.#pageCount * PAGE);
    bucket.pages.push(this.#pageCount++);
    bucket.penned = 0;
  }

  /** One bucket after the other, each in the sorter's room. */
  *[Symbol.iterator](): Generator<Buffer> {
    const sorter = new Sorter();
    for (const [at, { pages, penned }] of this.#buckets.entries()) {
      const keys = sorter.room(pages.length * PAGE + penned);
      for (const [place, page] of pages.entries()) {
        readAll(this.#file, keys.subarray(place * PAGE, (place + 1) * PAGE), page * PAGE);
      }
      this.#pens.copy(keys, pages.length * PAGE, at * PAGE, at * PAGE + penned);
      yield* sorter.inOrder(keys);
    }
  }

  close(): void {
    closeSync(this.#file);
  }
}

interface Bucket {
  readonly pages: number[];
  penned: number;
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, position + done);
}

function readAll(file: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, bytes.length - done, position + done);
    if (read === 0) throw new Error('a temporary file lost its end');
    done += read;
  }
}

/** Sorts one bucket after the other in the same room: rooms of their own would pile up until the next collection. */
class Sorter {
  #room = Buffer.alloc(0);
  #prefixes = new Float64Array(0);
  #order = new Uint32Array(0);

  /** Room for so many bytes of keys, to be filled before `inOrder`. */
  room(bytes: number): Buffer {
    if (this.#room.length < bytes) this.#room = Buffer.allocUnsafeSlow(bytes);
    return this.#room.subarray(0, bytes);
  }

  /** By the first six bytes as numbers, and in full where these are the same. */
  *inOrder(keys: Buffer): Generator<Buffer> {
    const count = keys.length / KEY;
    if (this.#order.length < count) {
      this.#order = new Uint32Array(count);
      this.#prefixes = new Float64Array(count);
    }
    const [order, prefixes] = [this.#order.subarray(0, count), this.#prefixes];
    for (let at = 0; at < count; at++) {
      order[at] = at;
      prefixes[at] = keys.readUIntBE(at * KEY, 6);
    }
    const keyAt = (at: number): Buffer => keys.subarray(at * KEY, (at + 1) * KEY);
    order.sort((one, other) => {
      const difference = (prefixes[one] as number) - (prefixes[other] as number);
      return difference === 0 ? Buffer.compare(keyAt(one), keyAt(other)) : difference;
    });
    for (const at of order) yield keyAt(at);
  }
}
