import { sha256Hex } from '../../../chaincode/domain/hash';
import { HttpProblem } from '../../http/problem';
import type { RecordLocks } from '../../services/record-locks';
import { outcomeFile, type OutcomeFormat } from './outcome-lines';
import type { UploadRunner } from './upload-runner';
import type { UploadStore } from './upload-store';
import { UPLOAD_LIMITS, type Declaration, type StoredUpload } from './upload';

export interface UploadServiceOptions {
  readonly store: UploadStore;
  readonly runner: Pick<UploadRunner, 'wake'>;
  readonly locks: RecordLocks;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const MOST_LISTED = 100;
/** Name under which declarations of one member follow each other. */
const DECLARING = 'uploads';

/** Files that come part by part and are posted once all of their bytes are there. */
export class UploadService {
  readonly #options: UploadServiceOptions;

  constructor(options: UploadServiceOptions) {
    this.#options = options;
  }

  /**
   * Declares a file; the same declaration under the same reference is the same upload.
   *
   * @throws HttpProblem BODY_TOO_LARGE, UPLOAD_LIMIT, IDEMPOTENCY_KEY_REUSED.
   */
  async declare(
    lane: string,
    declaration: Declaration,
    by: { readonly userId: string; readonly reference: string },
  ): Promise<StoredUpload> {
    const { store, locks } = this.#options;
    const id = sha256Hex(`upload\n${lane}\n${by.reference}`).slice(0, 32);
    await this.#forget();
    return locks.hold([DECLARING], async () => {
      const before = await store.get(lane, id);
      if (before !== undefined) return before;
      await this.#requireRoom(declaration.size);
      const now = this.#time(0);
      const upload: StoredUpload = {
        id,
        lane,
        createdBy: by.userId,
        ...declaration,
        state: 'receiving',
        offset: 0,
        lines: null,
        settled: 0,
        result: null,
        createdAt: now,
        changedAt: now,
      };
      await store.insert(upload);
      return upload;
    });
  }

  async #requireRoom(size: number): Promise<void> {
    const { fileBytes, unfinished, unfinishedBytes } = UPLOAD_LIMITS;
    if (size > fileBytes) throw new HttpProblem('BODY_TOO_LARGE', { limitBytes: String(fileBytes) });
    const { count, bytes } = await this.#options.store.unfinished();
    if (count >= unfinished) throw new HttpProblem('UPLOAD_LIMIT', { uploads: String(unfinished) });
    if (bytes + size > unfinishedBytes) throw new HttpProblem('UPLOAD_LIMIT', { limitBytes: String(unfinishedBytes) });
  }

  /**
   * Takes the next part; after the last one the file is judged and posted in the background.
   *
   * @throws HttpProblem UPLOAD_NOT_FOUND, BODY_MISSING, UPLOAD_OFFSET_DIFFERS with the right offset, UPLOAD_BEYOND_SIZE.
   */
  async append(lane: string, id: string, offset: number, bytes: Uint8Array): Promise<StoredUpload> {
    const { store, runner } = this.#options;
    if (bytes.byteLength === 0) throw new HttpProblem('BODY_MISSING');
    const upload = await this.upload(lane, id);
    if (upload.offset !== offset || upload.state !== 'receiving') throw elsewhere(upload);
    if (offset + bytes.byteLength > upload.size) {
      throw new HttpProblem('UPLOAD_BEYOND_SIZE', { left: String(upload.size - offset) });
    }
    // Of two parts at once for the same place, one is first.
    if (!(await store.append(id, offset, bytes, this.#time(0)))) throw elsewhere(await this.upload(lane, id));
    const after = await this.upload(lane, id);
    if (after.state !== 'receiving') runner.wake();
    return after;
  }

  /** @throws HttpProblem UPLOAD_NOT_FOUND. */
  async upload(lane: string, id: string): Promise<StoredUpload> {
    const upload = await this.#options.store.get(lane, id);
    if (upload === undefined) throw new HttpProblem('UPLOAD_NOT_FOUND');
    return upload;
  }

  /** A lane's uploads, newest first. */
  list(lane: string): Promise<readonly StoredUpload[]> {
    return this.#options.store.list(lane, MOST_LISTED);
  }

  /** Every line's outcome as far as it is known. @throws HttpProblem UPLOAD_NOT_FOUND. */
  async outcomes(
    lane: string,
    id: string,
    { format, only }: { readonly format: OutcomeFormat; readonly only?: string | undefined },
  ): Promise<AsyncIterable<Uint8Array>> {
    await this.upload(lane, id);
    return outcomeFile(this.#options.store.outcomes(id), format, only);
  }

  /** Forgets an upload; what it posted stays posted. @throws HttpProblem UPLOAD_NOT_FOUND, UPLOAD_AT_WORK. */
  async remove(lane: string, id: string): Promise<StoredUpload> {
    const upload = await this.upload(lane, id);
    if (!(await this.#options.store.remove(id))) {
      await this.upload(lane, id);
      throw new HttpProblem('UPLOAD_AT_WORK');
    }
    return upload;
  }

  async #forget(): Promise<void> {
    const { abandonedMs, finishedMs, finished } = UPLOAD_LIMITS;
    const times = { abandoned: this.#time(-abandonedMs), finished: this.#time(-finishedMs) };
    await this.#options.store.expire(times, finished);
  }

  #time(after: number): string {
    return new Date(this.#options.now() + after).toISOString();
  }
}

function elsewhere({ offset, state }: StoredUpload): HttpProblem {
  const details = { offset: String(offset), state };
  return new HttpProblem('UPLOAD_OFFSET_DIFFERS', details, [], { 'upload-offset': String(offset) });
}
