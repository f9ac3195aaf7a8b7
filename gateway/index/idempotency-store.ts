import { batches } from '../database/batches';
import { GroupCommit } from '../database/group-commit';
import { createTable, migrate, type MigrationStep } from '../database/migrations';
import type { Processes } from '../database/processes';
import type { Queries, Store } from '../database/store';
import type { IdempotencyStart, IdempotencyStore, StoredResponse } from '../ports/local-stores';

const STEPS: readonly MigrationStep[] = [
  (db, types) =>
    createTable(db, types, {
      name: 'idempotency_keys',
      columns: {
        scope: 'text',
        key: 'text',
        request_sha256: 'text',
        process: 'text',
        response: 'text?',
        started_at: 'text',
      },
      key: ['scope', 'key'],
    }),
  async (db, types) => {
    await db.schema.alterTable('idempotency_keys').addColumn('reference', types.text).execute();
    await db.schema.createIndex('idempotency_reference').on('idempotency_keys').column('reference').execute();
  },
];
const KEEP_MS = 30 * 86_400_000;
const AGAIN_MS = 500;
interface KeyStart {
  readonly kind: 'start';
  readonly scope: string;
  readonly key: string;
  readonly requestSha256: string;
  /** Whether nobody had begun it; known when it is written. */
  isNew: boolean;
}

interface KeyFinish {
  readonly kind: 'finish';
  readonly scope: string;
  readonly key: string;
  readonly response: string;
}

type KeyChange = KeyStart | KeyFinish;

function nameOf({ scope, key }: { readonly scope: string; readonly key: string }): string {
  return `${scope}/${key}`;
}

/** Of a key that no process holds. */
const NOBODY = '';

/**
 * Keys of writes with their first answers, kept 30 days; a key begun by a process that ended is told apart.
 *
 * Only the process a key belongs to may finish, forget or send under it: one that was taken for dead and comes back
 * finds its keys in other hands.
 */
export class SqlIdempotencyStore implements IdempotencyStore {
  readonly #store: Store;
  readonly #processes: Processes;
  /** Beginnings and ends of keys: every write has both, and each on its own would be a wait for the disk of its own. */
  readonly #group = new GroupCommit<KeyChange>((changes) => this.#writeAll(changes));
  /** Keys whose end could not be written yet; a request that begins anew under one takes it out. */
  readonly #late = new Map<string, NodeJS.Timeout>();

  private constructor(store: Store, processes: Processes) {
    this.#store = store;
    this.#processes = processes;
  }

  /** @throws StorageError; Error when the tables are of a newer version. */
  static async open(store: Store, processes: Processes): Promise<SqlIdempotencyStore> {
    await migrate(store, 'idempotency', STEPS);
    const before = new Date(Date.now() - KEEP_MS).toISOString();
    await store.db.deleteFrom('idempotency_keys').where('started_at', '<', before).execute();
    return new SqlIdempotencyStore(store, processes);
  }

  async start(scope: string, key: string, requestSha256: string): Promise<IdempotencyStart> {
    this.#forgetLate(scope, key);
    try {
      return await this.#start(scope, key, requestSha256);
    } catch (error) {
      this.#later(scope, key, () => this.#release(scope, key)); // it may have been written all the same
      throw error;
    }
  }

  /** Ends what is still to be written; then it is as if this process had ended. */
  close(): void {
    for (const timer of this.#late.values()) clearTimeout(timer);
    this.#late.clear();
  }

  async #start(scope: string, key: string, requestSha256: string): Promise<IdempotencyStart> {
    const start: KeyStart = { kind: 'start', scope, key, requestSha256, isNew: false };
    await this.#group.write(start);
    if (start.isNew) return { kind: 'started' };
    const row = await this.#row(scope, key).selectAll().executeTakeFirst();
    if (row === undefined) return { kind: 'inFlight' }; // abandoned this moment; the next try starts
    if (row.request_sha256 !== requestSha256) return { kind: 'differs' };
    if (row.response !== null) return { kind: 'replay', response: JSON.parse(row.response) as StoredResponse };
    if (row.process === this.#processes.id || (await this.#processes.isAlive(row.process))) {
      return { kind: 'inFlight', isHere: row.process === this.#processes.id };
    }
    return (await this.#takeOver(scope, key, row.process)) ? { kind: 'interrupted' } : { kind: 'inFlight' };
  }

  async finish(scope: string, key: string, response: StoredResponse): Promise<void> {
    await this.#group.write({ kind: 'finish', scope, key, response: JSON.stringify(response) });
  }

  /** In the keys' order, so that two processes never wait for one another. */
  async #writeAll(changes: readonly KeyChange[]): Promise<void> {
    const ordered = [...changes].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
    await this.#store.db.transaction().execute(async (trx) => {
      const starts = ordered.filter((change) => change.kind === 'start');
      for (const batch of batches(starts)) await this.#insert(trx, batch);
      for (const change of ordered) if (change.kind === 'finish') await this.#finish(trx, change);
    });
  }

  /** Of several beginnings of one key at once, one is new. */
  async #insert(trx: Queries, starts: readonly KeyStart[]): Promise<void> {
    const startedAt = new Date().toISOString();
    const rows = await trx
      .insertInto('idempotency_keys')
      .values(
        starts.map(({ scope, key, requestSha256 }) => ({
          scope,
          key,
          request_sha256: requestSha256,
          process: this.#processes.id,
          started_at: startedAt,
          reference: nameOf({ scope, key }),
        })),
      )
      .onConflict((conflict) => conflict.columns(['scope', 'key']).doNothing())
      .returning(['scope', 'key'])
      .execute();
    const inserted = new Set(rows.map(nameOf));
    for (const start of starts) start.isNew = inserted.delete(nameOf(start));
  }

  async #finish(trx: Queries, { scope, key, response }: KeyFinish): Promise<void> {
    await trx
      .updateTable('idempotency_keys')
      .set({ response })
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('process', '=', this.#processes.id)
      .execute();
  }

  async abandon(scope: string, key: string): Promise<void> {
    await this.#abandon(scope, key).catch(() => this.#later(scope, key, () => this.#abandon(scope, key)));
  }

  async release(scope: string, key: string): Promise<void> {
    await this.#release(scope, key).catch(() => this.#later(scope, key, () => this.#release(scope, key)));
  }

  #later(scope: string, key: string, work: () => Promise<void>): void {
    const name = nameOf({ scope, key });
    const timer = setTimeout(() => {
      if (this.#late.get(name) !== timer) return;
      this.#late.delete(name);
      work().catch(() => this.#later(scope, key, work));
    }, AGAIN_MS);
    timer.unref();
    this.#late.set(name, timer);
  }

  #forgetLate(scope: string, key: string): void {
    const name = nameOf({ scope, key });
    clearTimeout(this.#late.get(name));
    this.#late.delete(name);
  }

  async #release(scope: string, key: string): Promise<void> {
    await this.#store.db
      .updateTable('idempotency_keys')
      .set({ process: NOBODY })
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('process', '=', this.#processes.id)
      .where('response', 'is', null)
      .execute();
  }

  async #abandon(scope: string, key: string): Promise<void> {
    await this.#store.db
      .deleteFrom('idempotency_keys')
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('process', '=', this.#processes.id)
      .where('response', 'is', null)
      .execute();
  }

  /**
   * Which of the references belong to other processes, and keeps them from changing hands until the transaction ends.
   *
   * Asked in the transaction that stores an envelope: either a process that takes a key over finds the envelope, or the
   * envelope is not stored.
   */
  async lost(trx: Queries, references: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await trx
      .selectFrom('idempotency_keys')
      .select(['reference', 'process'])
      .where('reference', 'in', [...references])
      .orderBy('reference')
      .forShare()
      .execute();
    const others = rows.filter(({ process }) => process !== this.#processes.id);
    return new Set(others.flatMap(({ reference }) => reference ?? []));
  }

  /** One of several repeats at once takes a dead process's key, so that not all are told to look. */
  async #takeOver(scope: string, key: string, from: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#store.db
      .updateTable('idempotency_keys')
      .set({ process: this.#processes.id })
      .where('scope', '=', scope)
      .where('key', '=', key)
      .where('process', '=', from)
      .where('response', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  #row(scope: string, key: string) {
    return this.#store.db.selectFrom('idempotency_keys').where('scope', '=', scope).where('key', '=', key);
  }
}
