import { sha256Hex } from '../../chaincode/domain/hash';
import type { PrivateWrite } from '../ports/ledger-port';
import type { NamespaceWrites } from './block-reader';
import { implicitCollection } from './counting';

/**
 * The own member's private values of one transaction, each only if it is what the block committed to.
 *
 * The peer checks this too; the index does not take its word, because what it stores is shown to people and signed.
 */
export class PrivateValues {
  readonly #hashes: ReadonlyMap<string, string | null>;
  readonly #values: ReadonlyMap<string, Uint8Array>;

  constructor(mspId: string, namespace: string, writes: NamespaceWrites, held: readonly PrivateWrite[]) {
    const collection = implicitCollection(mspId);
    this.#hashes = writes.collections.get(collection) ?? new Map();
    this.#values = new Map(
      held.flatMap((write) =>
        write.namespace === namespace && write.collection === collection && write.value !== null
          ? [[write.key, write.value]]
          : [],
      ),
    );
  }

  /** Undefined when the peer does not hold the value or holds another one. */
  get(key: string): Uint8Array | undefined {
    const value = this.#values.get(key);
    return value !== undefined && this.#hashes.get(sha256Hex(key)) === sha256Hex(value) ? value : undefined;
  }

  /** Whether the transaction writes this key in the own collection, held here or not. */
  isWritten(key: string): boolean {
    return this.#hashes.has(sha256Hex(key));
  }

  /** Keys of the held values that start with a prefix. */
  keys(prefix: string): string[] {
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix));
  }
}
