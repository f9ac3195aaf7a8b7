import { setTimeout as delay } from 'node:timers/promises';
import type { Io } from './command';

export interface UploadFlags {
  readonly lane: string;
  readonly gateway: string;
  readonly tokenFile: string;
  readonly key?: string;
  readonly partial?: boolean;
  readonly outcomes?: string;
  readonly partBytes: string;
  readonly entries?: string;
  readonly amountMinor?: string;
}

interface View {
  readonly id: string;
  readonly state: string;
  readonly size: number;
  readonly offset: number;
  readonly lines: number | null;
  readonly settled: number;
  readonly waitingFor: string | null;
  readonly answer: Answer | null;
  readonly problem: Problem | null;
}

interface Answer {
  readonly complete: boolean;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly possibleDuplicates: number;
}

interface Problem {
  readonly code: string;
  readonly remedy?: string;
  readonly errors?: readonly object[];
}

/** Between two looks at an upload that is worked on. */
const LOOK_MS = 500;

/** Sends a file in parts from where the gateway has it, and watches until it is posted. Exit 0 when every line stands. */
export async function uploadFile(file: string, flags: UploadFlags, io: Io): Promise<number> {
  const upload = new FileUpload(file, flags, io);
  try {
    const view = await upload.send();
    return view === undefined ? 1 : await upload.tell(await upload.watch(view));
  } catch (error) {
    if (!(error instanceof TypeError) || error.cause === undefined) throw error;
    io.err(
      `✗ ${flags.gateway} cannot be reached (${String((error.cause as { code?: string }).code)}): run again to go on`,
    );
    return 1;
  }
}

class FileUpload {
  readonly #file: string;
  readonly #flags: UploadFlags;
  readonly #io: Io;
  #token = '';

  constructor(file: string, flags: UploadFlags, io: Io) {
    this.#file = file;
    this.#flags = flags;
    this.#io = io;
  }

  /** Undefined when the gateway refuses the file or a part. */
  async send(): Promise<View | undefined> {
    const { open, readFile } = await import('node:fs/promises');
    this.#token = (await readFile(this.#flags.tokenFile, 'utf8')).trim();
    let view = await this.#declare();
    const handle = await open(this.#file, 'r');
    try {
      while (view?.state === 'receiving') {
        const bytes = Buffer.alloc(Math.min(Number(this.#flags.partBytes), view.size - view.offset));
        await handle.read(bytes, 0, bytes.length, view.offset);
        view = await this.#append(view, bytes);
        if (view !== undefined) this.#io.err(`${view.offset} of ${view.size} bytes received`);
      }
    } finally {
      await handle.close();
    }
    return view;
  }

  /** Until the gateway is done with it. */
  async watch(view: View): Promise<View> {
    let told = '';
    for (let now = view; ;) {
      const { state, lines, settled, waitingFor } = now;
      const text = `${state}: ${settled} of ${lines ?? '?'} lines${waitingFor === null ? '' : `, waits: ${waitingFor}`}`;
      if (text !== told) this.#io.err((told = text));
      if (state === 'done' || state === 'refused') return now;
      await delay(LOOK_MS);
      const read = await this.#ask(`/${view.id}`, { method: 'GET' });
      // One that has too much to do answers again.
      if (read.ok) now = (await read.json()) as View;
    }
  }

  async tell({ id, answer, problem }: View): Promise<number> {
    const { out } = this.#io;
    if (this.#flags.outcomes !== undefined) await this.#keepOutcomes(id, this.#flags.outcomes);
    if (answer === null) return this.#refused(problem ?? { code: 'NO_CODE' });
    const { accepted, duplicates, refused, possibleDuplicates } = answer;
    out(`${accepted} entries posted, ${duplicates} were there already, ${refused} refused`);
    if (possibleDuplicates > 0) out(`${possibleDuplicates} say the same as others under another end-to-end id`);
    return answer.complete && refused === 0 ? 0 : 1;
  }

  /** The same file under the same key is the same upload, wherever it stands. */
  async #declare(): Promise<View | undefined> {
    const { basename } = await import('node:path');
    const { size, sha256, isCsv } = await readThrough(this.#file);
    const mediaType = isCsv ? 'text/csv' : 'application/x-ndjson';
    const { partial = false, entries = '', amountMinor = '' } = this.#flags;
    const name = basename(this.#file).replace(/[^!-~]/g, '_');
    const key = this.#flags.key ?? [name.slice(-80), sha256, partial, entries, amountMinor].join('-');
    const declared = await this.#ask('', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({
        size,
        sha256,
        mediaType,
        partial,
        ...(entries === '' ? {} : { entries: Number(entries) }),
        ...(amountMinor === '' ? {} : { amountMinor }),
      }),
    });
    if (!declared.ok) return this.#told(declared);
    const { id } = (await declared.json()) as View;
    // A repeat is answered as the first time; where it stands now is another question.
    const now = await this.#ask(`/${id}`, { method: 'GET' });
    if (now.ok) return (await now.json()) as View;
    if (now.status === 404) this.#io.err('  it was sent before and is forgotten by now: run again with another --key');
    return this.#told(now);
  }

  async #append({ id, offset }: View, bytes: Buffer<ArrayBuffer>): Promise<View | undefined> {
    const response = await this.#ask(`/${id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
      body: bytes,
    });
    if (response.ok) return (await response.json()) as View;
    if (response.status !== 409) return this.#told(response);
    const now = await this.#ask(`/${id}`, { method: 'GET' }); // another run has sent it
    return now.ok ? ((await now.json()) as View) : this.#told(now);
  }

  async #told(response: Response): Promise<undefined> {
    this.#refused((await response.json().catch(() => ({ code: String(response.status) }))) as Problem);
    return undefined;
  }

  #refused({ code, remedy = '', errors = [] }: Problem): number {
    const { err } = this.#io;
    err(`✗ ${code}: ${remedy}`);
    for (const error of errors) err(`  ${JSON.stringify(error)}`);
    return 1;
  }

  async #keepOutcomes(id: string, file: string): Promise<void> {
    const { writeFile } = await import('node:fs/promises');
    const response = await this.#ask(`/${id}/outcomes?format=${file.endsWith('.csv') ? 'csv' : 'ndjson'}`, {});
    if (!response.ok || response.body === null) return this.#told(response);
    await writeFile(file, response.body, { mode: 0o600 });
  }

  #ask(path: string, { headers, ...init }: RequestInit): Promise<Response> {
    const { gateway, lane } = this.#flags;
    return fetch(`${gateway}/v1/lanes/${lane}/uploads${path}`, {
      ...init,
      headers: { ...headers, authorization: `Bearer ${this.#token}` },
    });
  }
}

async function readThrough(file: string): Promise<{ size: number; sha256: string; isCsv: boolean }> {
  const { createReadStream } = await import('node:fs');
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  let [size, isCsv] = [0, true];
  for await (const bytes of createReadStream(file) as AsyncIterable<Buffer>) {
    if (size === 0) isCsv = !/^\s*\{/.test(bytes.subarray(0, 100).toString('utf8'));
    hash.update(bytes);
    size += bytes.length;
  }
  return { size, sha256: hash.digest('hex'), isCsv };
}
