import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { makeReport, type ReportSink } from './report/write-report';
import type { ReportSummary } from './report/report-summary';
import { loadFiles, reconcile } from './reconcile-files';
import type { ShownBreak } from './matching/break-items';
import { undoneIn, type Undone } from './matching/undone';
import type { RuleSet } from './rules/rule-set';
import type { SourceOptions } from './sources/open-source';

/** Breaks of one run that are kept for the ledger; what lies beyond is in the report alone. */
export const KEPT_BREAKS = 10_000;

export interface BooksRequest {
  /** The member's own books, as received. */
  readonly ours: Readable;
  readonly options: SourceOptions;
  /** The statement's JSON lines. */
  readonly statement: Uint8Array;
  readonly member: string;
  readonly rules: RuleSet;
  /** yyyy-mm-dd. */
  readonly asOf: string;
  /** Matches that people took back. */
  readonly undone: readonly Undone[];
}

export interface BooksResult {
  readonly summary: ReportSummary;
  readonly breaks: readonly ShownBreak[];
}

/**
 * Matches a member's own books against a statement of this network; nothing of either is kept.
 *
 * @throws SideRefused with a SourceError or LimitExceeded.
 */
export async function reconcileBooks({
  ours,
  options,
  statement,
  member,
  rules,
  asOf,
  undone,
}: BooksRequest): Promise<BooksResult> {
  const folder = await mkdtemp(join(tmpdir(), 'concordat-books-'));
  try {
    const [oursPath, theirsPath] = [join(folder, 'ours'), join(folder, 'theirs')];
    await pipeline(ours, createWriteStream(oursPath, { mode: 0o600 }));
    await writeFile(theirsPath, statement, { mode: 0o600 });
    const files = { ours: { path: oursPath, options }, theirs: { path: theirsPath, options: { member } } };
    const loaded = await loadFiles(files, { rules, place: { kind: 'sqlite', folder } });
    try {
      const breaks: ShownBreak[] = [];
      const sink: ReportSink = {
        break: (shown) => {
          if (breaks.length < KEPT_BREAKS) breaks.push(shown);
        },
      };
      const apart = await undoneIn(loaded.sides, loaded.readers, rules, undone);
      const result = reconcile(loaded, { rules, asOf, undone: apart });
      return { summary: await makeReport(result, loaded.readers, [sink]), breaks };
    } finally {
      await loaded.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
