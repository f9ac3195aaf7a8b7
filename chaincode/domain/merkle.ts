import { sha256 } from './hash';

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of one leaf: SHA-256(0x00 ‖ data). @see RFC 6962 section 2.1 */
export function leafHash(data: Uint8Array): Buffer {
  return sha256(LEAF, data);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(NODE, left, right);
}

/** The Merkle tree hash of leaf hashes in order; of no leaves, SHA-256 of nothing. @see RFC 6962 section 2.1 */
export function merkleRoot(leaves: readonly Uint8Array[]): Buffer {
  if (leaves.length === 0) return sha256();
  let level: Uint8Array[] = [...leaves];
  while (level.length > 1) {
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      const right = level[i + 1];
      // A last node without a neighbour rises unchanged, which gives RFC 6962's shape (left subtrees are full).
      next.push(right === undefined ? left : nodeHash(left, right));
    }
    level = next;
  }
  return Buffer.from(level[0] as Uint8Array);
}

/** The sibling hashes from a leaf to the root. @see RFC 6962 section 2.1.1 */
export function inclusionProof(leaves: readonly Uint8Array[], index: number): Buffer[] {
  if (index < 0 || index >= leaves.length) throw new RangeError('no such leaf');
  const path: Buffer[] = [];
  let level: Uint8Array[] = [...leaves];
  for (let at = index; level.length > 1; at >>= 1) {
    const sibling = level[at ^ 1];
    if (sibling !== undefined) path.push(Buffer.from(sibling));
    const next: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const right = level[i + 1];
      next.push(right === undefined ? (level[i] as Uint8Array) : nodeHash(level[i] as Uint8Array, right));
    }
    level = next;
  }
  return path;
}

/** Whether a leaf hash stands at `index` of a tree of `size` leaves with this root. @see RFC 9162 section 2.1.3.2 */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  // Numbers come from strangers: what is none would count as a tree of any size.
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let fn = index,
    sn = size - 1,
    r: Uint8Array = leaf;
  for (const p of path) {
    if (sn === 0) return false;
    if ((fn & 1) === 1 || fn === sn) {
      r = nodeHash(p, r);
      while ((fn & 1) === 0 && fn !== 0) {
        fn >>>= 1;
        sn >>>= 1;
      }
    } else r = nodeHash(r, p);
    fn >>>= 1;
    sn >>>= 1;
  }
  return sn === 0 && Buffer.from(r).equals(root);
}
