import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Database, Statement } from '../../../network/storage/database';
import { openDatabase } from '../../../network/storage/open-database';
import type { BookEntry } from '../book-entry';

/** Entries in one row of a work table: few enough to read one, enough that a million are few rows. */
export const BLOCK = 16;

export type SideName = 'ours' | 'theirs';

/**
 * One side's entries in full, in the order they were read, outside of memory.
 *
 * The port is as narrow as it can be, so that other databases can stand behind it: rows of `BLOCK` entries, written
 * once from the first to the last, read by number.
 */
export interface WorkTable {
  /** The rows are the caller's again when this resolves. */
  append(rows: readonly Uint8Array[]): Promise<void>;
  read(row: number): Promise<Uint8Array>;
  /** Ends the use; `remove` deletes what was written. */
  close(options: { readonly remove: boolean }): Promise<void>;
}

/** Where work tables lie, as plain data that another thread can open them by. */
export type WorkPlace = { readonly kind: 'sqlite'; readonly folder: string } | PostgresPlace;

/** `run` keeps the tables of two runs apart. */
export interface PostgresPlace {
  readonly kind: 'postgres';
  readonly url: string;
  readonly run: string;
}

/** Opens one side's table, making it when it is absent. @throws StorageError. */
export async function openWorkTable(place: WorkPlace, side: SideName): Promise<WorkTable> {
  if (place.kind === 'postgres') {
    const { openPostgresWorkTable } = await import('../../database/postgres-work-table.js');
    return openPostgresWorkTable(place.url, `${place.run}_${side}`);
  }
  mkdirSync(place.folder, { recursive: true });
  return new SqliteWorkTable(join(place.folder, `${side}.sqlite`));
}

class SqliteWorkTable implements WorkTable {
  readonly #database: Database;
  readonly #insert: Statement;
  readonly #select: Statement;

  constructor(path: string) {
    this.#database = openDatabase(path, { durability: 'process' });
    // Made anew in every run: nothing is lost with it, so nothing is journalled or pressed to the disk.
    this.#database.exec('PRAGMA journal_mode=OFF');
    this.#database.exec('PRAGMA synchronous=OFF');
    this.#database.exec('PRAGMA cache_size=-2000');
    this.#database.exec('CREATE TABLE IF NOT EXISTS entries (row INTEGER PRIMARY KEY, body BLOB NOT NULL)');
    this.#insert = this.#database.prepare('INSERT INTO entries (body) VALUES (?)');
    this.#select = this.#database.prepare('SELECT body FROM entries WHERE row = ?');
  }

  async append(rows: readonly Uint8Array[]): Promise<void> {
    this.#database.transaction(() => {
      for (const row of rows) this.#insert.run(row);
    });
  }

  async read(row: number): Promise<Uint8Array> {
    const found = this.#select.get(row + 1)?.['body'];
    if (!(found instanceof Uint8Array)) throw new Error(`the work table has no row ${row}`);
    return found;
  }

  async close({ remove }: { readonly remove: boolean }): Promise<void> {
    const { path } = this.#database;
    this.#database.close();
    if (!remove) return;
    const { rmSync } = await import('node:fs');
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
  }
}

/** One entry as a work table holds it, without its place: a JSON line, amounts as decimal texts. */
export function encodeEntry(entry: BookEntry): string {
  const { references, remittance, currency, amountMinor, direction, status, bookingDate, valueDate } = entry;
  const documents = remittance.map(({ reference, amountMinor: part }) => [
    reference,
    part === null ? null : String(part),
  ]);
  return (
    `[${quoted(entry.entryRef)},${quoted(entry.uetr)},${quoted(entry.endToEndId)},` +
    `${references.length === 0 ? '[]' : JSON.stringify(references)},` +
    `${documents.length === 0 ? '[]' : JSON.stringify(documents)},` +
    `"${currency}","${amountMinor}","${direction}","${status}",${entry.isReversal ? 1 : 0},` +
    `"${bookingDate}","${valueDate}",${quoted(entry.party)},${quoted(entry.text)}]`
  );
}

/** Texts of which JSON changes nothing. */
const UNESCAPED = /^[ !#-[\]-~]*$/;

function quoted(text: string | null): string {
  if (text === null) return 'null';
  return UNESCAPED.test(text) ? `"${text}"` : JSON.stringify(text);
}

type Encoded = [
  string | null,
  string | null,
  string | null,
  string[],
  [string, string | null][],
  string,
  string,
  BookEntry['direction'],
  BookEntry['status'],
  0 | 1,
  string,
  string,
  string | null,
  string,
];

/** The entry of `encodeEntry` at its place. */
export function decodeEntry(text: string, line: number): BookEntry {
  const values = JSON.parse(text) as Encoded;
  return {
    line,
    entryRef: values[0],
    uetr: values[1],
    endToEndId: values[2],
    references: values[3],
    remittance: values[4].map(([reference, part]) => ({ reference, amountMinor: part === null ? null : BigInt(part) })),
    currency: values[5],
    amountMinor: BigInt(values[6]),
    direction: values[7],
    status: values[8],
    isReversal: values[9] === 1,
    bookingDate: values[10],
    valueDate: values[11],
    party: values[12],
    text: values[13],
  };
}
