import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { matchSides } from './matching/match';
import { receiveColumns } from './matching/columns';
import { EntryReader } from './matching/entry-reader';
import { LimitExceeded, LOAD_LIMITS, type LoadedSide, type LoadLimits } from './matching/load-side';
import type { LoadAnswer, LoadRequest } from './matching/load-worker';
import { inputOf, type Reconciliation } from './matching/result';
import { openWorkTable, type SideName, type WorkPlace, type WorkTable } from './matching/work-tables';
import { ruleSetDigest } from './rules/parse-rule-set';
import type { RuleSet } from './rules/rule-set';
import type { SourceRequest } from './sources/open-entries';
import { SourceError } from './sources/source-error';
import type { Readers } from './matching/break-items';
import type { UndoneEntries } from './matching/undone';

/** Memory of one reading thread's heap, MB: a file that needs more ends its thread, not the process. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 };

export interface ReconcileOptions {
  readonly rules: RuleSet;
  /** yyyy-mm-dd; the latest date of both files when absent, so that the files alone decide. */
  readonly asOf?: string;
  readonly place: WorkPlace;
  readonly limits?: LoadLimits;
  /** Matches that people took back, as `undoneIn` found them in the files. */
  readonly undone?: readonly UndoneEntries[];
  /** Told in words, and with entries read so far while files are read. */
  readonly onProgress?: (step: string, entries?: number) => void;
}

/** Which of both files was refused, and why. */
export class SideRefused extends Error {
  override readonly name = 'SideRefused';
  constructor(
    readonly side: SideName,
    readonly reason: SourceError | LimitExceeded,
  ) {
    super(`${side}: ${reason.message}`, { cause: reason });
  }
}

/** Two files read into work tables and columns, for as many matchings as wanted. */
export interface LoadedFiles {
  readonly sides: Readonly<Record<SideName, LoadedSide>>;
  readonly readers: Readers;
  /** Deletes the work tables. */
  close(): Promise<void>;
}

/**
 * Reads both files at once, each in a thread of its own.
 *
 * @throws SideRefused with a SourceError or LimitExceeded; StorageError from the work tables.
 */
export async function loadFiles(
  files: Readonly<Record<SideName, SourceRequest>>,
  { rules, place, limits = LOAD_LIMITS, onProgress }: ReconcileOptions,
): Promise<LoadedFiles> {
  const hashKey = randomBytes(8);
  const counts = { ours: 0, theirs: 0 };
  const load = (side: SideName): Promise<LoadedSide> =>
    loadInThread(
      { side, source: files[side], place, rules: { normalise: rules.normalise, date: rules.date }, hashKey, limits },
      (entries) => {
        counts[side] = entries;
        onProgress?.('reading', counts.ours + counts.theirs);
      },
    );
  const loaded = await Promise.allSettled([load('ours'), load('theirs')]);
  const tables = { ours: await openWorkTable(place, 'ours'), theirs: await openWorkTable(place, 'theirs') };
  const close = (): Promise<void> => closeAll(tables);
  const failed = loaded.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  const [ours, theirs] = loaded.map((result) => (result as PromiseFulfilledResult<LoadedSide>).value) as [
    LoadedSide,
    LoadedSide,
  ];
  return {
    sides: { ours, theirs },
    readers: {
      ours: new EntryReader(tables.ours, ours.columns),
      theirs: new EntryReader(tables.theirs, theirs.columns),
    },
    close,
  };
}

/** Matches two loaded files under one rule set. */
export function reconcile(
  { sides }: Pick<LoadedFiles, 'sides'>,
  options: Omit<ReconcileOptions, 'place'>,
): Reconciliation {
  const { rules, onProgress, undone = [] } = options;
  const { ours, theirs } = sides;
  const dates = [ours.latestDate, theirs.latestDate].filter((date) => date !== null);
  const asOf = options.asOf ?? dates.sort().at(-1) ?? '1970-01-01';
  return {
    rules,
    rulesDigest: ruleSetDigest(rules),
    asOf,
    inputs: { ours: inputOf(ours), theirs: inputOf(theirs) },
    undone: undone.map(({ leaf }) => leaf).sort(),
    board: matchSides(ours.columns, theirs.columns, rules, asOf, onProgress, undone),
  };
}

async function closeAll(tables: Readonly<Record<SideName, WorkTable>>): Promise<void> {
  await tables.ours.close({ remove: true });
  await tables.theirs.close({ remove: true });
}

function loadInThread(request: LoadRequest, onProgress: (entries: number) => void): Promise<LoadedSide> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, 'matching', 'load-worker.js'), {
      workerData: request,
      resourceLimits: HEAP,
    });
    worker.on('message', (answer: LoadAnswer) => {
      if (answer.kind === 'progress') onProgress(answer.entries);
      else if (answer.kind === 'loaded') resolve({ ...answer.side, columns: receiveColumns(answer.moved) });
      else if (answer.name === 'SourceError') {
        reject(new SideRefused(request.side, new SourceError(answer.code, answer.place)));
      } else reject(new SideRefused(request.side, new LimitExceeded(answer.code, answer.limit)));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error(`the thread that read ${request.side} ended early`)));
  });
}
