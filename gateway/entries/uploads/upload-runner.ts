import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Rejection } from '../../../chaincode/domain/errors';
import { StorageError } from '../../../network/storage/database';
import { HttpProblem } from '../../http/problem';
import { LedgerError } from '../../ports/ledger-port';
import { POSTING_BATCH } from '../../services/lane-postings';
import { isGood, type JudgedLine } from '../judge-lines';
import { postEntriesFile, type EntriesFileDependencies } from '../post-file';
import type { SettledLine } from '../post-batches';
import { packOutcomes } from './outcome-lines';
import type { StoredUpload, UploadProblem } from './upload';
import type { UploadChange, UploadStore } from './upload-store';

export interface UploadRunnerOptions {
  readonly store: UploadStore;
  readonly deps: EntriesFileDependencies;
  /** Between two looks for uploads that other processes left; default 5 s. */
  readonly lookMs?: number;
  /** First pause before an upload that could not go on is tried again; doubles up to `maxPauseMs`. Defaults 1 s, 30 s. */
  readonly firstPauseMs?: number;
  readonly maxPauseMs?: number;
  /** Told of what no rule foresees, and of a look that failed. */
  readonly onError: (error: unknown, upload?: string) => void;
}

/** Unforeseen failures after which an upload is given up. */
const MOST_FAULTS = 3;

/** Thrown through a posting when the gateway stops, or when another process has the upload. */
class Interrupted extends Error {}

/**
 * Judges and posts the uploads whose bytes are there, one after the other in each process.
 *
 * Whatever ends in the middle is taken up again, by this process or another one: what was posted is found in the lane.
 */
export class UploadRunner {
  readonly #options: Required<UploadRunnerOptions>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isWoken = false;
  /** Upload → failures in a row that no rule foresees. */
  readonly #faults = new Map<string, number>();

  constructor(options: UploadRunnerOptions) {
    this.#options = { lookMs: 5_000, firstPauseMs: 1_000, maxPauseMs: 30_000, ...options };
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Says that an upload may be ready. */
  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Resolves when nothing is under way any more; what was is taken up at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { store, firstPauseMs, maxPauseMs } = this.#options;
    let pause = firstPauseMs;
    while (!this.#isStopped) {
      this.#isWoken = false;
      let upload: StoredUpload | undefined;
      try {
        upload = await store.claim();
        if (upload === undefined) await this.#rest();
        else await this.#take(upload);
        pause = firstPauseMs;
      } catch (error) {
        if (this.#isStopped) return;
        if (!(error instanceof Interrupted)) await this.#tell(error, upload);
        await delay(pause, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
        pause = Math.min(pause * 2, maxPauseMs);
      }
    }
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Until somebody says that there is work, or it is time to look for what others left. */
  async #rest(): Promise<void> {
    if (this.#isWoken || this.#isStopped) return;
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    const look = new AbortController();
    const timer = delay(this.#options.lookMs, undefined, { signal: look.signal, ref: false }).catch(() => undefined);
    await Promise.race([woken, timer]);
    look.abort();
    this.#wake = undefined;
  }

  /** @throws what may pass by itself; Interrupted. */
  async #take(upload: StoredUpload): Promise<void> {
    try {
      await this.#requireDigest(upload);
      const answer = await this.#post(upload);
      await this.#note(upload, { state: 'done', result: { kind: 'answer', answer } });
    } catch (error) {
      const problem = refusalOf(error);
      if (problem === undefined) throw error;
      await this.#note(upload, { state: 'refused', result: { kind: 'problem', problem } });
    }
  }

  async #requireDigest({ id, sha256 }: StoredUpload): Promise<void> {
    const hash = createHash('sha256');
    for await (const bytes of this.#options.store.bytes(id)) hash.update(bytes);
    if (hash.digest('hex') !== sha256) throw new HttpProblem('UPLOAD_DIGEST_DIFFERS');
  }

  #post(upload: StoredUpload) {
    const { store, deps } = this.#options;
    const { id, lane, mediaType, size, partial, control } = upload;
    const bytes = { size, open: () => Readable.from(store.bytes(id)) };
    const file = { lane, mediaType, upload: bytes, reference: `upload/${id}`, partial, control };
    let [batch, settled] = [0, 0];
    return postEntriesFile(deps, file, {
      judged: (lines) => this.#note(upload, { state: 'posting', lines, result: null }),
      refused: (lines) => this.#keepRefused(upload, lines),
      settled: async (lines) => {
        await store.putOutcomes(id, batch++, await packOutcomes(lines));
        settled += lines.length;
        // A run that begins again goes through what was settled before: the number never falls.
        await this.#note(upload, settled > upload.settled ? { settled } : {});
      },
    });
  }

  /** The outcomes of a file that is refused as a whole: its good lines were not tried. */
  async #keepRefused(upload: StoredUpload, lines: readonly JudgedLine[]): Promise<void> {
    await this.#note(upload, { lines: lines.length, settled: lines.length });
    const settled = lines.map((line): SettledLine =>
      isGood(line) ? { line, outcome: 'notTried' } : { line, outcome: 'refused', code: line.code },
    );
    for (let from = 0; from < settled.length; from += POSTING_BATCH) {
      const bytes = await packOutcomes(settled.slice(from, from + POSTING_BATCH));
      await this.#options.store.putOutcomes(upload.id, from / POSTING_BATCH, bytes);
    }
  }

  async #note({ id }: StoredUpload, change: UploadChange): Promise<void> {
    const isOwn = await this.#options.store.note(id, change, new Date().toISOString());
    if (!isOwn || this.#isStopped) throw new Interrupted();
  }

  /** Tells what an upload waits for; one that fails again and again for no known reason must not hold up the others. */
  async #tell(error: unknown, upload: StoredUpload | undefined): Promise<void> {
    this.#options.onError(error, upload?.id);
    if (upload === undefined) return;
    const { id } = upload;
    const isKnown = error instanceof LedgerError || error instanceof StorageError;
    const faults = isKnown ? 0 : (this.#faults.get(id) ?? 0) + 1;
    this.#faults.set(id, faults);
    const change: UploadChange =
      faults < MOST_FAULTS
        ? { result: { kind: 'waiting', code: isKnown ? error.code : 'WRITE_FAULT' } }
        : { state: 'refused', result: { kind: 'problem', problem: { code: 'WRITE_FAULT', details: {}, errors: [] } } };
    // Where even this cannot be noted, the next look finds the upload as it was.
    await this.#options.store.note(id, change, new Date().toISOString()).catch(() => undefined);
  }
}

/** What refuses the file for good; undefined for what may pass by itself. */
function refusalOf(error: unknown): UploadProblem | undefined {
  if (error instanceof HttpProblem) return { code: error.code, details: error.details, errors: error.errors };
  const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome === 'rejected');
  return isRefusal ? { code: error.code, details: error.details, errors: [] } : undefined;
}
