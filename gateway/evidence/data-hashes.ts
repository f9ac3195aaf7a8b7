import { headerOf, parseBlock } from '../../network/protocol/block';
import type { Receipts } from '../services/receipts';

/** Data hashes of the chain from block 0 on, read once and kept: 32 bytes a block. */
export class DataHashes {
  readonly #receipts: Receipts;
  readonly #known: Uint8Array[] = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(receipts: Receipts) {
    this.#receipts = receipts;
  }

  /** Of blocks 0 to `last`. @throws LedgerError rejected (BLOCK_NOT_FOUND), unavailable. */
  async upTo(last: number): Promise<Uint8Array> {
    // One reader at a time, or two would append the same blocks.
    this.#reading = this.#reading.catch(() => undefined).then(() => this.#read(last));
    await this.#reading;
    return Buffer.concat(this.#known.slice(0, last + 1));
  }

  async #read(last: number): Promise<void> {
    const from = this.#known.length;
    if (from > last) return;
    for await (const { bytes } of this.#receipts.blocks(BigInt(from), BigInt(last))) {
      this.#known.push(headerOf(parseBlock(bytes)).dataHash);
    }
  }
}
