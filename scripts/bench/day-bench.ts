import { createHash } from 'node:crypto';
import type { StatementFormat } from '../../gateway/routes/dependencies';
import type { MemberClient } from '../demo/member-client';
import { bulkFile, closeDate } from '../demo/steps-reconciliation';
import type { Stage } from '../demo/stage';
import { onBenchStage } from './bench-stage';
import { rounded } from './load';

const FORMATS: readonly StatementFormat[] = ['jsonl', 'csv', 'camt053', 'xlsx'];

export interface DayResult {
  readonly entries: number;
  /** Seconds of each step as its caller waits; a format is downloaded whole. */
  readonly seconds: Readonly<Record<'post' | 'close' | 'signBuyerBank' | 'signSellerBank' | StatementFormat, number>>;
  readonly megabytes: Readonly<Record<StatementFormat, number>>;
}

/** One business day through both banks' REST: posted from one file, closed, signed by both, read in every format. */
export function benchDay(entries: number, basePort: number): Promise<DayResult> {
  return onBenchStage(basePort, (stage) => measureDay(stage, entries));
}

async function measureDay(stage: Stage, entries: number): Promise<DayResult> {
  const { buyerBank, sellerBank } = stage;
  const seconds: Record<string, number> = {};
  const megabytes: Record<string, number> = {};
  const timed = async <T>(step: string, work: Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work;
    seconds[step] = rounded((performance.now() - startedAt) / 1_000);
    return result;
  };
  await timed('post', post(stage, entries));
  await timed('close', closeDate(stage));
  const path = `/v1/statements/${stage.known('statement')}`;
  await timed('signBuyerBank', buyerBank.post(`${path}/signature`, 'approver', 'bench-sign-buyer-bank'));
  await timed('signSellerBank', sellerBank.post(`${path}/signature`, 'approver', 'bench-sign-seller-bank'));
  for (const format of FORMATS) {
    const file = await timed(format, buyerBank.bytes(`${path}/files/${format}`));
    megabytes[format] = rounded(file.length / 1_048_576);
    await requireSame(sellerBank, `${path}/files/${format}`, file);
  }
  return { entries, seconds, megabytes } as unknown as DayResult;
}

async function post(stage: Stage, entries: number): Promise<void> {
  const path = `/v1/lanes/${stage.known('lane')}/entries`;
  const file = Buffer.from(bulkFile(entries));
  const answer = await stage.buyerBank.upload<{ complete: boolean; segments: readonly { blockNumber?: string }[] }>(
    path,
    'maker',
    'bench-day',
    file,
    'application/x-ndjson',
  );
  if (!answer.complete) throw new Error('not every entry was posted');
  stage.buyerBank.note(Math.max(...answer.segments.map(({ blockNumber }) => Number(blockNumber ?? 0))));
}

/** Same input, same bytes, whoever writes them. */
async function requireSame(member: MemberClient, path: string, file: Uint8Array): Promise<void> {
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  if (digest(await member.bytes(path)) !== digest(file)) throw new Error(`${path}: the two members' files differ`);
}
