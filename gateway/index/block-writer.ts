import { sql } from 'kysely';
import { canonicalJson } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { Json } from '../../chaincode/domain/json';
import type { NoticeHead } from '../../chaincode/domain/notice-head';
import { openGroups } from '../../chaincode/domain/record';
import { isPassedOn } from '../../chaincode/domain/succession';
import type { Queries, Store } from '../database/store';
import type { BlockWithPrivateData } from '../ports/ledger-port';
import { readBlock, type ReadBlock, type ReadTransaction } from './block-reader';
import { BlockRows } from './block-rows';
import { IndexError } from './index-error';
import { PrivateValues } from './private-values';
import { RowsBefore } from './rows-before';
import { transactionRows, type Body, type TransactionRows, type VersionRow } from './transaction-rows';

type Place = { readonly block: number; readonly transaction: ReadTransaction };
type RowsOf = ReadonlyMap<ReadTransaction, TransactionRows>;

/**
 * Puts one block into the tables: rows and checkpoint in one SQL transaction, so that a kill leaves neither gap nor
 * repeat, and of several processes one applies it.
 */
export class BlockWriter {
  readonly #store: Store;
  readonly #mspId: string;

  constructor(store: Store, mspId: string) {
    this.#store = store;
    this.#mspId = mspId;
  }

  /**
   * Writes the next block; one that stands there already, byte for byte the same, is passed over.
   *
   * @throws IndexError of `readBlock`, BLOCK_GAP, CHAIN_BROKEN; StorageError; then nothing was written.
   */
  async write({ bytes, privateWrites }: BlockWithPrivateData): Promise<ReadBlock> {
    const block = readBlock(bytes);
    const rowsOf = this.#rowsOf(block, privateWrites);
    await this.#store.db.transaction().execute(async (trx) => {
      await this.#takeTurn(trx);
      const last = await trx.selectFrom('blocks').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst();
      const height = last === undefined ? 0n : BigInt(last.number) + 1n;
      if (block.number < height) return requireSame(trx, block);
      if (block.number !== height) throw new IndexError('BLOCK_GAP', block.number);
      if (last !== undefined && last.hash !== block.previousHash) throw new IndexError('CHAIN_BROKEN', block.number);
      const rows = new BlockRows(last?.rows_digest ?? '');
      const before = await RowsBefore.read(trx, [...rowsOf.values()]);
      new BlockApplication(rows, before).apply(block, rowsOf);
      await rows.write(trx);
    });
    return block;
  }

  /** The processes of one member write one after the other; the lock ends with the transaction. */
  async #takeTurn(trx: Queries): Promise<void> {
    if (this.#store.dialect === 'sqlite') return;
    await sql`select pg_advisory_xact_lock(hashtextextended(${`concordat ${this.#store.name} blocks`}, 0))`.execute(
      trx,
    );
  }

  #rowsOf(block: ReadBlock, privateWrites: BlockWithPrivateData['privateWrites']): RowsOf {
    return new Map(
      block.transactions.flatMap((transaction) => {
        const writes = transaction.code === 'VALID' ? transaction.namespaces.get('records') : undefined;
        if (writes === undefined) return [];
        const held = privateWrites.get(transaction.position) ?? [];
        const privates = new PrivateValues(this.#mspId, 'records', writes, held);
        return [[transaction, transactionRows(transaction, this.#mspId, privates)] as const];
      }),
    );
  }
}

async function requireSame(trx: Queries, { number, hash }: ReadBlock): Promise<void> {
  const held = await trx.selectFrom('blocks').select('hash').where('number', '=', Number(number)).executeTakeFirst();
  if (held?.hash !== hash) throw new IndexError('CHAIN_BROKEN', number);
}

/** Makes the rows of one block out of what its transactions wrote and what the index held before. */
class BlockApplication {
  readonly #rows: BlockRows;
  readonly #before: RowsBefore;

  constructor(rows: BlockRows, before: RowsBefore) {
    this.#rows = rows;
    this.#before = before;
  }

  apply({ number, hash, previousHash, transactions }: ReadBlock, rowsOf: RowsOf): void {
    const block = Number(number);
    for (const transaction of transactions) this.#transaction({ block, transaction }, rowsOf.get(transaction));
    const digest = this.#rows.digest(hash);
    this.#rows.put('blocks', { number: block, hash, previous_hash: previousHash, rows_digest: digest });
  }

  #transaction(place: Place, rows: TransactionRows | undefined): void {
    const { position, transactionId, code, creatorMspId, declaredAt, namespaces } = place.transaction;
    this.#rows.put('transactions', {
      block: place.block,
      position,
      transaction_id: transactionId,
      code,
      creator: creatorMspId,
      declared_at: declaredAt,
    });
    if (code !== 'VALID') return;
    for (const [key, value] of namespaces.get('registry')?.writes ?? []) {
      if (value === null) this.#rows.remove('registry_state', key);
      else this.#rows.put('registry_state', { key, value });
    }
    if (rows !== undefined) this.#records(rows, place);
  }

  #records(rows: TransactionRows, place: Place): void {
    const taken = new Set(rows.versions.filter((row) => this.#version(row, place)).map(({ skeleton }) => skeleton.id));
    for (const { id, name, content } of rows.attachments) {
      if (taken.has(id)) this.#rows.put('attachments', { id, name, content });
    }
    for (const row of rows.entries) if (taken.has(row.segment)) this.#rows.derive('posted_entries', row);
    for (const row of rows.businessDays) this.#businessDay(row);
    for (const head of rows.noticeHeads) this.#noticeHead(head, rows, taken);
    const { transactionId, creatorMspId } = place.transaction;
    for (const { id, caseId, recordId, body } of rows.disclosures) {
      this.#rows.put('disclosures', {
        id,
        case_id: caseId,
        record_id: recordId,
        body,
        transaction_id: transactionId,
        block: place.block,
        creator: creatorMspId,
      });
    }
  }

  /** Takes a version only if it continues the one before; answers whether it did. */
  #version(row: VersionRow, place: Place): boolean {
    const { id, version, commitment, previous } = row.skeleton;
    const participants = canonicalJson([...row.skeleton.participants]);
    const before = this.#before.skeletons.get(id);
    const continues =
      before === undefined
        ? version === 1 && previous === null
        : version === before.version + 1 &&
          previous === before.commitment &&
          (participants === before.participants ||
            isPassedOn(JSON.parse(before.participants) as string[], row.skeleton.participants));
    if (!continues) return false;
    this.#before.skeletons.set(id, { version, commitment, participants });
    this.#rows.put('skeletons', { id, version, commitment, previous, participants });
    if (row.own) this.#ownVersion({ ...row, body: row.body ?? this.#carried(row) }, place);
    else if (before !== undefined && participants !== before.participants) this.#rows.remove('records', id);
    return true;
  }

  /** A succession writes no groups: those of the version before stand under the same roots. */
  #carried({ skeleton, bare }: VersionRow): Body | undefined {
    const held = bare === undefined ? undefined : this.#before.bodies.get(skeleton.id);
    if (bare === undefined || held === undefined) return undefined;
    try {
      openGroups(bare, held.salted);
      return { document: bare, ...held };
    } catch {
      return undefined;
    }
  }

  #ownVersion({ skeleton: { id, version, commitment }, body, bare }: VersionRow, place: Place): void {
    // A successor's first version brings the document alone; the record is here once its groups are.
    if (body === undefined && bare !== undefined) return;
    if (body !== undefined) this.#before.bodies.set(id, body);
    const { transactionId, position, declaredAt, creatorMspId } = place.transaction;
    const { document, salted, orderId = null } = body ?? {};
    this.#rows.put('versions', {
      id,
      version,
      type: document?.type ?? null,
      status: document?.status ?? null,
      commitment,
      document: toText(document),
      salted: toText(salted),
      order_id: orderId,
      transaction_id: transactionId,
      block: place.block,
      position,
      declared_at: declaredAt,
      creator: creatorMspId,
    });
    if (document === undefined) this.#rows.remove('records', id);
    else {
      const { type, status } = document;
      this.#rows.put('records', { id, version, type, status, order_id: orderId, block: place.block, position });
    }
  }

  #businessDay({ day, text }: TransactionRows['businessDays'][number]): void {
    const before = this.#before.businessDays.get(day.id);
    const last = before === undefined ? undefined : (JSON.parse(before) as typeof day);
    const continues =
      last === undefined || before === undefined
        ? day.version === 1 && day.previous === null
        : day.version === last.version + 1 &&
          day.previous === sha256Hex(before) &&
          (day.members.join() === last.members.join() || isPassedOn(last.members, day.members));
    if (!continues) return;
    this.#before.businessDays.set(day.id, text);
    this.#rows.put('business_days', { id: day.id, value: text });
  }

  /** A head begins together with its order, for a participant of it; later writes are guarded by key-level policy. */
  #noticeHead(head: TransactionRows['noticeHeads'][number], rows: TransactionRows, taken: ReadonlySet<string>): void {
    const { orderId, mspId, count } = head;
    const before = this.#before.noticeHeads.get(`${orderId}/${mspId}`);
    const order = rows.versions.find(({ skeleton }) => skeleton.id === orderId && skeleton.version === 1)?.skeleton;
    const counts =
      before === undefined
        ? count === 0 && taken.has(orderId) && order?.participants.includes(mspId) === true
        : continuesHead(JSON.parse(before) as typeof head, head);
    if (!counts) return;
    const value = canonicalJson(head as unknown as Json);
    this.#before.noticeHeads.set(`${orderId}/${mspId}`, value);
    this.#rows.put('notice_heads', { order_id: orderId, msp_id: mspId, value });
  }
}

/** One more notice, or the same notices in a successor's hands. */
function continuesHead(before: NoticeHead, head: NoticeHead): boolean {
  const isSame = head.count === before.count && head.last === before.last;
  return head.count === before.count + 1 || (isSame && head.holder !== undefined && head.holder !== before.holder);
}

function toText(value: object | undefined): string | null {
  return value === undefined ? null : canonicalJson(value as unknown as Json);
}
