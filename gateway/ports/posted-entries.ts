/** Where an entry of a lane stands on the ledger. */
export interface PostedEntry {
  readonly endToEndId: string;
  /** Of `entryContent`. */
  readonly content: string;
  /** Id of the segment. */
  readonly segment: string;
  readonly transactionId: string;
  readonly blockNumber: string;
}

/** What is posted in a lane, by whomever and whenever: made from the blocks, for ever. */
export interface PostedEntries {
  /** Those of the end-to-end ids that stand in the lane; where one does twice, the first. @throws StorageError. */
  byId(lane: string, endToEndIds: readonly string[]): Promise<ReadonlyMap<string, PostedEntry>>;
  /** For each of the contents that stands in its lane, one or two of the entries that have it. @throws StorageError. */
  byContent(contents: readonly string[]): Promise<ReadonlyMap<string, readonly PostedEntry[]>>;
}
