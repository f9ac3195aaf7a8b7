import type { Contract } from '@hyperledger/fabric-gateway';

/** What a load run gave. */
export interface LoadResult {
  readonly transactions: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Milliseconds from endorsement to final status. */
  readonly p50: number;
  readonly p95: number;
  readonly failed: number;
}

const VALUE = 'x'.repeat(100);

/** Puts 100 bytes under ever new keys, so many at once, until `transactions` are final. */
export async function putLoad(
  contract: Contract,
  options: {
    readonly transactions: number;
    readonly inFlight: number;
    readonly prefix: string;
    readonly onProgress?: (done: number) => void;
  },
): Promise<LoadResult> {
  const { transactions, inFlight, prefix, onProgress } = options;
  const latencies: number[] = [];
  let next = 0;
  let failed = 0;
  const startedAt = performance.now();
  const work = async (): Promise<void> => {
    for (let number = next++; number < transactions; number = next++) {
      const from = performance.now();
      try {
        const commit = await contract.submitAsync('Bench:put', { arguments: [`${prefix}${number}`, VALUE] });
        if (!(await commit.getStatus()).successful) failed++;
      } catch {
        failed++;
      }
      latencies.push(performance.now() - from);
      if (latencies.length % 1_000 === 0) onProgress?.(latencies.length);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const seconds = (performance.now() - startedAt) / 1_000;
  latencies.sort((one, other) => one - other);
  const at = (share: number): number => rounded(latencies[Math.floor(latencies.length * share)] ?? 0);
  return {
    transactions,
    seconds: rounded(seconds),
    perSecond: rounded(transactions / seconds),
    p50: at(0.5),
    p95: at(0.95),
    failed,
  };
}

/** Two decimals are more than a measurement is worth. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
