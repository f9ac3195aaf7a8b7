import { inProcess } from './in-process';
import { rounded } from './load';
import type { StatementTask, Writing, WritingResult } from './statement-process';

const WRITINGS: readonly Writing[] = ['jsonl', 'csv', 'camt053', 'xlsx', 'digests'];
/** How much larger the second statement is. */
const LARGER = 4;

interface Growth {
  readonly peakMegabytes: number;
  readonly peakMegabytesAtFourTimes: number;
  readonly ratio: number;
}

export interface StatementResult {
  readonly entries: number;
  readonly writings: Readonly<Record<Writing, WritingResult>>;
  /** What a statement of four times the entries costs in memory. */
  readonly memory: Readonly<Record<Writing, Growth>>;
}

/** Time, size and memory of one statement in each format and of its digests, each in a process of its own. */
export async function benchStatement(entries: number): Promise<StatementResult> {
  const writings: Partial<Record<Writing, WritingResult>> = {};
  const memory: Partial<Record<Writing, Growth>> = {};
  for (const writing of WRITINGS) {
    const once = await written({ writing, entries });
    const { peakMegabytes: larger } = await written({ writing, entries: entries * LARGER });
    writings[writing] = once;
    memory[writing] = {
      peakMegabytes: once.peakMegabytes,
      peakMegabytesAtFourTimes: larger,
      ratio: rounded(larger / once.peakMegabytes),
    };
  }
  return { entries, writings, memory } as StatementResult;
}

function written(task: StatementTask): Promise<WritingResult> {
  return inProcess<WritingResult>('statement-process.js', task);
}
