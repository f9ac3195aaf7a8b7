import { common } from '@hyperledger/fabric-protos';
import { headerOf, METADATA, metadataOf, parseBlock } from '../../network/protocol/block';
import { decodeReadWriteSet } from '../../network/protocol/read-write-set';
import { parseEndorserTransaction, parseEnvelope } from '../../network/protocol/transaction';
import type { Receipts } from '../services/receipts';

/** Blocks as the own peer stores them, read one at a time and kept for one package. */
export class BlockShelf {
  readonly #receipts: Receipts;
  readonly #kept = new Map<number, Uint8Array>();

  constructor(receipts: Receipts) {
    this.#receipts = receipts;
  }

  get blocks(): readonly { readonly number: number; readonly bytes: Uint8Array }[] {
    return [...this.#kept].map(([number, bytes]) => ({ number, bytes }));
  }

  /**
   * Takes a block and every configuration block it refers to.
   *
   * @throws LedgerError rejected (BLOCK_NOT_FOUND), unavailable.
   */
  async take(number: number): Promise<common.Block> {
    const known = this.#kept.get(number);
    if (known !== undefined) return parseBlock(known);
    const bytes = await readBlock(this.#receipts, number);
    this.#kept.set(number, bytes);
    const block = parseBlock(bytes);
    const config = lastConfigOf(block);
    if (config < number) await this.take(config);
    return block;
  }

  /**
   * Takes the block of a transaction that wrote a version, and those that wrote the key bindings and business dates it
   * read: they are what its parties' signatures are judged by, or (`restsOnDay`) that a closed date was over.
   */
  async takeWriter(number: number, position: number, restsOnDay = false): Promise<void> {
    const block = await this.take(number);
    const envelope = block.getData()?.getDataList_asU8()[position];
    if (envelope === undefined) return;
    const sets = decodeReadWriteSet(parseEndorserTransaction(parseEnvelope(envelope)).results);
    const reads = sets.flatMap(({ namespace, reads: list }) => list.map((read) => ({ namespace, ...read })));
    const isSigned = reads.some(({ namespace, key }) => namespace === 'registry' && key.startsWith('k/'));
    if (!isSigned && !restsOnDay) return;
    for (const { key, version } of reads) {
      if (version !== null && /^[dk]\//.test(key)) await this.take(Number(version.blockNumber));
    }
  }
}

async function readBlock(receipts: Receipts, number: number): Promise<Uint8Array> {
  for await (const { bytes } of receipts.blocks(BigInt(number), BigInt(number))) return bytes;
  throw new RangeError(`no block ${number}`);
}

function lastConfigOf(block: common.Block): number {
  if (headerOf(block).number === 0n) return 0;
  const signed = common.Metadata.deserializeBinary(metadataOf(block, METADATA.signatures));
  return common.OrdererBlockMetadata.deserializeBinary(signed.getValue_asU8()).getLastConfig()?.getIndex() ?? 0;
}
