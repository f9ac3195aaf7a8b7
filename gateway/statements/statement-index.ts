import { hash } from 'node:crypto';
import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import type { SegmentEntries, StatementHead } from './statement-source';

export const INDEX_FORMAT = 'concordat.index.v1';
const KEY = 32;
const NODE = Buffer.of(1);
const LEAF = Buffer.of(0);

/** What the members sign of an index: its root and how many leaves it has, as one digest. */
export interface IndexCommitment {
  readonly root: string;
  readonly size: number;
  /** See `indexDigest`. */
  readonly digest: string;
}

/** The key of an end-to-end id in one statement: tells those who can guess the id, and nobody else. */
export function indexKey(statement: string, endToEndId: string): Buffer {
  return hash('sha256', `${INDEX_FORMAT}\n${statement}\n${endToEndId}`, 'buffer');
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
 * 32 bytes an entry; the tree itself is folded level by level and never held.
 */
export class StatementIndex {
  readonly #statement: string;
  readonly #day: IndexedDay;
  #keys: Buffer;
  #count = 0;

  constructor({ id, statement }: StatementHead) {
    this.#statement = id;
    this.#day = dayOf(statement);
    this.#keys = Buffer.alloc(Math.max(1, statement.count) * KEY);
  }

  add({ entries }: Pick<SegmentEntries, 'entries'>): void {
    for (const { entry } of entries) {
      if ((this.#count + 1) * KEY > this.#keys.length)
        this.#keys = Buffer.concat([this.#keys, Buffer.alloc(this.#keys.length)]);
      indexKey(this.#statement, entry.endToEndId).copy(this.#keys, this.#count++ * KEY);
    }
  }

  commitment(): IndexCommitment {
    const root = foldedRoot(this.leaves()).toString('hex');
    return { root, size: this.#count, digest: indexDigest(root, this.#count, this.#day) };
  }

  /** The sorted keys: by their first six bytes as numbers, and in full where these are the same. */
  sorted(): Buffer[] {
    const keyAt = (at: number): Buffer => this.#keys.subarray(at * KEY, (at + 1) * KEY);
    const prefixes = Float64Array.from({ length: this.#count }, (_, at) => this.#keys.readUIntBE(at * KEY, 6));
    const order = Uint32Array.from({ length: this.#count }, (_, at) => at);
    order.sort((one, other) => {
      const difference = (prefixes[one] as number) - (prefixes[other] as number);
      return difference === 0 ? Buffer.compare(keyAt(one), keyAt(other)) : difference;
    });
    return Array.from(order, keyAt);
  }

  *leaves(): Generator<Buffer> {
    // Hashed at once: three million hashes a day of a million entries.
    for (const key of this.sorted()) yield hash('sha256', Buffer.concat([LEAF, key]), 'buffer');
  }
}

/** RFC 6962 root of leaf hashes, holding one node a level. */
export function foldedRoot(leaves: Iterable<Buffer>): Buffer {
  const pending: { readonly size: number; readonly hash: Buffer }[] = [];
  for (const leaf of leaves) {
    let node = { size: 1, hash: leaf };
    while (pending.at(-1)?.size === node.size) {
      const left = pending.pop() as typeof node;
      node = { size: node.size * 2, hash: nodeOf(left.hash, node.hash) };
    }
    pending.push(node);
  }
  let root = pending.pop()?.hash;
  while (root !== undefined && pending.length > 0) root = nodeOf((pending.pop() as { hash: Buffer }).hash, root);
  return root ?? hash('sha256', '', 'buffer');
}

function nodeOf(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}
