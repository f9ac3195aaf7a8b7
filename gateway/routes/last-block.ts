/** The last block that an answer of several writes names, for `Concordat-After-Block`; nothing where nothing was written. */
export function lastBlock(blocks: readonly (bigint | undefined)[]): { readonly blockNumber?: string } {
  const written = blocks.filter((block) => block !== undefined);
  if (written.length === 0) return {};
  return { blockNumber: written.reduce((most, block) => (block > most ? block : most)).toString() };
}
