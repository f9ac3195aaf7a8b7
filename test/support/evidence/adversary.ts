import { randomBytes } from 'node:crypto';
import { common, peer } from '@hyperledger/fabric-protos';
import {
  dataHash,
  headerHash,
  METADATA,
  metadataOf,
  parseBlock,
  setMetadata,
  signBlock,
} from '../../../network/protocol/block';
import { newSigner, type Signer } from '../../../network/protocol/signer';
import { packageBytes, type EvidencePackage, type EvidenceVersion } from '../../../evidence/package-format';
import { parsePackage } from '../../../evidence/parse-package';
import type { EvidenceFixture } from './fixture';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** A package taken apart for somebody who wants to change it. */
export type Draft = Mutable<EvidencePackage>;

/** A block of a draft by number, ready to be changed. */
export function blockOf(draft: Draft, number: number): common.Block {
  return parseBlock(draft.blocks.find((block) => block.number === number)!.bytes);
}

export function putBlock(draft: Draft, number: number, block: common.Block): void {
  const others = draft.blocks.filter((candidate) => candidate.number !== number);
  draft.blocks = [...others, { number, bytes: block.serializeBinary() }].sort((a, b) => a.number - b.number);
}

/** Places of a transaction among a draft's blocks. */
export function placeOf(draft: Draft, transactionId: string): { block: number; position: number } {
  for (const { number, bytes } of draft.blocks) {
    const position = parseBlock(bytes)
      .getData()!
      .getDataList_asU8()
      .findIndex((envelope) => Buffer.from(envelope).includes(transactionId));
    if (position >= 0) return { block: number, position };
  }
  throw new Error('no such transaction');
}

/** The transaction that wrote a version of a record. */
export function writerOf(draft: Draft, record: string, version: number): { block: number; position: number } {
  const { transactionId } = draft.records.find(({ id }) => id === record)!.versions[version - 1]!;
  return placeOf(draft, transactionId);
}

export function setCode(
  draft: Draft,
  { block: number, position }: { block: number; position: number },
  code: number,
): void {
  const block = blockOf(draft, number);
  const codes = Uint8Array.from(metadataOf(block, METADATA.validation));
  codes[position] = code;
  setMetadata(block, METADATA.validation, codes);
  putBlock(draft, number, block);
}

/** Changes one envelope of a block. */
export function changeEnvelope(
  draft: Draft,
  { block: number, position }: { block: number; position: number },
  change: (envelope: Uint8Array) => Uint8Array,
): void {
  const block = blockOf(draft, number);
  const data = block.getData()!;
  const list = data.getDataList_asU8();
  list[position] = change(list[position]!);
  data.setDataList(list);
  putBlock(draft, number, block);
}

/** Changes the endorsements of a transaction and leaves the rest as it is. */
export function changeEndorsements(
  envelope: Uint8Array,
  change: (endorsements: peer.Endorsement[], responsePayload: Uint8Array) => peer.Endorsement[],
): Uint8Array {
  const parsed = common.Envelope.deserializeBinary(envelope);
  const payload = common.Payload.deserializeBinary(parsed.getPayload_asU8());
  const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
  const action = transaction.getActionsList()[0]!;
  const contents = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = contents.getAction()!;
  endorsed.setEndorsementsList(change(endorsed.getEndorsementsList(), endorsed.getProposalResponsePayload_asU8()));
  action.setPayload(contents.serializeBinary());
  payload.setData(transaction.serializeBinary());
  parsed.setPayload(payload.serializeBinary());
  return parsed.serializeBinary();
}

/** Signs an envelope anew as somebody. */
export function signEnvelope(envelope: Uint8Array, signer: Signer): Uint8Array {
  const parsed = common.Envelope.deserializeBinary(envelope);
  parsed.setSignature(signer.sign(parsed.getPayload_asU8()));
  return parsed.serializeBinary();
}

/** Changes one version of one record. */
export function changeVersion(
  draft: Draft,
  record: string,
  version: number,
  change: (version: EvidenceVersion) => EvidenceVersion,
): void {
  draft.records = draft.records.map((one) =>
    one.id !== record
      ? one
      : { ...one, versions: one.versions.map((item, at) => (at === version - 1 ? change(item) : item)) },
  );
}

/**
 * Recomputes everything in a draft that nobody signs: data hashes, headers, the chain of headers.
 *
 * With the ordering node's key it signs the blocks again as well: the worst ordering service there can be.
 */
export function recompute(draft: Draft, orderer?: Signer): Draft {
  const count = draft.dataHashes.length / 32;
  const hashes: Uint8Array[] = Array.from({ length: count }, (_, at) => draft.dataHashes.slice(at * 32, at * 32 + 32));
  const blocks = new Map(draft.blocks.map(({ number, bytes }) => [number, parseBlock(bytes)]));
  let previousHash: Uint8Array = new Uint8Array();
  for (let number = 0; number < count; number++) {
    const block = blocks.get(number);
    if (block !== undefined) {
      hashes[number] = dataHash(block.getData()!.getDataList_asU8());
      const header = block.getHeader()!;
      const before = Buffer.from(header.serializeBinary());
      header.setNumber(number);
      header.setPreviousHash(previousHash);
      header.setDataHash(hashes[number]!);
      const changed = !before.equals(header.serializeBinary());
      if (orderer !== undefined && changed && number > 0) signBlock(block, orderer, 0n, randomBytes(24));
    }
    previousHash = headerHash({ number: BigInt(number), previousHash, dataHash: hashes[number]! });
  }
  return {
    ...draft,
    dataHashes: Buffer.concat(hashes),
    blocks: [...blocks].map(([number, block]) => ({ number, bytes: block.serializeBinary() })),
  };
}

/** The package after somebody changed it and recomputed every unsigned hash. */
export function tampered(bytes: Uint8Array, change: (draft: Draft) => void, orderer?: Signer): Uint8Array {
  const draft: Draft = { ...parsePackage(bytes) };
  change(draft);
  return packageBytes(recompute(draft, orderer));
}

/** The ordering node's own key: an adversary that has it can put anything into blocks. */
export function ordererOf({ consortium }: EvidenceFixture): Signer {
  const { mspId, node } = consortium.network.material.orderer;
  return newSigner(mspId, node.certificatePem, node.privateKeyPem);
}

/** A member's client or peer, for an adversary inside that member. */
export function signerOf({ consortium }: EvidenceFixture, mspId: string, who: 'peer' | 'client'): Signer {
  const material = consortium.network.material.organisations[mspId]!;
  const { certificatePem, privateKeyPem } = who === 'peer' ? material.node : material.users['Gateway']!;
  return newSigner(mspId, certificatePem, privateKeyPem);
}
