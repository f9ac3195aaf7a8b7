import { common } from '@hyperledger/fabric-protos';
import {
  blockSignatures,
  headerOf,
  METADATA,
  metadataOf,
  parseBlock,
  validationCodes,
  type BlockHeader,
} from '../network/protocol/block';
import { decoding } from '../network/protocol/errors';
import type { SignedData } from '../network/protocol/policy';
import { TransactionView } from './transaction-view';

/** A block taken apart once. */
export class LoadedBlock {
  readonly header: BlockHeader;
  readonly envelopes: readonly Uint8Array[];
  readonly codes: Uint8Array;
  readonly #block: common.Block;
  #transactions: readonly TransactionView[] | undefined;

  /** @throws ProtocolError for bytes that are no block. */
  constructor(
    readonly number: number,
    bytes: Uint8Array,
  ) {
    this.#block = parseBlock(bytes);
    this.header = headerOf(this.#block);
    this.envelopes = this.#block.getData()?.getDataList_asU8() ?? [];
    this.codes = validationCodes(this.#block);
  }

  /** @throws ProtocolError. */
  signatures(): SignedData[] {
    return blockSignatures(this.#block);
  }

  /** Number of the configuration block in force, as the ordering nodes signed it. @throws ProtocolError. */
  lastConfig(): number {
    return decoding('orderer metadata', () => {
      const signed = common.Metadata.deserializeBinary(metadataOf(this.#block, METADATA.signatures));
      const metadata = common.OrdererBlockMetadata.deserializeBinary(signed.getValue_asU8());
      return metadata.getLastConfig()?.getIndex() ?? 0;
    });
  }

  /** Commit hash as the peer stored it; empty for block 0. @throws ProtocolError. */
  commitHash(): Uint8Array {
    return decoding('commit hash', () =>
      common.Metadata.deserializeBinary(metadataOf(this.#block, METADATA.commitHash)).getValue_asU8(),
    );
  }

  /** The configuration envelope, if this is a configuration block: one stands alone in its block. */
  configuration(): Uint8Array | undefined {
    const [only] = this.envelopes;
    if (only === undefined || this.envelopes.length !== 1) return undefined;
    try {
      return TransactionView.read({ block: this.number, position: 0 }, 0, only).envelope.type ===
        common.HeaderType.CONFIG
        ? only
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** Every envelope that can be read; an invalid transaction may be any bytes and only keeps its place. */
  transactions(): readonly TransactionView[] {
    return (this.#transactions ??= this.envelopes.flatMap((bytes, position) => {
      try {
        return [TransactionView.read({ block: this.number, position }, this.codes[position] ?? 254, bytes)];
      } catch {
        return [];
      }
    }));
  }
}
