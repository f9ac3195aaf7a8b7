import { createHash } from 'node:crypto';
import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import { Pool, types, type PoolClient } from 'pg';
import { StorageError, type StorageErrorCode } from '../../network/storage/database';
import type { Store } from './store';
import type { Tables } from './tables';

const CONNECT_TIMEOUT_MS = 5_000;
const QUERY_TIMEOUT_MS = 60_000;
const INT8 = 20;

/** The schema that holds one member's tables: readable, and different for every member whatever its name is made of. */
export function schemaOf(mspId: string): string {
  const readable = mspId
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '_')
    .slice(0, 40);
  return `concordat_${readable}_${createHash('sha256').update(mspId).digest('hex').slice(0, 8)}`;
}

/**
 * Connections to a PostgreSQL database for one member's schema.
 *
 * Nothing connects before the first query. A connection whose end was seen is not used again.
 */
export function openPool(url: string, schema: string, max: number): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    application_name: `concordat ${schema}`.slice(0, 63),
    types: {
      // Block numbers and counts are far below 2^53; as texts they would be other values than SQLite's.
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? Number : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  });
  pool.on('error', () => undefined); // an idle connection ended; the next query opens another
  pool.on('connect', (client) => {
    client.on('error', () => undefined); // the query under way tells it
  });
  return pool;
}

/**
 * Opens the member's schema in a PostgreSQL database, making it when it is absent.
 *
 * @throws StorageError UNREACHABLE, OTHER (refused, for example by its password).
 */
export async function openPostgresStore(url: string, mspId: string): Promise<Store> {
  const schema = schemaOf(mspId);
  const pool = openPool(url, schema, 10);
  const db = new Kysely<Tables>({ dialect: new PostgresPoolDialect(pool, schema) });
  try {
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`concordat ${schema} tables`}, 0))`.execute(trx);
      const found = await sql`select 1 from pg_namespace where nspname = ${schema}`.execute(trx);
      if (found.rows.length === 0) await sql`create schema ${sql.id(schema)}`.execute(trx);
    });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { dialect: 'postgres', name: schema, db, close: () => db.destroy() };
}

export class PostgresPoolDialect implements Dialect {
  readonly #pool: Pool;
  readonly #schema: string;

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  createDriver(): Driver {
    return new PostgresPoolDriver(this.#pool, this.#schema);
  }

  createAdapter(): PostgresAdapter {
    return new PostgresAdapter();
  }

  createQueryCompiler(): PostgresQueryCompiler {
    return new PostgresQueryCompiler();
  }

  createIntrospector(db: Kysely<unknown>): PostgresIntrospector {
    return new PostgresIntrospector(db);
  }
}

/** As the query builder's own, but every failure is a `StorageError`, and a broken connection leaves the pool. */
class PostgresPoolDriver implements Driver {
  readonly #pool: Pool;
  readonly #schema: string;
  /** Connections that stand in the member's schema. */
  readonly #ready = new WeakSet<PoolClient>();

  constructor(pool: Pool, schema: string) {
    this.#pool = pool;
    this.#schema = schema;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    const client = await guarded(() => this.#pool.connect());
    if (!this.#ready.has(client)) await this.#enter(client);
    return new PostgresConnection(client);
  }

  /** Before the first query, and never half: a connection in another schema would read other tables. */
  async #enter(client: PoolClient): Promise<void> {
    try {
      const settings = `SET search_path TO "${this.#schema}"; SET idle_in_transaction_session_timeout = '60s'`;
      await guarded(() => client.query(settings));
      this.#ready.add(client);
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    (connection as PostgresConnection).release();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).command('BEGIN');
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).command('COMMIT');
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as PostgresConnection).command('ROLLBACK').catch(() => undefined); // it ends with its connection
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  #isBroken = false;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  async executeQuery<R>({ sql: text, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, rowCount, command } = await this.#query(text, parameters);
    const changed = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(command) && rowCount !== null;
    return { rows: rows as R[], ...(changed ? { numAffectedRows: BigInt(rowCount) } : {}) };
  }

  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('not offered');
  }

  async command(text: string): Promise<void> {
    await this.#query(text, []);
  }

  release(): void {
    this.#client.release(this.#isBroken);
  }

  async #query(text: string, values: readonly unknown[]) {
    try {
      return await guarded(() => this.#client.query(text, [...values]));
    } catch (error) {
      this.#isBroken ||= (error as StorageError).code === 'UNREACHABLE';
      throw error;
    }
  }
}

/** @throws StorageError. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toPostgresError(error);
  }
}

/** SQLSTATE classes: 08 connection, 57P the server ends or starts, 53100 and 58030 its disk. */
const BY_STATE: readonly (readonly [StorageErrorCode, RegExp])[] = [
  ['UNREACHABLE', /^(08|57P0|25P03|53300)/],
  ['FULL', /^(53100|58030)$/],
  ['BUSY', /^(55P03|40P01|57014)$/],
  ['CORRUPT', /^XX00[12]$/],
];

/** What failed by its code alone: the server's words may hold values. */
function toPostgresError(error: unknown): StorageError {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
  if (state !== undefined) {
    const found = BY_STATE.find(([, sign]) => sign.test(state))?.[0] ?? 'OTHER';
    return new StorageError(found, `SQLSTATE ${state}`, { cause: error });
  }
  const name = typeof code === 'string' ? code : String(message ?? '');
  const isAway = /^E[A-Z]+$|terminat|timeout|timed out|not queryable|ended|closed/i.test(name);
  return new StorageError(isAway ? 'UNREACHABLE' : 'OTHER', `database: ${name}`, { cause: error });
}
