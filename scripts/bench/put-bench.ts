import { readFileSync } from 'node:fs';
import type { FabricRelease } from '../../network/fabric/release';
import { rounded, type LoadResult } from './load';
import type { PutPlan } from './put-client';
import { PutNetwork } from './put-network';

export interface PutOptions {
  readonly transactions: number;
  readonly inFlight: number;
  readonly say: (text: string) => void;
}

export interface PutResult {
  readonly firstCommitSeconds: number;
  readonly laterStartSeconds: number;
  readonly oneInFlight: LoadResult;
  readonly stockSigning: LoadResult;
  readonly nativeSigning: LoadResult;
  readonly ledgerMegabytes: { readonly transactions: number; readonly resident: number };
}

/** Speed and size of the embedded ledger under the smallest write. */
export async function benchPut({ transactions, inFlight, say }: PutOptions): Promise<PutResult> {
  const network = await PutNetwork.prepare();
  const fewer = Math.min(10_000, transactions);
  const plans: PutPlan[] = [
    { name: 'warm-up', signing: 'native', transactions: Math.min(2_000, transactions), inFlight },
    { name: 'one in flight', signing: 'native', transactions: Math.min(300, transactions), inFlight: 1 },
    { name: 'stock signing', signing: 'stock', transactions: fewer, inFlight },
    { name: 'native signing', signing: 'native', transactions, inFlight },
  ];
  try {
    const firstCommitSeconds = await firstCommit(network);
    const results = await network.load(plans, say);
    const [, oneInFlight, stockSigning, nativeSigning] = results as [LoadResult, LoadResult, LoadResult, LoadResult];
    const resident = residentMegabytes(network.ledgerPid);
    await network.stop();
    say('a later start');
    const laterStartSeconds = await firstCommit(network);
    return {
      firstCommitSeconds,
      laterStartSeconds,
      oneInFlight,
      stockSigning,
      nativeSigning,
      ledgerMegabytes: { transactions: transactions + fewer, resident },
    };
  } finally {
    await network.discard();
  }
}

export interface RealPutResult {
  readonly version: string;
  readonly stockSigning: LoadResult;
  readonly nativeSigning: LoadResult;
}

/** The same loads, fewer, on a real network of three members and one ordering node on this machine. */
export async function benchRealPut(
  release: FabricRelease,
  { transactions, inFlight, say }: PutOptions,
): Promise<RealPutResult> {
  const network = await PutNetwork.prepare();
  const fewer = Math.min(10_000, transactions);
  const plans: PutPlan[] = [
    { name: 'real: warm-up', signing: 'native', transactions: Math.min(2_000, transactions), inFlight },
    { name: 'real: stock signing', signing: 'stock', transactions: fewer, inFlight },
    { name: 'real: native signing', signing: 'native', transactions: fewer, inFlight },
  ];
  try {
    await network.startReal(release);
    const [, stockSigning, nativeSigning] = (await network.load(plans, say)) as [LoadResult, LoadResult, LoadResult];
    return { version: release.version, stockSigning, nativeSigning };
  } finally {
    await network.discard();
  }
}

/** From starting the processes to the first final status. */
async function firstCommit(network: PutNetwork): Promise<number> {
  const startedAt = performance.now();
  await network.start();
  await network.putOnce(`first${startedAt}`);
  return rounded((performance.now() - startedAt) / 1_000);
}

/** Memory of another process; 0 where the system does not tell. */
function residentMegabytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return rounded(Number(kilobytes) / 1_024);
  } catch {
    return 0;
  }
}
