import { batches } from '../database/batches';
import { createTable, migrate, type MigrationStep } from '../database/migrations';
import type { Queries, Store } from '../database/store';
import type { OutboxRow } from '../database/tables';
import type { OutboxEntry, OutboxStatus } from '../ports/outbox-port';

const STEPS: readonly MigrationStep[] = [
  async (db, types) => {
    await createTable(db, types, {
      name: 'outbox',
      columns: {
        transaction_id: 'text',
        reference: 'text?',
        envelope: 'bytes?',
        result: 'bytes',
        status: 'text',
        code: 'text?',
        block_number: 'integer?',
        attempts: 'integer',
        stored_at: 'text',
      },
      key: ['transaction_id'],
    });
    const index = (name: string) => db.schema.createIndex(name).on('outbox');
    await index('outbox_reference')
      .column('reference')
      .where('reference' as never, 'is not', null)
      .execute();
    await index('outbox_pending')
      .column('stored_at')
      .where('status' as never, '=', 'pending')
      .execute();
  },
  (db, types) => db.schema.alterTable('outbox').addColumn('owner', types.text).execute(),
  async (db, types) => {
    const columns = { reference: 'text', transaction_id: 'text', stored_at: 'text' } as const;
    await createTable(db, types, { name: 'outbox_references', columns, key: ['reference', 'transaction_id'] });
  },
];

/** A signed envelope as it is stored before anybody sees it. */
export interface NewEntry {
  readonly transactionId: string;
  readonly envelope: Uint8Array;
  readonly result: Uint8Array;
  readonly reference?: string;
  /** References of further callers whose requests the transaction carries. */
  readonly alsoFor?: readonly string[];
}

/** Every reference an entry is found under. */
export function referencesOf({ reference, alsoFor = [] }: NewEntry): readonly string[] {
  return reference === undefined ? alsoFor : [reference, ...alsoFor];
}

export interface FinalMark {
  readonly transactionId: string;
  readonly status: Exclude<OutboxStatus, 'pending'>;
  readonly code: string;
  readonly blockNumber: bigint | null;
}

export interface PendingEntry {
  readonly transactionId: string;
  readonly envelope: Uint8Array;
}

const COLUMNS = [
  'transaction_id',
  'reference',
  'result',
  'status',
  'code',
  'block_number',
  'attempts',
  'stored_at',
] as const;

/** Rows of the outbox; writers bring the transaction, so that many rows share one `fsync`. */
export class OutboxTable {
  readonly #store: Store;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** @throws StorageError; Error when the table is of a newer version. */
  static async open(store: Store): Promise<OutboxTable> {
    await migrate(store, 'outbox', STEPS);
    return new OutboxTable(store);
  }

  transaction(work: (trx: Queries) => Promise<void>): Promise<void> {
    return this.#store.db.transaction().execute(work);
  }

  /** Stores envelopes; one that is there already, from a try whose end was not seen, stays as it is. */
  async insert(trx: Queries, entries: readonly NewEntry[], owner: string, storedAt: string): Promise<void> {
    const rows = entries.map(({ transactionId, envelope, result, reference }) => ({
      transaction_id: transactionId,
      reference: reference ?? null,
      envelope,
      result,
      status: 'pending',
      attempts: 1,
      stored_at: storedAt,
      owner,
    }));
    for (const some of batches(rows)) {
      await trx
        .insertInto('outbox')
        .values(some)
        .onConflict((conflict) => conflict.column('transaction_id').doNothing())
        .execute();
    }
    const more = entries.flatMap(({ transactionId, alsoFor = [] }) =>
      alsoFor.map((reference) => ({ reference, transaction_id: transactionId, stored_at: storedAt })),
    );
    for (const some of batches(more)) {
      await trx
        .insertInto('outbox_references')
        .values(some)
        .onConflict((conflict) => conflict.columns(['reference', 'transaction_id']).doNothing())
        .execute();
    }
  }

  async finish(trx: Queries, { transactionId, status, code, blockNumber }: FinalMark): Promise<void> {
    await trx
      .updateTable('outbox')
      .set({ status, code, block_number: blockNumber === null ? null : Number(blockNumber), envelope: null })
      .where('transaction_id', '=', transactionId)
      .execute();
  }

  /** Counts one more broadcast of the same envelope. */
  async again(trx: Queries, transactionId: string): Promise<void> {
    await trx
      .updateTable('outbox')
      .set(({ eb }) => ({ attempts: eb('attempts', '+', 1) }))
      .where('transaction_id', '=', transactionId)
      .execute();
  }

  /**
   * Takes up what is not final and belongs to none of the living processes, in the order it was stored.
   *
   * Of two processes at once, the second one finds the first one's name in the row and leaves it.
   */
  async takeOver(owner: string, alive: readonly string[]): Promise<readonly PendingEntry[]> {
    await this.#store.db
      .updateTable('outbox')
      .set({ owner })
      .where('status', '=', 'pending')
      .where(({ eb, or }) => or([eb('owner', 'is', null), eb('owner', 'not in', [...alive])]))
      .execute();
    const rows = await this.#store.db
      .selectFrom('outbox')
      .select(['transaction_id', 'envelope'])
      .where('status', '=', 'pending')
      .where('owner', '=', owner)
      .orderBy('stored_at')
      .orderBy('transaction_id')
      .execute();
    return rows.map((row) => ({ transactionId: row.transaction_id, envelope: row.envelope as Uint8Array }));
  }

  async entry(transactionId: string): Promise<OutboxEntry | undefined> {
    const row = await this.#store.db
      .selectFrom('outbox')
      .select(COLUMNS)
      .where('transaction_id', '=', transactionId)
      .executeTakeFirst();
    return row && toEntry(row);
  }

  async byReference(reference: string): Promise<OutboxEntry[]> {
    const rows = await this.#store.db
      .selectFrom('outbox')
      .select(COLUMNS)
      .where(({ eb, or, selectFrom }) =>
        or([
          eb('reference', '=', reference),
          eb(
            'transaction_id',
            'in',
            selectFrom('outbox_references').select('transaction_id').where('reference', '=', reference),
          ),
        ]),
      )
      .orderBy('stored_at')
      .orderBy('transaction_id')
      .execute();
    return rows.map(toEntry);
  }

  async pendingCount(): Promise<number> {
    const row = await this.#store.db
      .selectFrom('outbox')
      .select(({ fn }) => fn.countAll<number | string>().as('n'))
      .where('status', '=', 'pending')
      .executeTakeFirst();
    return Number(row?.n ?? 0);
  }

  /** Forgets final entries stored before a moment (ISO 8601 UTC). */
  async prune(before: string): Promise<void> {
    await this.#store.db
      .deleteFrom('outbox')
      .where('status', '<>', 'pending')
      .where('stored_at', '<', before)
      .execute();
    await this.#store.db
      .deleteFrom('outbox_references')
      .where('stored_at', '<', before)
      .where('transaction_id', 'not in', this.#store.db.selectFrom('outbox').select('transaction_id'))
      .execute();
  }
}

function toEntry(row: Pick<OutboxRow, (typeof COLUMNS)[number]>): OutboxEntry {
  return {
    transactionId: row.transaction_id,
    status: row.status as OutboxStatus,
    code: row.code,
    blockNumber: row.block_number === null ? null : BigInt(row.block_number),
    attempts: row.attempts,
    reference: row.reference,
    storedAt: row.stored_at,
    result: row.result,
  };
}
