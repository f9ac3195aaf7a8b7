import { setImmediate } from 'node:timers/promises';
import { batches } from '../../database/batches';
import { migrate } from '../../database/migrations';
import type { Processes } from '../../database/processes';
import type { Store } from '../../database/store';
import { toRow, toUpload, UPLOAD_STEPS } from './upload-rows';
import type { StoredUpload, UploadResult, UploadState } from './upload';

/** Bytes handed on at once. */
const PIECE = 131_072;
const UNFINISHED: readonly UploadState[] = ['receiving', 'judging', 'posting'];
const AT_WORK: readonly UploadState[] = ['judging', 'posting'];
const FINISHED: readonly UploadState[] = ['done', 'refused'];

/** What changes while an upload is worked on. */
export interface UploadChange {
  readonly state?: UploadState;
  readonly lines?: number;
  readonly settled?: number;
  readonly result?: UploadResult | null;
}

/**
 * Uploads with their bytes and outcomes, in the member's own tables.
 *
 * Bytes lie beside the offset that counts them, so that a kill leaves neither a torn part nor a wrong offset, and so that
 * any process of the member goes on with what another one received.
 */
export class UploadStore {
  readonly #store: Store;
  readonly #processes: Processes;

  private constructor(store: Store, processes: Processes) {
    this.#store = store;
    this.#processes = processes;
  }

  /** @throws StorageError; Error when the tables are of a newer version. */
  static async open(store: Store, processes: Processes): Promise<UploadStore> {
    await migrate(store, 'uploads', UPLOAD_STEPS);
    return new UploadStore(store, processes);
  }

  /** Keeps a new upload; one that is there under its id stays as it is. */
  async insert(upload: StoredUpload): Promise<void> {
    await this.#store.db
      .insertInto('uploads')
      .values(toRow(upload))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }

  async get(lane: string, id: string): Promise<StoredUpload | undefined> {
    const row = await this.#store.db
      .selectFrom('uploads')
      .selectAll()
      .where('id', '=', id)
      .where('lane', '=', lane)
      .executeTakeFirst();
    return row && toUpload(row);
  }

  /** A lane's uploads, newest first. */
  async list(lane: string, limit: number): Promise<readonly StoredUpload[]> {
    const rows = await this.#store.db
      .selectFrom('uploads')
      .selectAll()
      .where('lane', '=', lane)
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(toUpload);
  }

  /** How many uploads of the member are unfinished, and the bytes they declare. */
  async unfinished(): Promise<{ readonly count: number; readonly bytes: number }> {
    const row = await this.#store.db
      .selectFrom('uploads')
      .select(({ fn }) => [fn.countAll<number | string>().as('n'), fn.sum<number | string | null>('size').as('bytes')])
      .where('state', 'in', UNFINISHED)
      .executeTakeFirstOrThrow();
    return { count: Number(row.n), bytes: Number(row.bytes ?? 0) };
  }

  /** Takes a part if the upload stands at its start, and answers whether it did; the last part makes it ready to judge. */
  async append(id: string, start: number, bytes: Uint8Array, now: string): Promise<boolean> {
    return this.#store.db.transaction().execute(async (trx) => {
      const end = start + bytes.byteLength;
      const { numUpdatedRows } = await trx
        .updateTable('uploads')
        .set(({ eb }) => ({
          received: end,
          changed_at: now,
          state: eb.case().when('size', '=', end).then('judging').else('receiving').end(),
        }))
        .where('id', '=', id)
        .where('state', '=', 'receiving')
        .where('received', '=', start)
        .where('size', '>=', end)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      await trx.insertInto('upload_parts').values({ upload: id, start, bytes }).execute();
      return true;
    });
  }

  /** The bytes received, in pieces between which others have their turn. */
  async *bytes(id: string): AsyncGenerator<Uint8Array> {
    for (let start = 0; ;) {
      const part = await this.#store.db
        .selectFrom('upload_parts')
        .select('bytes')
        .where('upload', '=', id)
        .where('start', '=', start)
        .executeTakeFirst();
      if (part === undefined) return;
      for (let from = 0; from < part.bytes.byteLength; from += PIECE) {
        yield part.bytes.subarray(from, from + PIECE);
        await setImmediate();
      }
      start += part.bytes.byteLength;
    }
  }

  /** The oldest upload that waits for work, taken from nobody that lives; undefined when there is none. */
  async claim(): Promise<StoredUpload | undefined> {
    const { id: owner } = this.#processes;
    const alive = await this.#processes.alive();
    await this.#store.db
      .updateTable('uploads')
      .set({ owner })
      .where('state', 'in', AT_WORK)
      .where(({ eb, or }) => or([eb('owner', 'is', null), eb('owner', 'not in', [...alive])]))
      .execute();
    const row = await this.#store.db
      .selectFrom('uploads')
      .selectAll()
      .where('state', 'in', AT_WORK)
      .where('owner', '=', owner)
      .orderBy('created_at')
      .orderBy('id')
      .limit(1)
      .executeTakeFirst();
    return row && toUpload(row);
  }

  /** Notes how far an upload is, and answers whether this process still has it. */
  async note(id: string, { state, lines, settled, result }: UploadChange, now: string): Promise<boolean> {
    return this.#store.db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('uploads')
        .set({
          changed_at: now,
          ...(state === undefined ? {} : { state }),
          ...(lines === undefined ? {} : { lines }),
          ...(settled === undefined ? {} : { settled }),
          ...(result === undefined ? {} : { result: result && JSON.stringify(result) }),
        })
        .where('id', '=', id)
        .where('owner', '=', this.#processes.id)
        .where('state', 'in', AT_WORK)
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) return false;
      const isFinished = state !== undefined && FINISHED.includes(state);
      if (isFinished) await trx.deleteFrom('upload_parts').where('upload', '=', id).execute();
      return true;
    });
  }

  /** Keeps the outcomes of one batch, again as they came out last. */
  async putOutcomes(id: string, batch: number, bytes: Uint8Array): Promise<void> {
    await this.#store.db
      .insertInto('upload_outcomes')
      .values({ upload: id, batch, bytes })
      .onConflict((conflict) => conflict.columns(['upload', 'batch']).doUpdateSet({ bytes }))
      .execute();
  }

  /** The batches' outcomes in order. */
  async *outcomes(id: string): AsyncGenerator<Uint8Array> {
    for (let batch = 0; ; batch++) {
      const row = await this.#store.db
        .selectFrom('upload_outcomes')
        .select('bytes')
        .where('upload', '=', id)
        .where('batch', '=', batch)
        .executeTakeFirst();
      if (row === undefined) return;
      yield row.bytes;
    }
  }

  /** Removes an upload that nobody works on, and answers whether it did. */
  remove(id: string): Promise<boolean> {
    return this.#remove([id]);
  }

  /** Forgets what was left before `abandoned`, what ended before `finished`, and of what ended all but the newest. */
  async expire(times: { readonly abandoned: string; readonly finished: string }, keep: number): Promise<void> {
    const { db } = this.#store;
    const old = await db
      .selectFrom('uploads')
      .select('id')
      .where(({ eb, or, and }) =>
        or([
          and([eb('state', '=', 'receiving'), eb('changed_at', '<', times.abandoned)]),
          and([eb('state', 'in', FINISHED), eb('changed_at', '<', times.finished)]),
        ]),
      )
      .execute();
    const ended = await db
      .selectFrom('uploads')
      .select('id')
      .where('state', 'in', FINISHED)
      .orderBy('changed_at', 'desc')
      .orderBy('id')
      .execute();
    await this.#remove([...new Set([...old, ...ended.slice(keep)].map(({ id }) => id))]);
  }

  async #remove(ids: readonly string[]): Promise<boolean> {
    let isRemoved = false;
    for (const some of batches(ids)) {
      await this.#store.db.transaction().execute(async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('uploads')
          .where('id', 'in', some)
          .where('state', 'not in', AT_WORK)
          .executeTakeFirst();
        isRemoved ||= numDeletedRows > 0n;
        const left = trx.selectFrom('uploads').select('id').where('id', 'in', some);
        for (const table of ['upload_parts', 'upload_outcomes'] as const) {
          await trx.deleteFrom(table).where('upload', 'in', some).where('upload', 'not in', left).execute();
        }
      });
    }
    return isRemoved;
  }
}
