import { sql, type ColumnDataType, type Kysely, type RawBuilder } from 'kysely';
import type { Store } from './store';

/** Names of column types in the dialect at hand. */
export interface ColumnTypes {
  /** Compared byte by byte in both dialects, so that lists come in one order. */
  readonly text: ColumnDataType | RawBuilder<unknown>;
  readonly integer: ColumnDataType;
  readonly bytes: ColumnDataType;
}

/** One step of one component's tables, written once for both dialects. */
export type MigrationStep = (db: Kysely<unknown>, types: ColumnTypes) => Promise<void>;

const SQLITE: ColumnTypes = { text: 'text', integer: 'integer', bytes: 'blob' };
const POSTGRES: ColumnTypes = { text: sql`text collate "C"`, integer: 'bigint', bytes: 'bytea' };

/**
 * Brings one component's tables to their newest form; each step runs once, in order, in one transaction with its mark.
 *
 * Steps are only ever added: a changed old step would leave two gateways with different tables under one number. The
 * processes of one member take turns, by an advisory lock.
 * @throws Error when the tables were made by a newer version than this one; StorageError.
 */
export async function migrate(store: Store, component: string, steps: readonly MigrationStep[]): Promise<void> {
  const types = store.dialect === 'sqlite' ? SQLITE : POSTGRES;
  await store.db.transaction().execute(async (trx) => {
    if (store.dialect === 'postgres') {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`concordat ${store.name} tables`}, 0))`.execute(trx);
    }
    await trx.schema
      .createTable('schema_versions')
      .ifNotExists()
      .addColumn('component', types.text, (column) => column.primaryKey())
      .addColumn('version', types.integer, (column) => column.notNull())
      .execute();
    const row = await trx
      .selectFrom('schema_versions')
      .select('version')
      .where('component', '=', component)
      .executeTakeFirst();
    const done = row?.version ?? 0;
    if (done > steps.length)
      throw new Error(`${store.name}: ${component} has version ${done}, this program knows ${steps.length}`);
    if (done === steps.length) return;
    for (const step of steps.slice(done)) await step(trx as unknown as Kysely<unknown>, types);
    await trx
      .insertInto('schema_versions')
      .values({ component, version: steps.length })
      .onConflict((conflict) => conflict.column('component').doUpdateSet({ version: steps.length }))
      .execute();
  });
}

/** A table whose columns are given by name as `text`, `integer` or `bytes`, with `?` where null may stand. */
export async function createTable(
  db: Kysely<unknown>,
  types: ColumnTypes,
  { name, columns, key }: TableDescription,
): Promise<void> {
  let table = db.schema.createTable(name);
  for (const [column, type] of Object.entries(columns)) {
    const isOptional = type.endsWith('?');
    const dataType = types[type.replace('?', '') as keyof ColumnTypes];
    table = table.addColumn(column, dataType, (one) => (isOptional ? one : one.notNull()));
  }
  await table.addPrimaryKeyConstraint(`${name}_key`, key as never[]).execute();
}

export interface TableDescription {
  readonly name: string;
  readonly columns: Readonly<Record<string, `${keyof ColumnTypes}${'' | '?'}`>>;
  readonly key: readonly string[];
}
