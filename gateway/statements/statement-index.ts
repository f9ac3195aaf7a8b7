import { hash } from 'node:crypto';
import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { foldTree, hexOf, leafOfKey, type FoldedTree } from './folded-tree';
import { SortedKeys } from './sorted-keys';
import type { SegmentEntries, StatementHead } from './statement-source';

export const INDEX_FORMAT = 'concordat.index.v1';

/** What the members sign of an index: its root and how many leaves it has, as one digest. */
export interface IndexCommitment {
  readonly root: string;
  readonly size: number;
  /** See `indexDigest`. */
  readonly digest: string;
}

/** A leaf of the index with its path. */
export interface IndexLeaf {
  readonly key: string;
  readonly index: number;
  readonly path: readonly string[];
}

/** The key of an end-to-end id in one statement: tells those who can guess the id, and nobody else. */
export function indexKey(statement: string, endToEndId: string): Buffer {
  return Buffer.from(latin1Key(statement, endToEndId), 'latin1');
}

function latin1Key(statement: string, endToEndId: string): string {
  return hash('sha256', `${INDEX_FORMAT}\n${statement}\n${endToEndId}`, 'binary');
}

/** What of a statement the index names, so that a proof from it says of which day, pair and edition it is. */
export type IndexedDay = Pick<Statement['statement'], 'pair' | 'currency' | 'date'> & { readonly edition: number };

export function dayOf({ pair, currency, date, issue }: Statement['statement']): IndexedDay {
  return { pair, currency, date, edition: issue.number };
}

/** What both members sign of an index: its root, its size, and the day it is of. */
export function indexDigest(root: string, size: number, { pair, currency, date, edition }: IndexedDay): string {
  return sha256Hex(canonicalBytes({ format: INDEX_FORMAT, root, size, pair: [...pair], currency, date, edition }));
}

/**
 * All end-to-end ids of a statement, hashed and sorted: an RFC 6962 tree whose neighbours prove that nothing stands
 * between them, and so that an id is not in the statement.
 *
 * Bounded memory whatever the day's size: the keys go to files when they are many, the tree is folded and never held.
 */
export class StatementIndex {
  readonly #statement: string;
  readonly #day: IndexedDay;
  readonly #keys: SortedKeys;

  constructor({ id, statement }: StatementHead, keys = new SortedKeys()) {
    this.#statement = id;
    this.#day = dayOf(statement);
    this.#keys = keys;
  }

  add({ entries }: Pick<SegmentEntries, 'entries'>): void {
    for (const { entry } of entries) this.#keys.add(latin1Key(this.#statement, entry.endToEndId));
  }

  commitment(): IndexCommitment {
    return this.#committed(foldTree(this.#leaves()));
  }

  /** The same, with the leaves that a key which is not there would stand between, null at either end. */
  absence(key: Buffer): IndexCommitment & { readonly before: IndexLeaf | null; readonly after: IndexLeaf | null } {
    let place = 0;
    let before: Buffer | undefined;
    let after: Buffer | undefined;
    for (const one of this.#keys) {
      if (Buffer.compare(one, key) > 0) {
        after = Buffer.from(one);
        break;
      }
      before = Buffer.from(one);
      place++;
    }
    const tree = foldTree(this.#leaves(), [place - 1, place]);
    const leaf = (own: Buffer | undefined, index: number): IndexLeaf | null =>
      own === undefined ? null : { key: own.toString('hex'), index, path: (tree.paths.get(index) ?? []).map(hexOf) };
    return { ...this.#committed(tree), before: leaf(before, place - 1), after: leaf(after, place) };
  }

  #committed({ root, size }: FoldedTree): IndexCommitment {
    const text = hexOf(root);
    return { root: text, size, digest: indexDigest(text, size, this.#day) };
  }

  /** Gives back what the keys lie in. */
  close(): void {
    this.#keys.close();
  }

  *#leaves(): Generator<string> {
    for (const key of this.#keys) yield leafOfKey(key);
  }
}
