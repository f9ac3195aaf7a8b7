/**
 * HalfSipHash-2-4 with 64 bits out: a fixed-size stand-in for a key.
 *
 * The key is drawn anew for every run, so that nobody can prepare two references that stand for one another; without
 * malice, two of two million texts meet with a probability of about 1 in 10 million.
 * @see https://github.com/veorq/SipHash, halfsiphash.c (the reference), Aumasson and Bernstein 2012
 */
export class KeyedHash {
  /** The last text's hash, both halves unsigned; never both zero, which stands for "no key". */
  low = 0;
  high = 0;
  readonly #k0: number;
  readonly #k1: number;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  constructor(key: Uint8Array) {
    if (key.length !== 8) throw new RangeError('the key has 8 bytes');
    const view = new DataView(key.buffer, key.byteOffset, 8);
    this.#k0 = view.getInt32(0, true);
    this.#k1 = view.getInt32(4, true);
  }

  /** Hashes a text into `low` and `high`. */
  of(text: string): void {
    if (!this.#narrow(text)) this.#wide(text);
    if (this.low === 0 && this.high === 0) this.low = 1;
  }

  /** Texts of Latin-1 as their bytes; false at the first other character. */
  #narrow(text: string): boolean {
    const { length } = text;
    const whole = length & ~3;
    let seen = 0;
    this.#begin(0);
    for (let at = 0; at < whole; at += 4) {
      const [a, b] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
      const [c, d] = [text.charCodeAt(at + 2), text.charCodeAt(at + 3)];
      seen |= a | b | c | d;
      this.#word(a | (b << 8) | (c << 16) | (d << 24));
    }
    let last = length << 24;
    for (let at = whole; at < length; at++) {
      seen |= text.charCodeAt(at);
      last |= text.charCodeAt(at) << ((at - whole) * 8);
    }
    if (seen > 255) return false;
    this.#end(last);
    return true;
  }

  /** Other texts as UTF-16 code units, little end first, kept apart from Latin-1 by another start. */
  #wide(text: string): void {
    this.#begin(0x55);
    for (let at = 0; at + 1 < text.length; at += 2) this.#word(text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16));
    const odd = (text.length & 1) === 1 ? text.charCodeAt(text.length - 1) : 0;
    this.#end(((text.length * 2) << 24) | odd);
  }

  #begin(apart: number): void {
    this.#v0 = this.#k0;
    this.#v1 = this.#k1 ^ 0xee;
    this.#v2 = 0x6c796765 ^ this.#k0;
    this.#v3 = 0x74656462 ^ this.#k1 ^ apart;
  }

  #word(word: number): void {
    this.#v3 ^= word;
    this.#rounds(2);
    this.#v0 ^= word;
  }

  #end(last: number): void {
    this.#word(last);
    this.#v2 ^= 0xee;
    this.#rounds(4);
    this.low = (this.#v1 ^ this.#v3) >>> 0;
    this.#v1 ^= 0xdd;
    this.#rounds(4);
    this.high = (this.#v1 ^ this.#v3) >>> 0;
  }

  #rounds(count: number): void {
    let v0 = this.#v0,
      v1 = this.#v1,
      v2 = this.#v2,
      v3 = this.#v3;
    for (let round = 0; round < count; round++) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
