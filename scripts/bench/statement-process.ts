import { createHash } from 'node:crypto';
import { statementWorkbook } from '../../gateway/statements/statement-workbook';
import type { StreamedStatement } from '../../gateway/statements/statement-source';
import { streamedDigests, streamStatement } from '../../gateway/statements/write-statement';
import { GeneratedStatement } from './generated-statement';
import { rounded } from './load';

/** What is written: a file, or the digests of all files and of the index. */
export type Writing = 'jsonl' | 'csv' | 'camt053' | 'xlsx' | 'digests';

export interface StatementTask {
  readonly writing: Writing;
  readonly entries: number;
}

export interface WritingResult {
  /** To the last byte's digest; making the entries is not counted. */
  readonly seconds: number;
  readonly megabytes: number;
  /** Most resident memory of a process that does nothing else. */
  readonly peakMegabytes: number;
}

async function measure({ writing, entries }: StatementTask): Promise<WritingResult> {
  const source = new GeneratedStatement(entries);
  const hash = createHash('sha256');
  let bytes = 0;
  const startedAt = performance.now();
  for await (const chunk of chunks(writing, source.statement())) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  hash.digest();
  const seconds = rounded((performance.now() - startedAt - source.makingMs) / 1_000);
  const peakMegabytes = rounded(process.resourceUsage().maxRSS / 1_024);
  return { seconds, megabytes: rounded(bytes / 1_048_576), peakMegabytes };
}

async function* chunks(writing: Writing, statement: StreamedStatement): AsyncGenerator<Uint8Array> {
  if (writing === 'digests') yield Buffer.from(JSON.stringify(await streamedDigests(statement)));
  else if (writing === 'xlsx') yield* statementWorkbook(statement);
  else for await (const text of streamStatement(writing, statement)) yield Buffer.from(text, 'utf8');
}

measure(JSON.parse(process.argv[2] as string) as StatementTask).then(
  (result) => process.send?.(result),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
