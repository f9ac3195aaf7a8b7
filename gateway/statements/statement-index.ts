import { createHash } from 'node:crypto';
import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import { leafHash } from '../../chaincode/domain/merkle';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import type { SegmentEntries, StatementHead } from './statement-source';

export const INDEX_FORMAT = 'concordat.index.v1';
const KEY = 32;

/** What the members sign of an index: its root and how many leaves it has, as one digest. */
export interface IndexCommitment {
  readonly root: string;
  readonly size: number;
  /** See `indexDigest`. */
  readonly digest: string;
}

/** The key of an end-to-end id in one statement: tells those who can guess the id, and nobody else. */
export function indexKey(statement: string, endToEndId: string): Buffer {
  return createHash('sha256').update(`${INDEX_FORMAT}\n${statement}\n${endToEndId}`, 'utf8').digest();
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

  /** The sorted keys. */
  sorted(): Buffer[] {
    const places = Array.from({ length: this.#count }, (_, at) => this.#keys.subarray(at * KEY, (at + 1) * KEY));
    return places.sort(Buffer.compare);
  }

  *leaves(): Generator<Buffer> {
    for (const key of this.sorted()) yield leafHash(key);
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
  return root ?? createHash('sha256').digest();
}

function nodeOf(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}
