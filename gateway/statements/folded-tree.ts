import { hash } from 'node:crypto';

const NODE = Buffer.of(1);
const LEAF = Buffer.of(0);

/** RFC 6962 leaf hash of some bytes. */
export function leafOfKey(key: Buffer): Buffer {
  return hash('sha256', Buffer.concat([LEAF, key]), 'buffer');
}

/** A tree's root, and the paths that were asked for, each from the leaf up. */
export interface FoldedTree {
  readonly root: Buffer;
  readonly size: number;
  readonly paths: ReadonlyMap<number, readonly Buffer[]>;
}

interface Node {
  readonly first: number;
  readonly size: number;
  readonly hash: Buffer;
}

/**
 * RFC 6962 tree over leaf hashes in one pass, holding one node a level; `wanted` are the leaves to be proved.
 *
 * @see RFC 6962 section 2.1
 */
export function foldTree(leaves: Iterable<Buffer>, wanted: readonly number[] = []): FoldedTree {
  const paths = new Map<number, Buffer[]>(wanted.map((at) => [at, []]));
  const pending: Node[] = [];
  let size = 0;
  for (const leaf of leaves) {
    let node: Node = { first: size++, size: 1, hash: leaf };
    while (pending.at(-1)?.size === node.size) node = joined(pending.pop() as Node, node, paths);
    pending.push(node);
  }
  let root = pending.pop();
  while (root !== undefined && pending.length > 0) root = joined(pending.pop() as Node, root, paths);
  return { root: root?.hash ?? hash('sha256', '', 'buffer'), size, paths };
}

function joined(left: Node, right: Node, paths: Map<number, Buffer[]>): Node {
  for (const [at, path] of paths) {
    if (holds(left, at)) path.push(right.hash);
    else if (holds(right, at)) path.push(left.hash);
  }
  return {
    first: left.first,
    size: left.size + right.size,
    hash: hash('sha256', Buffer.concat([NODE, left.hash, right.hash]), 'buffer'),
  };
}

function holds({ first, size }: Node, at: number): boolean {
  return at >= first && at < first + size;
}
