import type { BusinessDay } from '../../chaincode/domain/business-day';
import type { Json } from '../../chaincode/domain/json';
import type { NoticeHead } from '../../chaincode/domain/notice-head';
import type { Skeleton } from '../../chaincode/domain/record';
import type { Database, SqlRow, SqlValue, Statement } from '../../network/storage/database';
import type { BlockWithPrivateData } from '../ports/ledger-port';
import type {
  IndexedBlock,
  IndexedDisclosure,
  IndexedRecord,
  IndexedTransaction,
  IndexedVersion,
  IndexState,
  ListRequest,
  Page,
  RecordIndex,
  TimelineEntry,
} from '../ports/record-index';
import { BlockWriter } from './block-writer';
import { HeightGate } from './height-gate';
import { migrate } from './migrations';
import { toDisclosure, toTimelineEntry, toTransaction, toVersion } from './row-readers';
import { INDEX_STEPS } from './schema';

const VERSION_COLUMNS = `v.id, v.version, v.type, v.status, v.commitment, v.document, v.salted, v.order_id,
  v.transaction_id,   v.block, v.position, v.declared_at, v.creator`;
const MAX_LIMIT = 200;

/** The index of one member in one SQLite file: reading for the services, `apply` for the indexer. */
export class SqliteRecordIndex implements RecordIndex {
  readonly #database: Database;
  readonly #writer: BlockWriter;
  readonly #gate: HeightGate;
  readonly #statements = new Map<string, Statement>();
  /** Told by the indexer. */
  readonly #connection: { connected: boolean; lastError: string | undefined } = {
    connected: false,
    lastError: undefined,
  };

  constructor(database: Database, mspId: string) {
    migrate(database, 'index', INDEX_STEPS);
    this.#database = database;
    this.#writer = new BlockWriter(database, mspId);
    const last = this.#one('SELECT MAX(number) AS number FROM blocks')?.['number'];
    this.#gate = new HeightGate(last === null || last === undefined ? 0n : BigInt(last as number) + 1n);
  }

  /** Number of the next block to apply. */
  get height(): bigint {
    return this.#gate.height;
  }

  /** Takes the next block. @throws IndexError; then nothing was written. */
  apply(block: BlockWithPrivateData): void {
    const { number } = this.#writer.write(block);
    this.#gate.reach(number + 1n);
  }

  /** The indexer's word on its stream. */
  setConnection(connected: boolean, lastError?: string): void {
    this.#connection.connected = connected;
    this.#connection.lastError = connected ? undefined : lastError;
  }

  record(id: string): IndexedRecord | undefined {
    const row = this.#one(
      `SELECT ${VERSION_COLUMNS} FROM records r JOIN versions v ON v.id = r.id AND v.version = r.version
      WHERE r.id = ?`,
      id,
    );
    return row && toVersion(row);
  }

  list({ type, orderId, status, cursor, limit }: ListRequest): Page<IndexedRecord> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new RangeError(`limit must be 1 to ${MAX_LIMIT}`);
    const filters: [string, SqlValue[]][] = [];
    if (type !== undefined) filters.push(['r.type = ?', [type]]);
    if (orderId !== undefined) filters.push(['r.order_id = ?', [orderId]]);
    if (status !== undefined) filters.push(['r.status = ?', [status]]);
    if (cursor !== undefined) {
      filters.push([
        '(r.block, r.position, r.id) < (?, ?, ?)',
        [Number(cursor.updatedBlock), cursor.updatedTx, cursor.id],
      ]);
    }
    const where = filters.length === 0 ? '' : `WHERE ${filters.map(([sql]) => sql).join(' AND ')}`;
    const rows = this.#all(
      `SELECT ${VERSION_COLUMNS} FROM records r JOIN versions v ON v.id = r.id AND v.version = r.version
      ${where} ORDER BY r.block DESC, r.position DESC, r.id DESC LIMIT ?`,
      ...filters.flatMap(([, values]) => values),
      limit + 1,
    );
    const items = rows.slice(0, limit).map(toVersion);
    const last = items.at(-1);
    if (rows.length <= limit || last === undefined) return { items };
    return { items, next: { updatedBlock: String(last.blockNumber), updatedTx: last.txNumber, id: last.id } };
  }

  versions(id: string): readonly IndexedVersion[] {
    return this.#all(
      `SELECT ${VERSION_COLUMNS} FROM versions v WHERE v.id = ? AND v.document IS NOT NULL ORDER BY v.version`,
      id,
    ).map(toVersion);
  }

  timeline(orderId: string): readonly TimelineEntry[] {
    return this.#all(
      `SELECT v.*, p.status AS previous_status FROM versions v
      LEFT JOIN versions p ON p.id = v.id AND p.version = v.version - 1
      WHERE v.order_id = ? ORDER BY v.block, v.position, v.id`,
      orderId,
    ).map(toTimelineEntry);
  }

  businessDay(id: string): BusinessDay | undefined {
    return this.#json('SELECT value FROM business_days WHERE id = ?', id) as BusinessDay | undefined;
  }

  businessDays(): readonly BusinessDay[] {
    return this.#all('SELECT value FROM business_days ORDER BY id').map(
      ({ value }) => JSON.parse(value as string) as BusinessDay,
    );
  }

  noticeHeads(orderId: string): readonly NoticeHead[] {
    return this.#all('SELECT value FROM notice_heads WHERE order_id = ? ORDER BY msp_id', orderId).map(
      ({ value }) => JSON.parse(value as string) as NoticeHead,
    );
  }

  attachment(id: string, name: string): Json | undefined {
    return this.#json('SELECT content AS value FROM attachments WHERE id = ? AND name = ?', id, name) as
      Json | undefined;
  }

  disclosures(caseId: string): readonly IndexedDisclosure[] {
    return this.#all('SELECT * FROM disclosures WHERE case_id = ? ORDER BY block, id', caseId).map(toDisclosure);
  }

  skeleton(id: string): Skeleton | undefined {
    const row = this.#one('SELECT * FROM skeletons WHERE id = ?', id);
    return (
      row && {
        commitment: row['commitment'] as string,
        id,
        participants: JSON.parse(row['participants'] as string) as string[],
        previous: row['previous'] as string | null,
        version: Number(row['version']),
      }
    );
  }

  registryValue(key: string): Uint8Array | undefined {
    return this.#one('SELECT value FROM registry_state WHERE key = ?', key)?.['value'] as Uint8Array | undefined;
  }

  registryValues(prefix: string): readonly { readonly key: string; readonly value: Uint8Array }[] {
    return this.#all(
      'SELECT key, value FROM registry_state WHERE substr(key, 1, ?) = ? ORDER BY key',
      prefix.length,
      prefix,
    ).map(({ key, value }) => ({ key: key as string, value: value as Uint8Array }));
  }

  transaction(transactionId: string): IndexedTransaction | undefined {
    const row = this.#one(
      'SELECT * FROM transactions WHERE transaction_id = ? ORDER BY block, position LIMIT 1',
      transactionId,
    );
    return row && toTransaction(row);
  }

  block(number: bigint): IndexedBlock | undefined {
    const row = this.#one('SELECT * FROM blocks WHERE number = ?', Number(number));
    return (
      row && {
        number,
        hash: row['hash'] as string,
        previousHash: row['previous_hash'] as string,
        rowsDigest: row['rows_digest'] as string,
      }
    );
  }

  state(): IndexState {
    const missing = this.#one('SELECT COUNT(*) AS n FROM versions WHERE document IS NULL')?.['n'];
    return {
      height: this.height,
      genesisHash: this.block(0n)?.hash,
      missingBodies: Number(missing),
      ...this.#connection,
    };
  }

  waitForHeight(block: bigint, timeoutMs?: number): Promise<void> {
    return this.#gate.wait(block, timeoutMs);
  }

  async waitForRecord(id: string, minVersion: number, timeoutMs = 30_000): Promise<IndexedRecord> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const record = this.record(id);
      if (record !== undefined && record.version >= minVersion) return record;
      await this.#gate.wait(this.height, Math.max(1, until - Date.now()));
    }
  }

  #json(sql: string, ...values: SqlValue[]): unknown {
    const value = this.#one(sql, ...values)?.['value'];
    return value === undefined ? undefined : JSON.parse(value as string);
  }

  #one(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#prepared(sql).get(...values);
  }

  #all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#prepared(sql).all(...values);
  }

  /** The texts are few: they differ by filters, never by values. */
  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}
