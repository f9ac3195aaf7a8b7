import type { Database, SqlRow, Statement } from '../../storage/database';
import { bytesOfStateKey, stateKeyOfBytes, type StateKey } from './state-key';
import {
  valueAfter,
  type KeyRange,
  type StateEntry,
  type StateReader,
  type UpdateBatch,
  type VersionedValue,
} from './state';

const COLUMNS = 'key, value, metadata, block, tx';

/** Answers kept in memory: how many, and the largest value among them. */
const KEPT_ANSWERS = 4_096,
  KEPT_VALUE_BYTES = 4_096;

/**
 * The current state as rows of one table: the key's bytes, value, metadata and version.
 *
 * Several members' peers ask for the same few keys within one transaction, mostly for ones that are not there yet, so
 * recent answers are kept. A write forgets the answer for its key, whether or not its database transaction succeeds.
 */
export class StateTable implements StateReader {
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #answers = new Map<string, VersionedValue | undefined>();
  readonly #ranges: Record<'open' | 'before' | 'upTo', Statement>;

  constructor(database: Database, table: string) {
    database.exec(`CREATE TABLE IF NOT EXISTS ${table} (namespace TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
      metadata BLOB, block INTEGER NOT NULL, tx INTEGER NOT NULL, PRIMARY KEY (namespace, key)) WITHOUT ROWID`);
    const select = `SELECT ${COLUMNS} FROM ${table} WHERE namespace = ?`;
    this.#get = database.prepare(`${select} AND key = ?`);
    this.#put = database.prepare(`INSERT OR REPLACE INTO ${table} (namespace, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`);
    this.#delete = database.prepare(`DELETE FROM ${table} WHERE namespace = ? AND key = ?`);
    this.#ranges = {
      open: database.prepare(`${select} AND key >= ? ORDER BY key LIMIT ?`),
      before: database.prepare(`${select} AND key >= ? AND key < ? ORDER BY key LIMIT ?`),
      upTo: database.prepare(`${select} AND key >= ? AND key <= ? ORDER BY key LIMIT ?`),
    };
  }

  get(namespace: string, key: StateKey): VersionedValue | undefined {
    const id = answerId(namespace, key);
    const answer = this.#answers.get(id);
    if (answer || this.#answers.has(id)) return answer;
    const row = this.#get.get(namespace, bytesOfStateKey(key));
    return this.#keep(id, row && toVersionedValue(row));
  }

  range({ namespace, start, end, includeEnd }: KeyRange, limit: number): StateEntry[] {
    const from = bytesOfStateKey(start);
    if (end === '') return this.#ranges.open.all(namespace, from, limit).map(toStateEntry);
    const statement = includeEnd ? this.#ranges.upTo : this.#ranges.before;
    return statement.all(namespace, from, bytesOfStateKey(end), limit).map(toStateEntry);
  }

  /** Writes a batch; the caller runs it inside its transaction. */
  apply(batch: UpdateBatch): void {
    for (const [namespace, entries] of batch) {
      for (const [key, change] of entries) {
        this.#answers.delete(answerId(namespace, key));
        const held = valueAfter(change);
        if (held) this.#write(namespace, key, held);
        else this.#delete.run(namespace, bytesOfStateKey(key));
      }
    }
  }

  #keep(id: string, held: VersionedValue | undefined): VersionedValue | undefined {
    if (held && held.value.length > KEPT_VALUE_BYTES) return held;
    if (this.#answers.size >= KEPT_ANSWERS) this.#answers.clear();
    this.#answers.set(id, held);
    return held;
  }

  #write(namespace: string, key: StateKey, { value, metadata, version }: VersionedValue): void {
    this.#put.run(namespace, bytesOfStateKey(key), value, metadata, version.blockNumber, version.txNumber);
  }
}

function answerId(namespace: string, key: StateKey): string {
  return `${namespace}\u0000${key}`;
}

function toVersionedValue(row: SqlRow): VersionedValue {
  return {
    value: row['value'] as Uint8Array,
    metadata: row['metadata'] as Uint8Array | null,
    version: { blockNumber: Number(row['block']), txNumber: Number(row['tx']) },
  };
}

function toStateEntry(row: SqlRow): StateEntry {
  return { key: stateKeyOfBytes(row['key'] as Uint8Array), ...toVersionedValue(row) };
}
