import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Upload } from '../http/route';

/** Posts one file; answers what became of it. */
export type PostFile = (
  lane: string,
  file: { readonly mediaType: string; readonly upload: Upload; readonly reference: string },
) => Promise<object>;

export interface DropFolderOptions {
  /** Below it a folder for each lane, named by its id. */
  readonly folder: string;
  readonly post: PostFile;
}

/** What became of one file. */
export interface DroppedFile {
  readonly lane: string;
  readonly file: string;
  readonly outcome: 'done' | 'refused';
  readonly code?: string;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ndjson: 'application/x-ndjson',
  jsonl: 'application/x-ndjson',
  csv: 'text/csv',
};
const LANE = /^[0-9a-f]{32}$/;
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.(ndjson|jsonl|csv)$/;

/**
 * Posts files that a member's systems put down, lane by lane, in the order of their names.
 *
 * A file is there once it has its name: whoever writes it uses another one (`.part`) and renames it. It is moved to `done` or
 * `refused`, and its result lies beside it; a file of the same name and size posted before is not posted twice, since its name
 * is its idempotency key. An outcome nobody knows leaves it where it is.
 */
export class DropFolder {
  readonly #options: DropFolderOptions;

  constructor(options: DropFolderOptions) {
    this.#options = options;
  }

  /** @throws LedgerError unavailable, unknown; Error when the folder cannot be read. */
  async run(): Promise<readonly DroppedFile[]> {
    const { folder } = this.#options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found: DroppedFile[] = [];
    for (const lane of (await readdir(folder)).filter((name) => LANE.test(name)).sort()) {
      const names = (await readdir(join(folder, lane))).filter((name) => FILE.test(name)).sort();
      for (const name of names) found.push(await this.#take(lane, name));
    }
    return found;
  }

  async #take(lane: string, file: string): Promise<DroppedFile> {
    const place = join(this.#options.folder, lane);
    const path = join(place, file);
    const { size } = await stat(path);
    const mediaType = MEDIA_TYPES[file.slice(file.lastIndexOf('.') + 1)] as string;
    const upload = { size, open: () => createReadStream(path) };
    try {
      const result = await this.#options.post(lane, { mediaType, upload, reference: `drop/${lane}/${file}/${size}` });
      await moved(place, file, 'done', result);
      return { lane, file, outcome: 'done' };
    } catch (error) {
      const { code = '', outcome, errors } = error as { code?: string; outcome?: string; errors?: object };
      if (code === '' || outcome === 'unknown' || outcome === 'unavailable') throw error;
      await moved(place, file, 'refused', { code, errors: errors ?? [] });
      return { lane, file, outcome: 'refused', code };
    }
  }
}

/** The result first, then the file: whoever finds the file finds its result. */
async function moved(place: string, file: string, to: 'done' | 'refused', result: object): Promise<void> {
  const folder = join(place, to);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, `${file}.result.json`), `${JSON.stringify(result, null, 2)}\n`, { mode: 0o600 });
  await rename(join(place, file), join(folder, file));
}
