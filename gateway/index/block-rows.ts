import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { batches } from '../database/batches';
import type { Queries } from '../database/store';
import type { Tables } from '../database/tables';

/** Key of each table, and what a row does to one that stands under it already. */
const RULES = {
  blocks: { key: ['number'], repeat: 'refused' },
  transactions: { key: ['block', 'position'], repeat: 'refused' },
  skeletons: { key: ['id'], repeat: 'replaces' },
  versions: { key: ['id', 'version'], repeat: 'refused' },
  records: { key: ['id'], repeat: 'replaces' },
  attachments: { key: ['id', 'name'], repeat: 'replaces' },
  notice_heads: { key: ['order_id', 'msp_id'], repeat: 'replaces' },
  business_days: { key: ['id'], repeat: 'replaces' },
  disclosures: { key: ['id'], repeat: 'ignored' },
  registry_state: { key: ['key'], repeat: 'replaces' },
  posted_entries: { key: ['lane', 'end_to_end_id'], repeat: 'ignored' },
} as const satisfies Partial<
  Record<keyof Tables, { key: readonly string[]; repeat: 'refused' | 'replaces' | 'ignored' }>
>;

type IndexTable = keyof typeof RULES;
type Row = Readonly<Record<string, string | number | Uint8Array | null>>;
type AnyTables = Kysely<Record<string, Record<string, unknown>>>;

/**
 * What one block does to the tables, gathered so that it is written with few statements.
 *
 * The digest runs over the rows in the ledger's order, whatever statements they end in: two indexes that saw the same
 * blocks have the same one, in either dialect.
 */
export class BlockRows {
  readonly #tables = new Map<IndexTable, Map<string, Row | null>>();
  readonly #digest;

  constructor(digestBefore: string) {
    this.#digest = createHash('sha256').update(digestBefore);
  }

  put<T extends IndexTable>(table: T, row: Tables[T]): void {
    const clean = withoutNul(row as Row);
    this.#told(table, Object.values(clean));
    this.#keep(table, clean);
  }

  /** A row that follows from others, which the digest runs over already. */
  derive<T extends IndexTable>(table: T, row: Tables[T]): void {
    this.#keep(table, withoutNul(row as Row));
  }

  #keep(table: IndexTable, clean: Row): void {
    const { key, repeat } = RULES[table];
    const rows = this.#rows(table);
    const name = JSON.stringify(key.map((column) => clean[column]));
    if (repeat === 'ignored' && rows.has(name)) return;
    rows.set(name, clean);
  }

  /** Removes a row by its key; a later `put` brings it back. */
  remove(table: 'records' | 'registry_state', key: string): void {
    this.#told(`-${table}`, [key]);
    this.#rows(table).set(JSON.stringify([key]), null);
  }

  /** Digest over the rows so far and a last text. */
  digest(last: string): string {
    return this.#digest.copy().update(last).digest('hex');
  }

  async write(queries: Queries): Promise<void> {
    const db = queries as unknown as AnyTables;
    for (const [table, rows] of this.#tables) {
      const removed = [...rows].flatMap(([name, row]) => (row === null ? (JSON.parse(name) as [string]) : []));
      const [key] = RULES[table].key;
      for (const keys of batches(removed)) await db.deleteFrom(table).where(key, 'in', keys).execute();
      const present = [...rows.values()].filter((row) => row !== null);
      for (const batch of batches(present)) await insert(db, table, batch);
    }
  }

  #rows(table: IndexTable): Map<string, Row | null> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, (rows = new Map()));
    return rows;
  }

  #told(table: string, values: readonly Row[string][]): void {
    this.#digest.update(`${table}\n`);
    for (const value of values)
      this.#digest.update(value instanceof Uint8Array ? value : `${typeof value}:${String(value)}\n`);
  }
}

async function insert(db: AnyTables, table: IndexTable, rows: readonly Row[]): Promise<void> {
  const { key, repeat } = RULES[table];
  const statement = db.insertInto(table).values([...rows]);
  if (repeat === 'refused') await statement.execute();
  else if (repeat === 'ignored') await statement.onConflict((one) => one.columns([...key]).doNothing()).execute();
  else {
    const others = Object.keys(rows[0] as Row).filter((column) => !(key as readonly string[]).includes(column));
    await statement
      .onConflict((one) =>
        one
          .columns([...key])
          .doUpdateSet((eb) => Object.fromEntries(others.map((column) => [column, eb.ref(`excluded.${column}`)]))),
      )
      .execute();
  }
}

/** PostgreSQL refuses NUL in a text, and a stranger's text must never stop the index. */
function withoutNul(row: Row): Row {
  if (!Object.values(row).some((value) => typeof value === 'string' && value.includes('\0'))) return row;
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value,
    ]),
  );
}
