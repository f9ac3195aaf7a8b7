import { sql } from 'kysely';
import type { BusinessDay } from '../../chaincode/domain/business-day';
import type { Json } from '../../chaincode/domain/json';
import type { NoticeHead } from '../../chaincode/domain/notice-head';
import type { Skeleton } from '../../chaincode/domain/record';
import { batches } from '../database/batches';
import { migrate } from '../database/migrations';
import type { Store } from '../database/store';
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
import { toDisclosure, toTimelineEntry, toTransaction, toVersion } from './row-readers';
import { INDEX_STEPS } from './schema';

const MAX_LIMIT = 200;

/** The index of one member in its database: reading for the services, `apply` for the indexer. */
export class SqlRecordIndex implements RecordIndex {
  readonly #store: Store;
  readonly #writer: BlockWriter;
  readonly #gate: HeightGate;
  /** Told by the indexer. */
  readonly #connection: { connected: boolean; lastError: string | undefined } = {
    connected: false,
    lastError: undefined,
  };

  private constructor(store: Store, mspId: string, height: bigint) {
    this.#store = store;
    this.#writer = new BlockWriter(store, mspId);
    this.#gate = new HeightGate(height, store.dialect === 'postgres' ? () => heightOf(store) : undefined);
  }

  /** @throws StorageError; Error when the tables are of a newer version. */
  static async open(store: Store, mspId: string): Promise<SqlRecordIndex> {
    await migrate(store, 'index', INDEX_STEPS);
    return new SqlRecordIndex(store, mspId, await heightOf(store));
  }

  /** Number of the next block to apply, as far as this process knows. */
  get height(): bigint {
    return this.#gate.height;
  }

  /** Takes the next block, or passes over one that is there. @throws IndexError, StorageError; then nothing was written. */
  async apply(block: BlockWithPrivateData): Promise<void> {
    const { number } = await this.#writer.write(block);
    this.#gate.reach(number + 1n);
  }

  /** The indexer's word on its stream. */
  setConnection(connected: boolean, lastError?: string): void {
    this.#connection.connected = connected;
    this.#connection.lastError = connected ? undefined : lastError;
  }

  async record(id: string): Promise<IndexedRecord | undefined> {
    const row = await this.#current().where('r.id', '=', id).executeTakeFirst();
    return row && toVersion(row);
  }

  async records(ids: readonly string[]): Promise<readonly IndexedRecord[]> {
    const found = new Map<string, IndexedRecord>();
    for (const some of batches([...new Set(ids)])) {
      for (const row of await this.#current().where('r.id', 'in', some).execute()) found.set(row.id, toVersion(row));
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  async list({ type, orderId, status, cursor, limit }: ListRequest): Promise<Page<IndexedRecord>> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
      throw new RangeError(`limit must be 1 to ${MAX_LIMIT}`);
    let query = this.#current();
    if (type !== undefined) query = query.where('r.type', '=', type);
    if (orderId !== undefined) query = query.where('r.order_id', '=', orderId);
    if (status !== undefined) query = query.where('r.status', '=', status);
    if (cursor !== undefined) {
      const { updatedBlock, updatedTx, id } = cursor;
      query = query.where(sql<boolean>`(r.block, r.position, r.id) < (${Number(updatedBlock)}, ${updatedTx}, ${id})`);
    }
    const rows = await query
      .orderBy('r.block', 'desc')
      .orderBy('r.position', 'desc')
      .orderBy('r.id', 'desc')
      .limit(limit + 1)
      .execute();
    const items = rows.slice(0, limit).map(toVersion);
    const last = items.at(-1);
    if (rows.length <= limit || last === undefined) return { items };
    return { items, next: { updatedBlock: String(last.blockNumber), updatedTx: last.txNumber, id: last.id } };
  }

  async versions(id: string): Promise<readonly IndexedVersion[]> {
    const rows = await this.#store.db
      .selectFrom('versions')
      .selectAll()
      .where('id', '=', id)
      .where('document', 'is not', null)
      .orderBy('version')
      .execute();
    return rows.map(toVersion);
  }

  async timeline(orderId: string): Promise<readonly TimelineEntry[]> {
    const rows = await this.#store.db
      .selectFrom('versions as v')
      .leftJoin('versions as p', (join) => join.onRef('p.id', '=', 'v.id').on(sql<boolean>`p.version = v.version - 1`))
      .selectAll('v')
      .select('p.status as previous_status')
      .where('v.order_id', '=', orderId)
      .orderBy('v.block')
      .orderBy('v.position')
      .orderBy('v.id')
      .execute();
    return rows.map(toTimelineEntry);
  }

  async businessDay(id: string): Promise<BusinessDay | undefined> {
    const row = await this.#store.db
      .selectFrom('business_days')
      .select('value')
      .where('id', '=', id)
      .executeTakeFirst();
    return row && (JSON.parse(row.value) as BusinessDay);
  }

  async businessDays(): Promise<readonly BusinessDay[]> {
    const rows = await this.#store.db.selectFrom('business_days').select('value').orderBy('id').execute();
    return rows.map(({ value }) => JSON.parse(value) as BusinessDay);
  }

  async noticeHeads(orderId: string): Promise<readonly NoticeHead[]> {
    const rows = await this.#store.db
      .selectFrom('notice_heads')
      .select('value')
      .where('order_id', '=', orderId)
      .orderBy('msp_id')
      .execute();
    return rows.map(({ value }) => JSON.parse(value) as NoticeHead);
  }

  async attachment(id: string, name: string): Promise<Json | undefined> {
    const row = await this.#store.db
      .selectFrom('attachments')
      .select('content')
      .where('id', '=', id)
      .where('name', '=', name)
      .executeTakeFirst();
    return row && (JSON.parse(row.content) as Json);
  }

  async disclosures(caseId: string): Promise<readonly IndexedDisclosure[]> {
    const rows = await this.#store.db
      .selectFrom('disclosures')
      .selectAll()
      .where('case_id', '=', caseId)
      .orderBy('block')
      .orderBy('id')
      .execute();
    return rows.map(toDisclosure);
  }

  async skeleton(id: string): Promise<Skeleton | undefined> {
    const row = await this.#store.db.selectFrom('skeletons').selectAll().where('id', '=', id).executeTakeFirst();
    return row && { ...row, participants: JSON.parse(row.participants) as string[] };
  }

  async registryValue(key: string): Promise<Uint8Array | undefined> {
    const row = await this.#store.db
      .selectFrom('registry_state')
      .select('value')
      .where('key', '=', key)
      .executeTakeFirst();
    return row?.value;
  }

  async registryValues(prefix: string): Promise<readonly { readonly key: string; readonly value: Uint8Array }[]> {
    return this.#store.db
      .selectFrom('registry_state')
      .selectAll()
      .where(sql<boolean>`substr(key, 1, ${sql.lit(prefix.length)}) = ${prefix}`)
      .orderBy('key')
      .execute();
  }

  async transaction(transactionId: string): Promise<IndexedTransaction | undefined> {
    const row = await this.#store.db
      .selectFrom('transactions')
      .selectAll()
      .where('transaction_id', '=', transactionId)
      .orderBy('block')
      .orderBy('position')
      .limit(1)
      .executeTakeFirst();
    return row && toTransaction(row);
  }

  async block(number: bigint): Promise<IndexedBlock | undefined> {
    const row = await this.#store.db
      .selectFrom('blocks')
      .selectAll()
      .where('number', '=', Number(number))
      .executeTakeFirst();
    return row && { number, hash: row.hash, previousHash: row.previous_hash, rowsDigest: row.rows_digest };
  }

  async state(): Promise<IndexState> {
    const missing = await this.#store.db
      .selectFrom('versions')
      .select(({ fn }) => fn.countAll<number | string>().as('n'))
      .where('document', 'is', null)
      .executeTakeFirst();
    return {
      height: this.height,
      genesisHash: (await this.block(0n))?.hash,
      missingBodies: Number(missing?.n ?? 0),
      ...this.#connection,
    };
  }

  waitForHeight(block: bigint, timeoutMs?: number): Promise<void> {
    return this.#gate.wait(block, timeoutMs);
  }

  async waitForRecord(id: string, minVersion: number, timeoutMs = 30_000): Promise<IndexedRecord> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const { height } = this;
      const record = await this.record(id);
      if (record !== undefined && record.version >= minVersion) return record;
      await this.#gate.wait(height, Math.max(1, until - Date.now()));
    }
  }

  #current() {
    return this.#store.db
      .selectFrom('records as r')
      .innerJoin('versions as v', (join) => join.onRef('v.id', '=', 'r.id').onRef('v.version', '=', 'r.version'))
      .selectAll('v');
  }
}

/** Number of the next block, as the checkpoint says. */
async function heightOf({ db }: Store): Promise<bigint> {
  const last = await db.selectFrom('blocks').select('number').orderBy('number', 'desc').limit(1).executeTakeFirst();
  return last === undefined ? 0n : BigInt(last.number) + 1n;
}
