import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables';

/** One member's tables behind the query builder, in a SQLite file or in a schema of a PostgreSQL database. */
export interface Store {
  readonly dialect: StoreDialect;
  /** A file's path, or a schema's name; never an address, which holds a password. */
  readonly name: string;
  readonly db: Kysely<Tables>;
  close(): Promise<void>;
}

export type StoreDialect = 'sqlite' | 'postgres';

/** Where a query runs: on its own, or as a part of a transaction. */
export type Queries = Kysely<Tables> | Transaction<Tables>;
