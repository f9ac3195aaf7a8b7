import { sql, type Kysely } from 'kysely';
import { batches } from '../database/batches';
import { createTable, type MigrationStep, type TableDescription } from '../database/migrations';
import type { Tables } from '../database/tables';
import { firstVersion } from './first-version';
import { storedEntryRows } from './entry-rows';

/** Tables of the index. All of it can be made again from the ledger; only the blocks' rows say how far it is. */
const TABLES: readonly TableDescription[] = [
  {
    name: 'blocks',
    columns: { number: 'integer', hash: 'text', previous_hash: 'text', rows_digest: 'text' },
    key: ['number'],
  },
  {
    name: 'transactions',
    columns: {
      block: 'integer',
      position: 'integer',
      transaction_id: 'text',
      code: 'text',
      creator: 'text',
      declared_at: 'text',
    },
    key: ['block', 'position'],
  },
  {
    name: 'skeletons',
    columns: { id: 'text', version: 'integer', commitment: 'text', previous: 'text?', participants: 'text' },
    key: ['id'],
  },
  {
    name: 'versions',
    columns: {
      id: 'text',
      version: 'integer',
      type: 'text?',
      status: 'text?',
      commitment: 'text',
      document: 'text?',
      salted: 'text?',
      order_id: 'text?',
      transaction_id: 'text',
      block: 'integer',
      position: 'integer',
      declared_at: 'text',
      creator: 'text',
    },
    key: ['id', 'version'],
  },
  {
    name: 'records',
    columns: {
      id: 'text',
      version: 'integer',
      type: 'text',
      status: 'text',
      order_id: 'text?',
      block: 'integer',
      position: 'integer',
    },
    key: ['id'],
  },
  { name: 'attachments', columns: { id: 'text', name: 'text', content: 'text' }, key: ['id', 'name'] },
  { name: 'notice_heads', columns: { order_id: 'text', msp_id: 'text', value: 'text' }, key: ['order_id', 'msp_id'] },
  { name: 'business_days', columns: { id: 'text', value: 'text' }, key: ['id'] },
  {
    name: 'disclosures',
    columns: {
      id: 'text',
      case_id: 'text',
      record_id: 'text',
      body: 'text',
      transaction_id: 'text',
      block: 'integer',
      creator: 'text',
    },
    key: ['id'],
  },
  { name: 'registry_state', columns: { key: 'text', value: 'bytes' }, key: ['key'] },
];

const INDEXES: readonly (readonly [name: string, table: string, columns: readonly string[]])[] = [
  ['transactions_id', 'transactions', ['transaction_id']],
  ['versions_order', 'versions', ['order_id', 'block', 'position']],
  ['records_newest', 'records', ['block', 'position', 'id']],
  ['records_type', 'records', ['type', 'block', 'position', 'id']],
  ['records_order', 'records', ['order_id', 'block', 'position', 'id']],
  ['disclosures_case', 'disclosures', ['case_id', 'block']],
];

export const INDEX_STEPS: readonly MigrationStep[] = [
  async (db, types) => {
    for (const table of TABLES) await createTable(db, types, table);
    for (const [name, table, columns] of INDEXES)
      await db.schema
        .createIndex(name)
        .on(table)
        .columns([...columns])
        .execute();
    await db.schema
      .createIndex('versions_missing')
      .on('versions')
      .column('id')
      .where('document' as never, 'is', null)
      .execute();
  },
  async (db, types) => {
    await createTable(db, types, {
      name: 'posted_entries',
      columns: { lane: 'text', end_to_end_id: 'text', content: 'text', segment: 'text' },
      key: ['lane', 'end_to_end_id'],
    });
    await db.schema.createIndex('posted_entries_content').on('posted_entries').column('content').execute();
    await fillPostedEntries(db as Kysely<Tables>);
  },
];

/** Segments whose entries are read at once: their texts are some hundred kilobytes each. */
const SEGMENTS_AT_ONCE = 16;

/** The entries of segments that were indexed before there was a table for them, in the ledger's order. */
async function fillPostedEntries(db: Kysely<Tables>): Promise<void> {
  let after = { block: -1, position: 0, id: '' };
  for (;;) {
    const found = await db
      .selectFrom('versions as v')
      .innerJoin('attachments as a', (join) => join.onRef('a.id', '=', 'v.id').on('a.name', '=', 'entries'))
      .select(['v.id', 'v.block', 'v.position', 'v.document', 'v.salted', 'a.content'])
      .where('v.type', '=', 'segment')
      .where('v.version', '=', (eb) => firstVersion(eb, 'v.id'))
      .where(sql<boolean>`(v.block, v.position, v.id) > (${after.block}, ${after.position}, ${after.id})`)
      .orderBy('v.block')
      .orderBy('v.position')
      .orderBy('v.id')
      .limit(SEGMENTS_AT_ONCE)
      .execute();
    const last = found.at(-1);
    if (last === undefined) return;
    after = last;
    const rows = found.flatMap(({ document, salted, content }) =>
      document === null || salted === null ? [] : storedEntryRows(document, salted, content),
    );
    for (const some of batches(rows)) {
      await db
        .insertInto('posted_entries')
        .values(some)
        .onConflict((one) => one.columns(['lane', 'end_to_end_id']).doNothing())
        .execute();
    }
  }
}
