import { open } from 'node:fs/promises';
import type { EntrySource } from '../book-entry';
import { CanonicalCsv } from './canonical-csv';
import { CanonicalJsonLines } from './canonical-jsonl';
import { SourceError } from './source-error';

/** Opens a file of the canonical format by its first byte: JSON lines begin with a brace. @throws SourceError SOURCE_UNREADABLE. */
export async function openCanonical(path: string): Promise<EntrySource> {
  try {
    const file = await open(path, 'r');
    try {
      const first = Buffer.alloc(4);
      const { bytesRead } = await file.read(first, 0, 4, 0);
      const text = first.toString('utf8', 0, bytesRead).replace('\uFEFF', '');
      return text.startsWith('{') ? new CanonicalJsonLines(path) : new CanonicalCsv(path);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
  }
}
