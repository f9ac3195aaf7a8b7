import type { Database, SqlRow } from '../../storage/database';
import { SnapshotStore } from '../world-state/snapshot-store';
import { hashedNamespace, privateNamespace, stateKeyOfBytes, toStateKey } from '../world-state/state-key';
import { StateTable } from '../world-state/state-table';
import { putEntry, sameVersion, valueAfter, type StateReader, type UpdateBatch } from '../world-state/state';
import { decodePrivateWrite, sha256, withoutKeys, type PrivateWrite } from './private-write';

/** A hashed key that a block purges for good, with the transaction that did so. */
export interface PurgedKey {
  readonly namespace: string;
  readonly collection: string;
  readonly keyHash: Uint8Array;
  readonly txNumber: number;
}

/** What one block does to a member's private data. */
export interface PrivateBlock {
  readonly number: number;
  readonly purged: readonly PurgedKey[];
  /** Block that must be committed for a collection's data of this block to vanish, or undefined for never. */
  expiresAt(namespace: string, collection: string): number | undefined;
}

const SCHEMA = `
  PRAGMA secure_delete=ON;
  CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 0), applied INTEGER NOT NULL);
  INSERT OR IGNORE INTO progress VALUES (0, -1);
  CREATE TABLE IF NOT EXISTS writes (block INTEGER NOT NULL, tx INTEGER NOT NULL, namespace TEXT NOT NULL,
    collection TEXT NOT NULL, expires_at INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (block, tx, namespace, collection));
  CREATE INDEX IF NOT EXISTS writes_expiry ON writes (expires_at) WHERE expires_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS written_keys (namespace TEXT NOT NULL, collection TEXT NOT NULL, key_hash BLOB NOT NULL,
    block INTEGER NOT NULL, tx INTEGER NOT NULL,
    PRIMARY KEY (namespace, collection, key_hash, block, tx)) WITHOUT ROWID;`;

/**
 * One member's private data, in a file of its own.
 *
 * Before the ledger's commit the block's private writes are staged here; after it they are applied. So at every
 * moment of a crash either both or neither hold: rows of blocks that were never committed are dropped at the next
 * start, rows that were not applied yet are applied.
 */
export class PrivateStore {
  readonly state: SnapshotStore;
  readonly #database: Database;
  readonly #sql: ReturnType<typeof prepareAll>;
  #applied: number;

  constructor(database: Database) {
    this.#database = database;
    database.exec(SCHEMA);
    this.state = new SnapshotStore(new StateTable(database, 'private_state'));
    this.#sql = prepareAll(database);
    this.#applied = Number(this.#sql.applied.get()?.['applied']);
  }

  /** Number of the last block that was applied here; blocks that do not touch this member's data leave it behind. */
  get applied(): number {
    return this.#applied;
  }

  /** Brings this file to the ledger's height after a start. `hashed` is the ledger's committed state. */
  recover(height: number, hashed: StateReader, blockOf: (number: number) => PrivateBlock): void {
    this.#database.transaction(() => {
      this.#sql.drop.run(height);
      this.#sql.dropKeys.run(height);
    });
    for (const row of this.#sql.unapplied.all(this.#applied)) this.apply(blockOf(Number(row['block'])), hashed);
  }

  /** Stores a block's private writes ahead of its commit; repeating it replaces what a failed attempt left. */
  stage(block: PrivateBlock, writes: readonly PrivateWrite[]): void {
    this.#database.transaction(() => {
      this.#sql.drop.run(block.number);
      this.#sql.dropKeys.run(block.number);
      for (const { txNumber, namespace, collection, bytes } of writes) {
        const expiresAt = block.expiresAt(namespace, collection) ?? null;
        this.#sql.stage.run(block.number, txNumber, namespace, collection, expiresAt, bytes);
        for (const { key } of decodePrivateWrite(bytes).writes) {
          this.#sql.index.run(namespace, collection, sha256(Buffer.from(key, 'utf8')), block.number, txNumber);
        }
      }
    });
  }

  /** Whether committing this block changes anything here. */
  isTouchedBy(block: PrivateBlock): boolean {
    if (this.#sql.ofBlock.get(block.number) || this.#sql.expired.get(block.number)) return true;
    return block.purged.some((key) => this.#keptWith(block.number, key).length > 0);
  }

  /** Applies a committed block. `hashed` is the ledger's state after it. */
  apply(block: PrivateBlock, hashed: StateReader): void {
    const expired = this.#sql.expired.all(block.number).map(toPrivateWrite);
    const batch = this.#updatesOf(block.number, hashed);
    for (const write of expired) this.#expire(batch, write);
    this.state.apply(batch, (write) => {
      this.#database.transaction(() => {
        write();
        this.#sql.deleteWrites.run(block.number);
        for (const write of expired) this.#forgetKeys(write);
        for (const key of block.purged) this.#purge(block.number, key);
        this.#sql.setApplied.run(block.number);
      });
    });
    this.#applied = block.number;
    if (expired.length > 0 || block.purged.length > 0) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** The private writes of a committed block that are still kept. */
  writesOf(blockNumber: number): PrivateWrite[] {
    return this.#sql.ofBlock.all(blockNumber).map(toPrivateWrite);
  }

  close(): void {
    this.#database.close();
  }

  #updatesOf(blockNumber: number, hashed: StateReader): UpdateBatch {
    const batch: UpdateBatch = new Map();
    const renewed: { namespace: string; collection: string; key: string }[] = [];
    for (const { txNumber, namespace, collection, bytes } of this.writesOf(blockNumber)) {
      const target = privateNamespace(namespace, collection);
      const { writes, metadataKeys } = decodePrivateWrite(bytes);
      for (const { key, isDelete, value } of writes) {
        const change = { value: isDelete ? null : value, metadata: null, version: { blockNumber, txNumber } };
        putEntry(batch, target, toStateKey(key), change);
      }
      for (const key of metadataKeys) renewed.push({ namespace, collection, key });
    }
    for (const key of renewed) this.#renewVersion(batch, hashed, key);
    return batch;
  }

  /**
   * A change of a key's policy alone gives the hashed key a new version; the value here follows it, if it is the one
   * the hash names. @see fabric core/ledger/kvledger/txmgmt/validation/batch_preparer.go incrementPvtdataVersionIfNeeded
   */
  #renewVersion(
    batch: UpdateBatch,
    hashed: StateReader,
    at: { namespace: string; collection: string; key: string },
  ): void {
    const keyHash = stateKeyOfBytes(sha256(Buffer.from(at.key, 'utf8')));
    const hash = hashed.get(hashedNamespace(at.namespace, at.collection), keyHash);
    const namespace = privateNamespace(at.namespace, at.collection);
    const key = toStateKey(at.key);
    const updated = batch.get(namespace)?.get(key);
    const held = updated ? valueAfter(updated) : this.state.current.get(namespace, key);
    if (!hash || !held || sameVersion(hash.version, held.version)) return;
    if (sha256(held.value).equals(hash.value)) putEntry(batch, namespace, key, { ...held, version: hash.version });
  }

  #expire(batch: UpdateBatch, write: StoredWrite): void {
    const namespace = privateNamespace(write.namespace, write.collection);
    const { writes, metadataKeys } = decodePrivateWrite(write.bytes);
    for (const key of [...writes.map((row) => row.key), ...metadataKeys]) {
      const stateKey = toStateKey(key);
      if (batch.get(namespace)?.has(stateKey)) continue;
      const held = this.state.current.get(namespace, stateKey);
      if (held?.version.blockNumber !== write.blockNumber) continue;
      putEntry(batch, namespace, stateKey, { value: null, metadata: null, version: held.version });
    }
  }

  #forgetKeys({ namespace, collection, bytes, blockNumber, txNumber }: StoredWrite): void {
    for (const { key } of decodePrivateWrite(bytes).writes) {
      this.#sql.deleteKey.run(namespace, collection, sha256(Buffer.from(key, 'utf8')), blockNumber, txNumber);
    }
  }

  /** Cuts a purged key out of every earlier write set, so that no copy of its values stays in this file. */
  #purge(blockNumber: number, purged: PurgedKey): void {
    for (const write of this.#keptWith(blockNumber, purged)) {
      const { namespace, collection, keyHash } = purged;
      const cut = withoutKeys(write.bytes, (hash) => Buffer.compare(hash, keyHash) === 0);
      this.#sql.replace.run(cut, write.blockNumber, write.txNumber, namespace, collection);
    }
  }

  #keptWith(blockNumber: number, { namespace, collection, keyHash, txNumber }: PurgedKey): StoredWrite[] {
    return this.#sql.withKey.all(namespace, collection, keyHash, blockNumber, txNumber).map(toPrivateWrite);
  }
}

interface StoredWrite extends PrivateWrite {
  readonly blockNumber: number;
}

function toPrivateWrite(row: SqlRow): StoredWrite {
  return {
    blockNumber: Number(row['block']),
    txNumber: Number(row['tx']),
    namespace: String(row['namespace']),
    collection: String(row['collection']),
    bytes: row['bytes'] as Uint8Array,
  };
}

function prepareAll(database: Database) {
  return {
    stage: database.prepare('INSERT INTO writes VALUES (?, ?, ?, ?, ?, ?)'),
    index: database.prepare('INSERT OR IGNORE INTO written_keys VALUES (?, ?, ?, ?, ?)'),
    drop: database.prepare('DELETE FROM writes WHERE block >= ?'),
    dropKeys: database.prepare('DELETE FROM written_keys WHERE block >= ?'),
    unapplied: database.prepare('SELECT DISTINCT block FROM writes WHERE block > ? ORDER BY block'),
    ofBlock: database.prepare('SELECT * FROM writes WHERE block = ? ORDER BY tx, namespace, collection'),
    applied: database.prepare('SELECT applied FROM progress'),
    setApplied: database.prepare('UPDATE progress SET applied = ?'),
    expired: database.prepare('SELECT * FROM writes WHERE expires_at <= ?'),
    deleteWrites: database.prepare('DELETE FROM writes WHERE expires_at <= ?'),
    deleteKey: database.prepare(`DELETE FROM written_keys
      WHERE namespace = ? AND collection = ? AND key_hash = ? AND block = ? AND tx = ?`),
    withKey: database.prepare(`SELECT w.* FROM written_keys k JOIN writes w ON w.block = k.block AND w.tx = k.tx
      AND w.namespace = k.namespace AND w.collection = k.collection
      WHERE k.namespace = ? AND k.collection = ? AND k.key_hash = ? AND (k.block < ? OR k.tx < ?)`),
    replace: database.prepare(
      'UPDATE writes SET bytes = ? WHERE block = ? AND tx = ? AND namespace = ? AND collection = ?',
    ),
  };
}
