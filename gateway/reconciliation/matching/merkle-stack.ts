import { hash } from 'node:crypto';
import { sha256 } from '../../../chaincode/domain/hash';
import { nodeHash } from '../../statements/folded-tree';

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
  readonly #full: string[] = [];

  /** Adds one leaf. */
  append(leaf: string): void {
    this.#add(hash('sha256', `\u0000${leaf}`, 'binary'));
  }

  /** Adds every line as a leaf, without its end; writes over the ends, which become the leaves' prefixes. */
  appendLines(lines: Buffer): void {
    for (let start = 0; start < lines.length;) {
      const end = lines.indexOf(NEWLINE, start);
      if (start === 0) this.append(lines.toString('utf8', 0, end));
      else {
        lines[start - 1] = 0;
        this.#add(hash('sha256', lines.subarray(start - 1, end), 'binary'));
      }
      start = end + 1;
    }
  }

  #add(leaf: string): void {
    let top = leaf;
    // As many full subtrees end with this leaf as the size has ones at its end.
    for (let rest = this.size; (rest & 1) === 1; rest = Math.floor(rest / 2)) {
      top = nodeHash(this.#full.pop() as string, top);
    }
    this.#full.push(top);
    this.size++;
  }

  root(): Buffer {
    const [last, ...left] = [...this.#full].reverse();
    if (last === undefined) return sha256();
    const root = left.reduce((right, subtree) => nodeHash(subtree, right), last);
    return Buffer.from(root, 'latin1');
  }
}
