import type { EntrySource } from '../book-entry';
import { openSource, type SourceOptions } from './open-source';

/** How a file is to be read; plain data, since another thread opens it. */
export interface SourceRequest {
  readonly path: string;
  readonly options: SourceOptions;
}

/** The one place where matching opens a file of entries. @throws SourceError. */
export function openEntries({ path, options }: SourceRequest): Promise<EntrySource> {
  return openSource(path, options);
}
