import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProcess } from './in-process';
import { rounded } from './load';
import { generateBooks, type Mix } from './reconcile-generator';
import type { ReconcileMeasure, ReconcileTask } from './reconcile-process';
import { judge, type Quality } from './reconcile-quality';

export interface ReconcileBenchOptions {
  readonly entries: number;
  readonly mix: Mix;
  readonly seed: number;
  /** Of their file; ours is CSV. */
  readonly format: 'csv' | 'jsonl';
  /** A PostgreSQL address for the work tables; SQLite when absent. */
  readonly workTables?: string | undefined;
  readonly say: (text: string) => void;
}

/** Least share of solvable groups that must be found. */
const RECALL = 0.99;

/** Seeded files with known truth, matched in a process of its own, and judged; `isGood` is what exit codes tell. */
export async function benchReconcile(options: ReconcileBenchOptions): Promise<{ isGood: boolean; result: object }> {
  const { entries, mix, seed, format, say } = options;
  const folder = mkdtempSync(join(tmpdir(), 'concordat-bench-'));
  try {
    say(`writing two files of ${entries} entries`);
    const books = await generateBooks(folder, entries, seed, mix, format);
    say('matching');
    const task: ReconcileTask = {
      ours: books.ours,
      theirs: books.theirs,
      out: join(folder, 'out'),
      place:
        options.workTables === undefined
          ? { kind: 'sqlite', folder: join(folder, 'work') }
          : { kind: 'postgres', url: options.workTables, run: `bench${process.pid}` },
    };
    const measure = await inProcess<ReconcileMeasure>('reconcile-process.js', task, ['--expose-gc']);
    say('judging');
    const quality = await judge(books.truth, join(folder, 'out', 'report.jsonl'));
    const lines = books.entries.ours + books.entries.theirs;
    const megabytes = (statSync(books.ours).size + statSync(books.theirs).size) / 1_048_576;
    const result = {
      mix,
      seed,
      format,
      entries: books.entries,
      fileMegabytes: rounded(megabytes),
      rowsPerSecond: Math.round(lines / measure.seconds.total),
      ...measure,
      quality,
      targets: targets(mix, measure, quality),
    };
    return { isGood: isGood(quality), result };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isGood({ matches, groups, breaks }: Quality): boolean {
  return matches.false === 0 && groups.recall >= RECALL && breaks.wrong === 0;
}

function targets(mix: Mix, { seconds, memoryGrowthMegabytes }: ReconcileMeasure, quality: Quality): object {
  return {
    seconds: { measured: seconds.total, atMost: mix === 'pairs' ? 15 : 60 },
    memoryGrowthMegabytes: { measured: memoryGrowthMegabytes, atMost: 300 },
    falseMatches: { measured: quality.matches.false, atMost: 0 },
    groupRecall: { measured: quality.groups.recall, atLeast: RECALL },
    breaksNotFound: { measured: quality.breaks.wrong, atMost: 0 },
  };
}
