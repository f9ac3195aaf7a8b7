import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BookEntry, RefusedLine, StatedBalance } from '../../../gateway/reconciliation/book-entry';
import { openSource, type SourceOptions } from '../../../gateway/reconciliation/sources/open-source';

export interface ReadFile {
  readonly format: string;
  readonly entries: readonly BookEntry[];
  readonly refused: readonly RefusedLine[];
  readonly balances: readonly StatedBalance[];
}

/** Reads a file to its end. */
export async function readSource(path: string, options: SourceOptions = {}): Promise<ReadFile> {
  const source = await openSource(path, options);
  const entries: BookEntry[] = [];
  const refused: RefusedLine[] = [];
  for await (const batch of source.batches()) {
    entries.push(...batch.entries);
    refused.push(...batch.refused);
  }
  if (!/^[0-9a-f]{64}$/.test(source.digest())) throw new Error('no digest');
  return { format: source.format, entries, refused, balances: source.balances() };
}

/** A folder of one test's files. */
export class Files {
  readonly #folder = mkdtempSync(join(tmpdir(), 'concordat-sources-'));
  #count = 0;

  write(content: string | Uint8Array): string {
    const path = join(this.#folder, `file-${this.#count++}`);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export function told({ refused }: Pick<ReadFile, 'refused'>): string[] {
  return refused.map(({ line, field, code }) => `${line} ${field} ${code}`);
}
