import { stat } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { RuleSet } from '../rules/rule-set';
import { openEntries, type SourceRequest } from '../sources/open-entries';
import { SourceError } from '../sources/source-error';
import { moveColumns, type MovedColumns } from './columns';
import { LimitExceeded, loadSide, type LoadedSide, type LoadLimits } from './load-side';
import { openWorkTable, type SideName, type WorkPlace } from './work-tables';

/** What one thread is asked to read. */
export interface LoadRequest {
  readonly side: SideName;
  readonly source: SourceRequest;
  readonly place: WorkPlace;
  readonly rules: Pick<RuleSet, 'normalise' | 'date'>;
  readonly hashKey: Uint8Array;
  readonly limits: LoadLimits;
}

export type LoadAnswer =
  | { readonly kind: 'progress'; readonly entries: number }
  | { readonly kind: 'loaded'; readonly side: Omit<LoadedSide, 'columns'>; readonly moved: MovedColumns }
  | { readonly kind: 'refused'; readonly name: 'SourceError'; readonly code: string; readonly place: string }
  | {
      readonly kind: 'refused';
      readonly name: 'LimitExceeded';
      readonly code: LimitExceeded['code'];
      readonly limit: number;
    };

/** Bytes of a text file that an entry takes at least, nearly always; only untouched room is wasted when it takes more. */
const BYTES_AN_ENTRY = 120,
  PROGRESS_EVERY = 50_000;

async function load(request: LoadRequest): Promise<void> {
  const answer = (message: LoadAnswer, transfer: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transfer);
  const source = await openEntries(request.source);
  const table = await openWorkTable(request.place, request.side);
  try {
    const { size } = await stat(request.source.path);
    let told = 0;
    const { columns, ...side } = await loadSide(source, table, {
      ...request,
      expectedEntries: Math.ceil(size / BYTES_AN_ENTRY),
      onProgress: (entries) => {
        if (entries - told < PROGRESS_EVERY) return;
        told = entries;
        answer({ kind: 'progress', entries });
      },
    });
    const { moved, transfer } = moveColumns(columns);
    answer({ kind: 'loaded', side, moved }, transfer);
  } finally {
    await table.close({ remove: false });
  }
}

load(workerData as LoadRequest).catch((error: unknown) => {
  // Errors lose their class on the way between threads; what is expected is told as data.
  if (error instanceof SourceError) {
    parentPort?.postMessage({ kind: 'refused', name: 'SourceError', code: error.code, place: error.place });
  } else if (error instanceof LimitExceeded) {
    parentPort?.postMessage({ kind: 'refused', name: 'LimitExceeded', code: error.code, limit: error.limit });
  } else throw error;
});
