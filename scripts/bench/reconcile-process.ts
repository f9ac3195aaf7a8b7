import { makeReport } from '../../gateway/reconciliation/report/write-report';
import { ReportFiles } from '../../gateway/reconciliation/report/report-files';
import { loadFiles, reconcile } from '../../gateway/reconciliation/reconcile-files';
import { LOAD_LIMITS } from '../../gateway/reconciliation/matching/load-side';
import type { WorkPlace } from '../../gateway/reconciliation/matching/work-tables';
import { AS_OF, BENCH_RULES } from './reconcile-generator';

/** What the measuring process is asked, in its first argument. */
export interface ReconcileTask {
  readonly ours: string;
  readonly theirs: string;
  readonly out: string;
  readonly place: WorkPlace;
}

/** Seconds and megabytes of one run from files to its written report. */
export interface ReconcileMeasure {
  readonly seconds: Readonly<Record<'reading' | 'matching' | 'report' | 'total', number>>;
  /** Most resident memory of the process, less what it had before the first file was opened. */
  readonly memoryGrowthMegabytes: number;
  /** The same up to the end of each step. */
  readonly growthByStep: Readonly<Record<'reading' | 'matching', number>>;
  readonly root: string;
  readonly bounds: number;
}

/** A process of its own: nothing else has touched its memory. */
async function measure(task: ReconcileTask): Promise<ReconcileMeasure> {
  global.gc?.();
  const before = process.memoryUsage.rss();
  const start = performance.now();
  const options = { rules: BENCH_RULES, asOf: AS_OF, place: task.place, limits: LOAD_LIMITS };
  const files = { ours: { path: task.ours, options: {} }, theirs: { path: task.theirs, options: {} } };
  const loaded = await loadFiles(files, options);
  const read = performance.now();
  const growth = (): number => Math.round((process.resourceUsage().maxRSS * 1_024 - before) / 1_048_576);
  const reading = growth();
  const result = reconcile(loaded, options);
  const matched = performance.now();
  const matching = growth();
  const sink = new ReportFiles(task.out);
  const { root, bounds } = await makeReport(result, loaded.readers, [sink], sink.report);
  sink.end();
  const end = performance.now();
  await loaded.close();
  const seconds = (from: number, to: number): number => Math.round((to - from) / 10) / 100;
  return {
    seconds: {
      reading: seconds(start, read),
      matching: seconds(read, matched),
      report: seconds(matched, end),
      total: seconds(start, end),
    },
    memoryGrowthMegabytes: growth(),
    growthByStep: { reading, matching },
    root,
    bounds: bounds.total,
  };
}

measure(JSON.parse(process.argv[2] as string) as ReconcileTask).then(
  (result) => process.send?.(result),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
