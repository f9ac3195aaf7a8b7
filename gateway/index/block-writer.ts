import { createHash } from 'node:crypto';
import { canonicalJson } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { Json } from '../../chaincode/domain/json';
import type { Database, SqlValue, Statement } from '../../network/storage/database';
import type { BlockWithPrivateData, PrivateWrite } from '../ports/ledger-port';
import { readBlock, type ReadBlock, type ReadTransaction } from './block-reader';
import { IndexError } from './index-error';
import { PrivateValues } from './private-values';
import { transactionRows, type TransactionRows, type VersionRow } from './transaction-rows';

type Place = { readonly block: number; readonly transaction: ReadTransaction };

/**
 * Puts one block into the tables: rows and checkpoint in one SQL transaction, so that a kill leaves neither gap nor
 * repeat.
 */
export class BlockWriter {
  readonly #database: Database;
  readonly #mspId: string;
  readonly #statements = new Map<string, Statement>();
  /** Runs over every row written for the block at hand. */
  #digest = createHash('sha256');

  constructor(database: Database, mspId: string) {
    this.#database = database;
    this.#mspId = mspId;
  }

  /** @throws IndexError of `readBlock`, BLOCK_GAP, CHAIN_BROKEN; then nothing was written. */
  write({ bytes, privateWrites }: BlockWithPrivateData): ReadBlock {
    const block = readBlock(bytes);
    this.#database.transaction(() => {
      const last = this.#get('SELECT number, hash, rows_digest FROM blocks ORDER BY number DESC LIMIT 1');
      const height = last === undefined ? 0n : BigInt(last['number'] as number) + 1n;
      if (block.number !== height) throw new IndexError('BLOCK_GAP', block.number);
      if (last !== undefined && last['hash'] !== block.previousHash) throw new IndexError('CHAIN_BROKEN', block.number);
      this.#digest = createHash('sha256').update(String(last?.['rows_digest'] ?? ''));
      const number = Number(block.number);
      for (const transaction of block.transactions) {
        this.#transaction({ block: number, transaction }, privateWrites.get(transaction.position) ?? []);
      }
      this.#insert(
        'INSERT INTO blocks VALUES (?, ?, ?, ?)',
        number,
        block.hash,
        block.previousHash,
        this.#digest.copy().update(block.hash).digest('hex'),
      );
    });
    return block;
  }

  #transaction(place: Place, held: readonly PrivateWrite[]): void {
    const { position, transactionId, code, creatorMspId, declaredAt, namespaces } = place.transaction;
    this.#insert(
      'INSERT INTO transactions VALUES (?, ?, ?, ?, ?, ?)',
      place.block,
      position,
      transactionId,
      code,
      creatorMspId,
      declaredAt,
    );
    if (code !== 'VALID') return;
    for (const [key, value] of namespaces.get('registry')?.writes ?? []) this.#registry(key, value);
    const writes = namespaces.get('records');
    if (writes === undefined) return;
    const privates = new PrivateValues(this.#mspId, 'records', writes, held);
    this.#records(transactionRows(place.transaction, this.#mspId, privates), place);
  }

  #records(rows: TransactionRows, place: Place): void {
    const taken = new Set(rows.versions.filter((row) => this.#version(row, place)).map(({ skeleton }) => skeleton.id));
    for (const { id, name, content } of rows.attachments) {
      if (taken.has(id)) this.#insert('INSERT OR REPLACE INTO attachments VALUES (?, ?, ?)', id, name, content);
    }
    for (const row of rows.businessDays) this.#businessDay(row);
    for (const head of rows.noticeHeads) this.#noticeHead(head, rows, taken);
    for (const { id, caseId, recordId, body } of rows.disclosures) {
      const { transactionId, creatorMspId } = place.transaction;
      this.#insert(
        'INSERT OR IGNORE INTO disclosures VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        caseId,
        recordId,
        body,
        transactionId,
        place.block,
        creatorMspId,
      );
    }
  }

  /** Takes a version only if it continues the one before; answers whether it did. */
  #version({ skeleton, own, body }: VersionRow, place: Place): boolean {
    const { id, version, commitment, previous } = skeleton;
    const participants = canonicalJson([...skeleton.participants]);
    const before = this.#get('SELECT version, commitment, participants FROM skeletons WHERE id = ?', id);
    const continues =
      before === undefined
        ? version === 1 && previous === null
        : version === Number(before['version']) + 1 &&
          previous === before['commitment'] &&
          participants === before['participants'];
    if (!continues) return false;
    this.#insert(
      'INSERT OR REPLACE INTO skeletons VALUES (?, ?, ?, ?, ?)',
      id,
      version,
      commitment,
      previous,
      participants,
    );
    if (!own) return true;
    const { transactionId, position, declaredAt, creatorMspId } = place.transaction;
    const { document, salted, orderId } = body ?? {};
    this.#insert(
      'INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      version,
      document?.type ?? null,
      document?.status ?? null,
      commitment,
      toText(document),
      toText(salted),
      orderId ?? null,
      transactionId,
      place.block,
      position,
      declaredAt,
      creatorMspId,
    );
    if (document === undefined) this.#insert('DELETE FROM records WHERE id = ?', id);
    else {
      this.#insert(
        'INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?)',
        id,
        version,
        document.type,
        document.status,
        orderId ?? null,
        place.block,
        position,
      );
    }
    return true;
  }

  #businessDay({ day, text }: TransactionRows['businessDays'][number]): void {
    const before = this.#get('SELECT value FROM business_days WHERE id = ?', day.id)?.['value'] as string | undefined;
    const last = before === undefined ? undefined : (JSON.parse(before) as typeof day);
    const continues =
      last === undefined || before === undefined
        ? day.version === 1 && day.previous === null
        : day.version === last.version + 1 &&
          day.previous === sha256Hex(before) &&
          day.members.join() === last.members.join();
    if (continues) this.#insert('INSERT OR REPLACE INTO business_days VALUES (?, ?)', day.id, text);
  }

  /** A head begins together with its order, for a participant of it; later writes are guarded by key-level policy. */
  #noticeHead(head: TransactionRows['noticeHeads'][number], rows: TransactionRows, taken: ReadonlySet<string>): void {
    const { orderId, mspId, count } = head;
    const before = this.#get('SELECT value FROM notice_heads WHERE order_id = ? AND msp_id = ?', orderId, mspId)?.[
      'value'
    ];
    const order = rows.versions.find(({ skeleton }) => skeleton.id === orderId && skeleton.version === 1)?.skeleton;
    const counts =
      before === undefined
        ? count === 0 && taken.has(orderId) && order?.participants.includes(mspId) === true
        : count === (JSON.parse(before as string) as typeof head).count + 1;
    if (!counts) return;
    this.#insert(
      'INSERT OR REPLACE INTO notice_heads VALUES (?, ?, ?)',
      orderId,
      mspId,
      canonicalJson(head as unknown as Json),
    );
  }

  #registry(key: string, value: Uint8Array | null): void {
    if (value === null) this.#insert('DELETE FROM registry_state WHERE key = ?', key);
    else this.#insert('INSERT OR REPLACE INTO registry_state VALUES (?, ?)', key, value);
  }

  /** Every row written passes here, into the table and into the block's digest. */
  #insert(sql: string, ...values: SqlValue[]): void {
    this.#prepared(sql).run(...values);
    this.#digest.update(`${sql}\n`);
    for (const value of values)
      this.#digest.update(value instanceof Uint8Array ? value : `${typeof value}:${String(value)}\n`);
  }

  #get(sql: string, ...values: SqlValue[]): Record<string, SqlValue> | undefined {
    return this.#prepared(sql).get(...values);
  }

  #prepared(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) this.#statements.set(sql, (statement = this.#database.prepare(sql)));
    return statement;
  }
}

function toText(value: object | undefined): string | null {
  return value === undefined ? null : canonicalJson(value as unknown as Json);
}
