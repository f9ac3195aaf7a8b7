import { createHash } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import type { ChannelConfig } from './channel-config';
import { decoding } from './errors';
import type { SignedData } from './policy';
import type { Signer } from './signer';

const { BlockMetadataIndex } = common;
export const METADATA = {
  signatures: BlockMetadataIndex.SIGNATURES,
  lastConfig: BlockMetadataIndex.LAST_CONFIG,
  validation: BlockMetadataIndex.TRANSACTIONS_FILTER,
  orderer: BlockMetadataIndex.ORDERER,
  commitHash: BlockMetadataIndex.COMMIT_HASH,
} as const;

/** What a block header says. */
export interface BlockHeader {
  readonly number: bigint;
  readonly previousHash: Uint8Array;
  readonly dataHash: Uint8Array;
}

function der(tag: number, body: Uint8Array): Buffer {
  if (body.length > 127) throw new RangeError('a header part has at most 127 bytes');
  return Buffer.concat([Buffer.of(tag, body.length), body]);
}

function derInteger(value: bigint): Buffer {
  const text = value.toString(16);
  const bytes = Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex');
  return der(0x02, ((bytes[0] as number) & 0x80) === 0 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
}

/** ASN.1 DER of SEQUENCE{number INTEGER, previousHash, dataHash OCTET STRING}. @see fabric protoutil/blockutils.go BlockHeaderBytes */
export function headerBytes({ number, previousHash, dataHash }: BlockHeader): Buffer {
  return der(0x30, Buffer.concat([derInteger(number), der(0x04, previousHash), der(0x04, dataHash)]));
}

/** SHA-256 of the header's DER bytes: what the next block refers to. */
export function headerHash(header: BlockHeader): Buffer {
  return createHash('sha256').update(headerBytes(header)).digest();
}

/** SHA-256 over all envelopes in order; flat, so one transaction is proved only with the whole block. */
export function dataHash(envelopes: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const envelope of envelopes) hash.update(envelope);
  return hash.digest();
}

export function headerOf(block: common.Block): BlockHeader {
  const header = block.getHeader();
  return {
    number: BigInt(header?.getNumber() ?? 0),
    previousHash: header?.getPreviousHash_asU8() ?? new Uint8Array(),
    dataHash: header?.getDataHash_asU8() ?? new Uint8Array(),
  };
}

/** @throws ProtocolError for bytes that are no block. */
export function parseBlock(bytes: Uint8Array): common.Block {
  return decoding('block', () => common.Block.deserializeBinary(bytes));
}

/** A block without signatures and verdicts. */
export function newBlock(number: bigint, previousHash: Uint8Array, envelopes: readonly Uint8Array[]): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(Number(number));
  header.setPreviousHash(previousHash);
  header.setDataHash(dataHash(envelopes));
  const data = new common.BlockData();
  data.setDataList([...envelopes]);
  const metadata = new common.BlockMetadata();
  metadata.setMetadataList(Object.values(METADATA).map(() => new Uint8Array()));
  const block = new common.Block();
  block.setHeader(header);
  block.setData(data);
  block.setMetadata(metadata);
  return block;
}

export function setMetadata(block: common.Block, index: number, value: Uint8Array): void {
  const metadata = block.getMetadata() ?? new common.BlockMetadata();
  const list = metadata.getMetadataList_asU8();
  while (list.length <= index) list.push(new Uint8Array());
  list[index] = value;
  metadata.setMetadataList(list);
  block.setMetadata(metadata);
}

export function metadataOf(block: common.Block, index: number): Uint8Array {
  return block.getMetadata()?.getMetadataList_asU8()[index] ?? new Uint8Array();
}

/** Signs a block as an ordering node does. @see fabric orderer/common/multichannel/blockwriter.go addBlockSignature */
export function signBlock(block: common.Block, signer: Signer, lastConfigIndex: bigint, nonce: Uint8Array): void {
  const lastConfig = new common.LastConfig();
  lastConfig.setIndex(Number(lastConfigIndex));
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig);
  ordererMetadata.setConsenterMetadata(new common.Metadata().serializeBinary());
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(signer.serializedIdentity);
  signatureHeader.setNonce(nonce);
  const value = ordererMetadata.serializeBinary(),
    header = signatureHeader.serializeBinary();
  const signature = new common.MetadataSignature();
  signature.setSignatureHeader(header);
  signature.setSignature(signer.sign(Buffer.concat([value, header, headerBytes(headerOf(block))])));
  const metadata = new common.Metadata();
  metadata.setValue(value);
  metadata.setSignaturesList([signature]);
  setMetadata(block, METADATA.signatures, metadata.serializeBinary());
  const last = new common.Metadata();
  last.setValue(lastConfig.serializeBinary());
  setMetadata(block, METADATA.lastConfig, last.serializeBinary());
}

/** The ordering nodes' claims over a block. @throws ProtocolError. */
export function blockSignatures(block: common.Block): SignedData[] {
  return decoding('block signatures', () => {
    const metadata = common.Metadata.deserializeBinary(metadataOf(block, METADATA.signatures));
    const header = headerBytes(headerOf(block));
    return metadata.getSignaturesList().map((signature) => ({
      identity: common.SignatureHeader.deserializeBinary(signature.getSignatureHeader_asU8()).getCreator_asU8(),
      message: Buffer.concat([metadata.getValue_asU8(), signature.getSignatureHeader_asU8(), header]),
      signature: signature.getSignature_asU8(),
    }));
  });
}

/** Whether the ordering section's BlockValidation policy is satisfied by a block's signatures. */
export function verifyBlockSignature(block: common.Block, config: ChannelConfig): boolean {
  return config.policy('/Channel/Orderer/BlockValidation')(blockSignatures(block));
}

/** Whether the envelopes are those the header commits to. */
export function verifyDataHash(block: common.Block): boolean {
  return dataHash(block.getData()?.getDataList_asU8() ?? []).equals(headerOf(block).dataHash);
}

/** Each transaction's validation code, as the peer that stored the block judged; nobody signs them. */
export function validationCodes(block: common.Block): Uint8Array {
  return metadataOf(block, METADATA.validation);
}

/**
 * The commit hash after a block: SHA-256(varint(count) ‖ codes ‖ update bytes ‖ hash before).
 *
 * @see fabric core/ledger/kvledger/kv_ledger.go addBlockCommitHash
 */
export function nextCommitHash(previous: Uint8Array, codes: Uint8Array, updates: Uint8Array): Buffer {
  return createHash('sha256').update(varint(codes.length)).update(codes).update(updates).update(previous).digest();
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
