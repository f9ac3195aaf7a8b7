import { hash } from 'node:crypto';
import { sha256 } from '../../../chaincode/domain/hash';

const NEWLINE = 10;

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

  /** Adds one leaf. */
  append(leaf: string): void {
    this.#add(hash('sha256', `\u0000${leaf}`, 'buffer'));
  }

  /** Adds every line as a leaf, without its end; writes over the ends, which become the leaves' prefixes. */
  appendLines(lines: Buffer): void {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(NEWLINE, start);
      if (start === 0) this.append(lines.toString('utf8', 0, end));
      else {
        lines[start - 1] = 0;
        this.#add(hash('sha256', lines.subarray(start - 1, end), 'buffer'));
      }
      start = end + 1;
    }
  }

  #add(leaf: Buffer): void {
    let top = leaf;
    // As many full subtrees end with this leaf as the size has ones at its end.
    for (let rest = this.size; (rest & 1) === 1; rest = Math.floor(rest / 2)) {
      top = this.#join(this.#full.pop() as Buffer, top);
    }
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
