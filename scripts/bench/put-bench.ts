import { readFileSync } from 'node:fs';
import { putLoad, rounded, type LoadResult } from './load';
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
  try {
    const firstCommitSeconds = await firstCommit(network);
    const contract = network.connect('native').getNetwork('bench').getContract('bench');
    const stock = network.connect('stock').getNetwork('bench').getContract('bench');
    say('warming up');
    await putLoad(contract, { transactions: Math.min(2_000, transactions), inFlight, prefix: 'w' });
    say('one in flight');
    const oneInFlight = await putLoad(contract, {
      transactions: Math.min(300, transactions),
      inFlight: 1,
      prefix: 'o',
    });
    say('stock signing');
    const fewer = Math.min(10_000, transactions);
    const stockSigning = await putLoad(stock, { transactions: fewer, inFlight, prefix: 's' });
    const onProgress = (done: number): void => say(`native signing ${done}/${transactions}`);
    const nativeSigning = await putLoad(contract, { transactions, inFlight, prefix: 'n', onProgress });
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

/** From starting the processes to the first final status. */
async function firstCommit(network: PutNetwork): Promise<number> {
  const startedAt = performance.now();
  await network.start();
  const contract = network.connect('native').getNetwork('bench').getContract('bench');
  const { failed } = await putLoad(contract, { transactions: 1, inFlight: 1, prefix: `first${startedAt}` });
  if (failed > 0) throw new Error('the first transaction did not commit');
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
