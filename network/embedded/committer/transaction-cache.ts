import { parseTransaction, type ParsedTransaction } from './parsed-transaction';

/**
 * Parses each envelope once between its order and its commit, and knows whose creator's signature was verified.
 *
 * Keyed by the very byte array that travels through this process, so no other envelope can pass for it.
 */
export class TransactionCache {
  readonly #parsed = new WeakMap<Uint8Array, ParsedTransaction>();
  readonly #verified = new WeakSet<Uint8Array>();

  parse(bytes: Uint8Array): ParsedTransaction {
    let parsed = this.#parsed.get(bytes);
    if (!parsed) this.#parsed.set(bytes, (parsed = parseTransaction(bytes)));
    return parsed;
  }

  noteVerified(bytes: Uint8Array): void {
    this.#verified.add(bytes);
  }

  wasVerified(bytes: Uint8Array): boolean {
    return this.#verified.has(bytes);
  }
}
