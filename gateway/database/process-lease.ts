import { randomUUID } from 'node:crypto';
import { createTable, migrate, type MigrationStep } from './migrations';
import type { Processes } from './processes';
import type { Store } from './store';

const STEPS: readonly MigrationStep[] = [
  (db, types) => createTable(db, types, { name: 'processes', columns: { id: 'text', beat: 'integer' }, key: ['id'] }),
];

export interface LeaseOptions {
  /** Default 1 s. */
  readonly beatMs?: number;
  /** Silence after which a process counts as ended; default 5 s. */
  readonly leaseMs?: number;
  /** Called after a beat on which a process was found to have ended; again after the next ones until it succeeds. */
  readonly onEnded?: () => Promise<void>;
}

interface Observed {
  readonly beat: number;
  readonly since: number;
}

/**
 * The processes of one member, each counting up its own number in the database.
 *
 * A lease rather than a lock held by a connection: a lock is lost whenever its connection is, so a restart of the
 * database would make every process look dead to the others while all of them work. Silence is measured by each
 * observer's own monotonic clock, and only while the observer itself can write; no two clocks are ever compared. One
 * that is taken for dead wrongly finds its idempotency keys in other hands before it can send under them.
 */
export class ProcessLease implements Processes {
  readonly id = randomUUID();
  readonly #store: Store;
  readonly #options: Required<Omit<LeaseOptions, 'onEnded'>> & Pick<LeaseOptions, 'onEnded'>;
  #observed = new Map<string, Observed>();
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #isStopped = false;
  #hasNews = false;

  private constructor(store: Store, options: LeaseOptions) {
    this.#store = store;
    this.#options = { beatMs: 1_000, leaseMs: 5_000, ...options };
  }

  /** @throws StorageError; Error when the table is of a newer version. */
  static async open(store: Store, options: LeaseOptions = {}): Promise<ProcessLease> {
    await migrate(store, 'processes', STEPS);
    const lease = new ProcessLease(store, options);
    await lease.#write();
    lease.#schedule();
    return lease;
  }

  async isAlive(id: string): Promise<boolean> {
    return id === this.id || (await this.alive()).includes(id);
  }

  async alive(): Promise<readonly string[]> {
    const rows = await this.#store.db.selectFrom('processes').select('id').execute();
    return [this.id, ...rows.map(({ id }) => id)];
  }

  /** Leaves at once, so that nobody waits for the silence. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#beating;
    await this.#store.db
      .deleteFrom('processes')
      .where('id', '=', this.id)
      .execute()
      .catch(() => undefined); // it will be found silent
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#beating = this.#beat().finally(() => {
        if (!this.#isStopped) this.#schedule();
      });
    }, this.#options.beatMs);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    try {
      await this.#write();
      if (await this.#findEnded()) this.#hasNews = true;
      if (!this.#hasNews) return;
      await this.#options.onEnded?.();
      this.#hasNews = false;
    } catch {
      this.#observed.clear(); // whoever could not be heard was not silent
      this.#hasNews = true; // nor seen leaving
    }
  }

  /** Also after this process was taken for dead: then it is there again, under its own name. */
  async #write(): Promise<void> {
    await this.#store.db
      .insertInto('processes')
      .values({ id: this.id, beat: 1 })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(({ eb }) => ({ beat: eb('processes.beat', '+', 1) })))
      .execute();
  }

  /** Removes the silent ones, and answers whether one is gone, by its silence or of its own accord. */
  async #findEnded(): Promise<boolean> {
    const now = performance.now();
    const rows = await this.#store.db.selectFrom('processes').selectAll().where('id', '<>', this.id).execute();
    const known = this.#observed;
    this.#observed = new Map(
      rows.map(({ id, beat }) => {
        const before = known.get(id);
        return [id, before?.beat === beat ? before : { beat, since: now }];
      }),
    );
    let isOneGone = [...known.keys()].some((id) => !this.#observed.has(id));
    for (const [id, { beat, since }] of this.#observed) {
      if (now - since < this.#options.leaseMs) continue;
      // Not if it has counted on meanwhile.
      const { numDeletedRows } = await this.#store.db
        .deleteFrom('processes')
        .where('id', '=', id)
        .where('beat', '=', beat)
        .executeTakeFirst();
      if (numDeletedRows !== 1n) continue;
      this.#observed.delete(id);
      isOneGone = true;
    }
    return isOneGone;
  }
}
