import { packageBytes, type EvidencePackage } from '../../../evidence/package-format';
import { METADATA, metadataOf, parseBlock, setMetadata } from '../../../network/protocol/block';

/** A generator that gives the same numbers for the same seed, so that a failure can be played again. */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Next = (below: number) => number;

function changed(bytes: Uint8Array, next: Next): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = next(copy.length);
  copy[at] = (copy[at] as number) ^ (1 + next(255));
  return copy;
}

function at<T>(list: readonly T[], index: number, change: (item: T) => T): T[] {
  return list.map((item, place) => (place === index ? change(item) : item));
}

/** One signed or hashed part of a package, and how to change one byte of it. */
const PARTS: Readonly<Record<string, (evidence: EvidencePackage, next: Next) => EvidencePackage>> = {
  envelope: (evidence, next) =>
    withBlock(evidence, next, (block) => {
      const data = block.getData()!;
      const list = data.getDataList_asU8();
      data.setDataList(at(list, next(list.length), (envelope) => changed(envelope, next)));
    }),
  header: (evidence, next) =>
    withBlock(evidence, next, (block) => {
      const header = block.getHeader()!;
      if (next(2) === 0 && header.getPreviousHash_asU8().length > 0)
        header.setPreviousHash(changed(header.getPreviousHash_asU8(), next));
      else header.setDataHash(changed(header.getDataHash_asU8(), next));
    }),
  ordererSignature: (evidence, next) =>
    withBlock(evidence, next, (block) => {
      const signed = metadataOf(block, METADATA.signatures);
      if (signed.length > 0) setMetadata(block, METADATA.signatures, changed(signed, next));
      else block.getHeader()!.setDataHash(changed(block.getHeader()!.getDataHash_asU8(), next));
    }),
  dataHash: (evidence, next) => ({ ...evidence, dataHashes: changed(evidence.dataHashes, next) }),
  receipt: (evidence, next) => ({
    ...evidence,
    receipts: at(evidence.receipts, next(evidence.receipts.length), ({ record, envelope }) => ({
      record,
      envelope: changed(envelope, next),
    })),
  }),
  original: (evidence, next) => ({
    ...evidence,
    originals: at(evidence.originals, next(evidence.originals.length), (original) => ({
      ...original,
      bytes: changed(original.bytes, next),
    })),
  }),
};

function withBlock(
  evidence: EvidencePackage,
  next: Next,
  change: (block: ReturnType<typeof parseBlock>) => void,
): EvidencePackage {
  return {
    ...evidence,
    blocks: at(evidence.blocks, next(evidence.blocks.length), ({ number, bytes }) => {
      const block = parseBlock(bytes);
      change(block);
      return { number, bytes: block.serializeBinary() };
    }),
  };
}

/** One byte of the text that holds documents and disclosed fields; what stands before and after is binary. */
function changedRecords(bytes: Uint8Array, next: Next): Uint8Array {
  const text = Buffer.from(bytes);
  const from = text.indexOf('"records":[');
  return Buffer.concat([text.subarray(0, from + 11), changed(text.subarray(from + 11), next)]);
}

const NAMES = [...Object.keys(PARTS), 'records'];

/** A package with one byte of one signed or hashed part changed; says which part. */
export function withOneByteChanged(
  bytes: Uint8Array,
  evidence: EvidencePackage,
  next: Next,
): { readonly part: string; readonly bytes: Uint8Array } {
  // Envelopes are most of what is signed, so half of all changes fall there.
  const part = next(2) === 0 ? 'envelope' : (NAMES[next(NAMES.length)] as string);
  const change = PARTS[part];
  return { part, bytes: change === undefined ? changedRecords(bytes, next) : packageBytes(change(evidence, next)) };
}
