import { createTable, type MigrationStep, type TableDescription } from '../database/migrations';

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
];
