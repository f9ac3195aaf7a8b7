import type { Database, Statement } from '../../storage/database';

export interface TransactionLocation {
  readonly blockNumber: number;
  readonly txNumber: number;
  /** peer.TxValidationCode. */
  readonly code: number;
}

export interface StoredBlock {
  readonly number: number;
  /** SHA-256 of the header. */
  readonly hash: Uint8Array;
  /** The whole common.Block with its metadata, as delivered to everybody. */
  readonly bytes: Uint8Array;
  readonly transactions: readonly { readonly txId: string; readonly code: number }[];
}

const CACHED_BLOCK_BYTES = 4 << 20;
const KEPT_ABSENT_IDS = 10_000;

/** Every block of the channel, and where each transaction is. */
export class BlockStore {
  readonly #insertBlock: Statement;
  readonly #insertTransaction: Statement;
  readonly #byNumber: Statement;
  readonly #byHash: Statement;
  readonly #transaction: Statement;
  readonly #last: Statement;
  /** Ids that were looked for and not found, and have not been committed since. */
  readonly #absent = new Set<string>();
  readonly #recent = new Map<number, Uint8Array>();
  #recentBytes = 0;
  #height: number;
  #lastHash: Uint8Array;

  constructor(database: Database) {
    database.exec(`CREATE TABLE IF NOT EXISTS blocks
      (number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL)`);
    database.exec(`CREATE TABLE IF NOT EXISTS transactions
      (tx_id BLOB PRIMARY KEY, block INTEGER NOT NULL, tx INTEGER NOT NULL, code INTEGER NOT NULL) WITHOUT ROWID`);
    this.#insertBlock = database.prepare('INSERT INTO blocks (number, hash, bytes) VALUES (?, ?, ?)');
    this.#insertTransaction = database.prepare(
      'INSERT OR IGNORE INTO transactions (tx_id, block, tx, code) VALUES (?, ?, ?, ?)',
    );
    this.#byNumber = database.prepare('SELECT bytes FROM blocks WHERE number = ?');
    this.#byHash = database.prepare('SELECT number FROM blocks WHERE hash = ?');
    this.#transaction = database.prepare('SELECT block, tx, code FROM transactions WHERE tx_id = ?');
    this.#last = database.prepare('SELECT number, hash FROM blocks ORDER BY number DESC LIMIT 1');
    const last = this.#last.get();
    this.#height = last ? Number(last['number']) + 1 : 0;
    this.#lastHash = last ? (last['hash'] as Uint8Array) : new Uint8Array(0);
  }

  /** Number of the next block. */
  get height(): number {
    return this.#height;
  }

  /** Hash of the last block's header; empty before the first block. */
  get lastHash(): Uint8Array {
    return this.#lastHash;
  }

  /** Writes a block; the caller runs it inside its transaction and calls `appended` after the commit. */
  append({ number, hash, bytes, transactions }: StoredBlock): void {
    this.#insertBlock.run(number, hash, bytes);
    transactions.forEach(({ txId, code }, index) => {
      this.#absent.delete(txId);
      if (txId !== '') this.#insertTransaction.run(toIdBytes(txId), number, index, code);
    });
  }

  appended({ number, hash, bytes }: StoredBlock): void {
    this.#height = number + 1;
    this.#lastHash = hash;
    this.#remember(number, bytes);
  }

  get(number: number): Uint8Array | undefined {
    const recent = this.#recent.get(number);
    if (recent) return recent;
    if (!Number.isSafeInteger(number) || number < 0 || number >= this.#height) return undefined;
    return this.#byNumber.get(number)?.['bytes'] as Uint8Array | undefined;
  }

  numberOfHash(hash: Uint8Array): number | undefined {
    const row = this.#byHash.get(hash);
    return row && Number(row['number']);
  }

  /** The first transaction with this id; a repeat of it is in a block, but not found here, as in Fabric. */
  locate(txId: string): TransactionLocation | undefined {
    if (this.#absent.has(txId)) return undefined;
    const row = this.#transaction.get(toIdBytes(txId));
    if (!row) this.#noteAbsent(txId);
    return row && { blockNumber: Number(row['block']), txNumber: Number(row['tx']), code: Number(row['code']) };
  }

  /** A new transaction is looked for by every peer and service on its way to its block. */
  #noteAbsent(txId: string): void {
    if (this.#absent.size >= KEPT_ABSENT_IDS) this.#absent.clear();
    this.#absent.add(txId);
  }

  #remember(number: number, bytes: Uint8Array): void {
    this.#recent.set(number, bytes);
    this.#recentBytes += bytes.length;
    for (const [oldest, old] of this.#recent) {
      if (this.#recentBytes <= CACHED_BLOCK_BYTES || oldest === number) break;
      this.#recent.delete(oldest);
      this.#recentBytes -= old.length;
    }
  }
}

/** 32 bytes for a well-formed id, which halves the index; other ids (of invalid transactions) as text. */
function toIdBytes(txId: string): Buffer {
  return /^[0-9a-f]{64}$/.test(txId) ? Buffer.from(txId, 'hex') : Buffer.from(txId, 'utf8');
}
