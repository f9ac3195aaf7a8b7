import { hash } from 'node:crypto';
import { sha256 } from '../../../chaincode/domain/hash';

/**
 * The RFC 6962 root of leaves that come one after the other, in memory that grows with the tree's height only.
 *
 * Gives the root of `merkleRoot` over the same leaves; texts are hashed as their UTF-8.
 * @see RFC 6962 section 2.1
 */
export class MerkleStack {
  /** Number of leaves so far. */
  size = 0;
  readonly #full: Buffer[] = [];
  readonly #node = Buffer.alloc(65, 1);

  append(leaf: string): void {
    let top: Buffer = hash('sha256', `\u0000${leaf}`, 'buffer');
    // As many full subtrees end with this leaf as the size has ones at its end.
    for (let rest = this.size; (rest & 1) === 1; rest = Math.floor(rest / 2))
      top = this.#join(this.#full.pop() as Buffer, top);
    this.#full.push(top);
    this.size++;
  }

  root(): Buffer {
    const [last, ...left] = [...this.#full].reverse();
    if (last === undefined) return sha256();
    return left.reduce((right, subtree) => this.#join(subtree, right), last);
  }

  #join(left: Buffer, right: Buffer): Buffer {
    this.#node.set(left, 1);
    this.#node.set(right, 33);
    return hash('sha256', this.#node, 'buffer');
  }
}
