import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes of one key, a SHA-256. */
export const KEY = 32;
/** Keys held in memory before the rest goes to files: 8 MiB. */
const IN_MEMORY = 262_144;
/** Keys are spread by their first bits: of five million evenly spread ones a bucket holds 2.5 MB. */
const BUCKETS = 64;
const PEN = 1_024;

/**
 * Keys in order, in bounded memory: above `inMemory` of them they lie in unnamed temporary files, one a bucket.
 *
 * Keys are hashes, evenly spread; were they not, a bucket would be large and the order right all the same.
 */
export class SortedKeys implements Iterable<Buffer> {
  readonly #inMemory: number;
  #held: Buffer = Buffer.allocUnsafeSlow(PEN * KEY);
  #heldCount = 0;
  #buckets: Bucket[] | undefined;
  #count = 0;

  constructor(inMemory: number = IN_MEMORY) {
    this.#inMemory = inMemory;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws Error of the file system when the temporary folder takes no more. */
  add(key: Buffer): void {
    this.#count++;
    if (this.#buckets !== undefined) this.#spread(this.#buckets, key);
    else this.#hold(key);
  }

  /** The keys in order, as often as asked; each is the caller's only until the next. */
  *[Symbol.iterator](): Generator<Buffer> {
    if (this.#buckets === undefined) yield* inOrder(this.#held, this.#heldCount);
    else for (const bucket of this.#buckets) yield* inOrder(...bucket.keys());
  }

  /** Gives the files back; the keys are gone. */
  close(): void {
    for (const bucket of this.#buckets ?? []) bucket.close();
    this.#buckets = [];
  }

  #hold(key: Buffer): void {
    if (this.#heldCount * KEY === this.#held.length) {
      const larger = Buffer.allocUnsafeSlow(this.#held.length * 2);
      this.#held.copy(larger);
      this.#held = larger;
    }
    key.copy(this.#held, this.#heldCount++ * KEY);
    if (this.#heldCount > this.#inMemory) this.#spill();
  }

  #spill(): void {
    const buckets = openBuckets();
    this.#buckets = buckets;
    for (let at = 0; at < this.#heldCount; at++) this.#spread(buckets, this.#held.subarray(at * KEY, (at + 1) * KEY));
    this.#held = Buffer.alloc(0);
  }

  #spread(buckets: readonly Bucket[], key: Buffer): void {
    (buckets[(key[0] as number) >> 2] as Bucket).add(key);
  }
}

/** Files nobody else can name: they are gone from their folder before the first key is in them. */
function openBuckets(): Bucket[] {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-keys-'));
  try {
    return Array.from({ length: BUCKETS }, (_, at) => new Bucket(openSync(join(folder, String(at)), 'wx+', 0o600)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Bucket {
  readonly #file: number;
  readonly #pen = Buffer.allocUnsafeSlow(PEN * KEY);
  #penned = 0;

  constructor(file: number) {
    this.#file = file;
  }

  add(key: Buffer): void {
    if (this.#penned === PEN) this.#flush();
    key.copy(this.#pen, this.#penned++ * KEY);
  }

  keys(): [Buffer, number] {
    this.#flush();
    const { size } = fstatSync(this.#file);
    const bytes = Buffer.allocUnsafeSlow(size);
    for (let read = 0; read < size;) {
      const more = readSync(this.#file, bytes, read, size - read, read);
      if (more === 0) throw new Error('a temporary file lost its end');
      read += more;
    }
    return [bytes, size / KEY];
  }

  close(): void {
    closeSync(this.#file);
  }

  #flush(): void {
    const { size } = fstatSync(this.#file);
    const length = this.#penned * KEY;
    for (let written = 0; written < length;) {
      written += writeSync(this.#file, this.#pen, written, length - written, size + written);
    }
    this.#penned = 0;
  }
}

/** By the first six bytes as numbers, and in full where these are the same. */
function* inOrder(keys: Buffer, count: number): Generator<Buffer> {
  const keyAt = (at: number): Buffer => keys.subarray(at * KEY, (at + 1) * KEY);
  const prefixes = Float64Array.from({ length: count }, (_, at) => keys.readUIntBE(at * KEY, 6));
  const order = Uint32Array.from({ length: count }, (_, at) => at);
  order.sort((one, other) => {
    const difference = (prefixes[one] as number) - (prefixes[other] as number);
    return difference === 0 ? Buffer.compare(keyAt(one), keyAt(other)) : difference;
  });
  for (const at of order) yield keyAt(at);
}
