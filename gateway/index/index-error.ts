export type IndexErrorCode =
  | 'BLOCK_MALFORMED' // bytes that are no block, or an envelope that cannot be read
  | 'FILTER_MISSING' // validation codes absent or of another length: nothing of the block can be believed
  | 'BLOCK_GAP' // not the next block
  | 'CHAIN_BROKEN' // its previous hash is not ours
  | 'GENESIS_DIFFERS'; // the peer's block 0 is not the one this index began with

/** A block the index must not take. Nothing of it is written; the stream is started anew and the code shown. */
export class IndexError extends Error {
  override readonly name = 'IndexError';
  constructor(
    readonly code: IndexErrorCode,
    readonly block: bigint,
    options?: ErrorOptions,
  ) {
    super(`block ${block}: ${code}`, options);
  }
}
