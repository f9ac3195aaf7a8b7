import { ExpiryIndex, type ExpiringKey } from '../private-data/expiry-index';
import type { Database, Statement } from '../../storage/database';
import { DefinitionCache, LIFECYCLE } from '../world-state/chaincode-definitions';
import { HistoryIndex, type KeyChange } from '../world-state/history-index';
import { SnapshotStore } from '../world-state/snapshot-store';
import { StateTable } from '../world-state/state-table';
import type { UpdateBatch } from '../world-state/state';
import { BlockStore, type StoredBlock } from './block-store';

/** Everything that one block changes in the public ledger. */
export interface BlockCommit {
  readonly block: StoredBlock;
  /** Fabric's running hash over blocks' validity; the next block's begins with it. */
  readonly commitHash: Uint8Array;
  readonly updates: UpdateBatch;
  readonly history: readonly KeyChange[];
  readonly expiring: readonly ExpiringKey[];
}

/**
 * The public ledger in one database file: a block, its index, state and history change in one transaction, whose
 * commit, pressed to the disk, is the moment the block counts.
 */
export class LedgerStore {
  readonly blocks: BlockStore;
  readonly state: SnapshotStore;
  readonly definitions: DefinitionCache;
  readonly history: HistoryIndex;
  readonly expiry: ExpiryIndex;
  readonly #database: Database;
  readonly #setMeta: Statement;
  readonly #getMeta: Statement;
  #commitHash: Uint8Array;

  constructor(database: Database) {
    this.#database = database;
    database.exec('CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL)');
    this.#setMeta = database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
    this.#getMeta = database.prepare('SELECT value FROM meta WHERE name = ?');
    this.blocks = new BlockStore(database);
    this.state = new SnapshotStore(new StateTable(database, 'state'));
    this.definitions = new DefinitionCache(this.state.current);
    this.history = new HistoryIndex(database);
    this.expiry = new ExpiryIndex(database);
    this.#commitHash = (this.#getMeta.get('commit_hash')?.['value'] as Uint8Array | undefined) ?? new Uint8Array(0);
  }

  get commitHash(): Uint8Array {
    return this.#commitHash;
  }

  /** @throws StorageError, with nothing changed. */
  commit({ block, commitHash, updates, history, expiring }: BlockCommit): void {
    this.state.apply(updates, (write) => {
      this.#database.transaction(() => {
        this.blocks.append(block);
        write();
        this.history.add(block.number, history);
        this.expiry.advance(block.number, expiring);
        this.#setMeta.run('commit_hash', commitHash);
      });
    });
    this.#commitHash = commitHash;
    this.blocks.appended(block);
    if (updates.has(LIFECYCLE)) this.definitions.clear();
  }

  close(): void {
    this.#database.close();
  }
}
