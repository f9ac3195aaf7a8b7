import { ledger } from '@hyperledger/fabric-protos';
import { createHash } from 'node:crypto';
import type { Version } from './state';

const { kvrwset } = ledger.rwset;
export type KVRead = InstanceType<typeof kvrwset.KVRead>;
export type RangeSummary = InstanceType<typeof kvrwset.QueryReadsMerkleSummary>;

/** Most results, and most hashes, that are listed one by one. @see fabric txmgr/query_executor.go */
const MAX_DEGREE = 50;

/**
 * The hash tree over a long range's results, or undefined for a short range, whose results are listed.
 *
 * Level 1 hashes each 51 results; each 51 hashes of a level make one of the next.
 *
 * @see fabric core/ledger/kvledger/txmgmt/rwsetutil/query_results_helper.go
 */
export function summarizeReads(reads: readonly KVRead[], maxDegree = MAX_DEGREE): RangeSummary | undefined {
  if (reads.length <= maxDegree) return undefined;
  const tree = new HashTree(maxDegree);
  for (let start = 0; start < reads.length; start += maxDegree + 1) {
    const batch = new kvrwset.QueryReads();
    batch.setKvReadsList(reads.slice(start, start + maxDegree + 1));
    tree.add(sha256(batch.serializeBinary()));
  }
  return tree.summary();
}

class HashTree {
  readonly #maxDegree: number;
  readonly #levels: Uint8Array[][] = [[], []];

  constructor(maxDegree: number) {
    this.#maxDegree = maxDegree;
  }

  add(hash: Uint8Array): void {
    let level = 1;
    this.#level(level).push(hash);
    while (this.#level(level).length > this.#maxDegree) {
      const parent = combine(this.#level(level));
      this.#levels[level] = [];
      this.#level(++level).push(parent);
    }
  }

  summary(): RangeSummary {
    let top = this.#levels.length - 1;
    for (let level = 1; level < top; level++) {
      const hashes = this.#level(level);
      if (hashes.length === 0) continue;
      this.#levels[level] = [];
      this.#level(level + 1).push(hashes.length === 1 ? (hashes[0] as Uint8Array) : combine(hashes));
    }
    if (this.#level(top).length > this.#maxDegree) {
      const hash = combine(this.#level(top));
      this.#level(++top).push(hash);
    }
    const summary = new kvrwset.QueryReadsMerkleSummary();
    summary.setMaxDegree(this.#maxDegree);
    summary.setMaxLevel(top);
    summary.setMaxLevelHashesList(this.#level(top));
    return summary;
  }

  #level(level: number): Uint8Array[] {
    return (this.#levels[level] ??= []);
  }
}

function combine(hashes: readonly Uint8Array[]): Uint8Array {
  return sha256(Buffer.concat(hashes));
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** A read as it stands in read-write sets. */
export function newRead({ key, version }: { readonly key: string; readonly version: Version | null }): KVRead {
  const read = new kvrwset.KVRead();
  read.setKey(key);
  if (version) read.setVersion(newVersion(version));
  return read;
}

export function newVersion({ blockNumber, txNumber }: Version): InstanceType<typeof kvrwset.Version> {
  const version = new kvrwset.Version();
  version.setBlockNum(blockNumber);
  version.setTxNum(txNumber);
  return version;
}
