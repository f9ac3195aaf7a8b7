import { Kysely, sql } from 'kysely';
import type { WorkTable } from '../reconciliation/matching/work-tables';
import { openPool, PostgresPoolDialect } from './postgres-store';

interface WorkTables {
  readonly entries: { readonly row: number; readonly body: Uint8Array };
}

/** Rows of one insert: far below the protocol's 65,535 parameters. */
const ROWS_AT_ONCE = 200;

/**
 * Opens one side's work table in a schema of its own, making it when it is absent.
 *
 * @throws StorageError UNREACHABLE, OTHER.
 */
export async function openPostgresWorkTable(url: string, name: string): Promise<WorkTable> {
  const schema = `concordat_work_${name}`;
  const pool = openPool(url, schema, 2);
  const db = new Kysely<WorkTables>({ dialect: new PostgresPoolDialect(pool, schema) });
  try {
    await sql`create schema if not exists ${sql.id(schema)}`.execute(db);
    // Made anew in every run: nothing is lost with it, so it is not written ahead.
    await sql`create unlogged table if not exists ${sql.id(schema, 'entries')} (row integer primary key, body bytea not null)`.execute(
      db,
    );
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new PostgresWorkTable(db, schema);
}

class PostgresWorkTable implements WorkTable {
  readonly #db: Kysely<WorkTables>;
  readonly #schema: string;
  #next = 0;

  constructor(db: Kysely<WorkTables>, schema: string) {
    this.#db = db;
    this.#schema = schema;
  }

  async append(rows: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const values = rows.slice(at, at + ROWS_AT_ONCE).map((body) => ({ row: this.#next++, body }));
      await this.#db.withSchema(this.#schema).insertInto('entries').values(values).execute();
    }
  }

  async read(row: number): Promise<Uint8Array> {
    const found = await this.#db
      .withSchema(this.#schema)
      .selectFrom('entries')
      .select('body')
      .where('row', '=', row)
      .executeTakeFirst();
    if (found === undefined) throw new Error(`the work table has no row ${row}`);
    return found.body;
  }

  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    if (remove) await sql`drop schema if exists ${sql.id(this.#schema)} cascade`.execute(this.#db);
    await this.#db.destroy();
  }
}
