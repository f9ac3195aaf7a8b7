import type { EntrySource } from '../book-entry';
import { openCanonical } from './open-canonical';

/** How a file is to be read; plain data, since another thread opens it. */
export interface SourceRequest {
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The one place where matching opens a file of entries. @throws SourceError. */
export function openEntries({ path }: SourceRequest): Promise<EntrySource> {
  return openCanonical(path);
}
