import {
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { Database, SqlValue, Statement } from '../../network/storage/database';
import type { Store } from './store';
import type { Tables } from './tables';

/** The query builder over an open SQLite file, whichever of the two drivers opened it; closing closes the file. */
export function sqliteStore(database: Database): Store {
  const db = new Kysely<Tables>({ dialect: new SqliteFileDialect(database) });
  return { dialect: 'sqlite', name: database.path, db, close: () => db.destroy() };
}

class SqliteFileDialect implements Dialect {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  createDriver(): Driver {
    return new SqliteFileDriver(this.#database);
  }

  createAdapter(): SqliteAdapter {
    return new SqliteAdapter();
  }

  createQueryCompiler(): SqliteQueryCompiler {
    return new SqliteQueryCompiler();
  }

  createIntrospector(db: Kysely<unknown>): SqliteIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** One connection, handed from one user to the next: a file has no second one. */
class SqliteFileDriver implements Driver {
  readonly #database: Database;
  readonly #connection: SqliteFileConnection;
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;

  constructor(database: Database) {
    this.#database = database;
    this.#connection = new SqliteFileConnection(database);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  async beginTransaction(): Promise<void> {
    this.#database.exec('BEGIN IMMEDIATE');
  }

  async commitTransaction(): Promise<void> {
    this.#database.exec('COMMIT');
  }

  async rollbackTransaction(): Promise<void> {
    try {
      this.#database.exec('ROLLBACK');
    } catch {
      // A full disk has ended the transaction already; whoever failed tells why.
    }
  }

  async destroy(): Promise<void> {
    this.#database.close();
  }
}

class SqliteFileConnection implements DatabaseConnection {
  readonly #database: Database;
  /** The texts are few: they differ by filters and by steps of batch sizes, never by values. */
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const values = parameters as readonly SqlValue[];
    if (/^(create|alter|drop) /i.test(sql)) {
      this.#database.exec(sql); // a statement kept ready would hold the tables as they were
      return { rows: [] };
    }
    if (/^(select|with) | returning "/i.test(sql)) return { rows: this.#prepared(sql).all(...values) as R[] };
    return { numAffectedRows: BigInt(this.#prepared(sql).run(...values).changes), rows: [] };
  }

  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('not offered');
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}
