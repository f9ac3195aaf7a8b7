import { join } from 'node:path';
import { lockFolder } from '../../network/storage/folder-lock';
import { openDatabase } from '../../network/storage/open-database';
import { ProcessLease } from '../database/process-lease';
import { soleProcess, type Processes } from '../database/processes';
import { sqliteStore } from '../database/sqlite-store';
import type { Store } from '../database/store';
import { keyedMutex, type RecordLocks } from '../services/record-locks';
import type { GatewayConfig } from './gateway-config';

/** Where one member's gateway keeps what it knows and what it promised. */
export interface MemberStores {
  readonly index: Store;
  readonly outbox: Store;
  /** Documents, keys of writes, signing requests. */
  readonly local: Store;
  readonly processes: Processes;
  readonly locks: RecordLocks;
  /** Whether other processes may work on the same tables. */
  readonly isShared: boolean;
  /** Ends this process's lease; what it still holds goes to others. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the member's tables: SQLite files in its data folder, which is locked, or its schema of a PostgreSQL database,
 * which several processes share. `onEnded` is told when one of those has ended.
 *
 * @throws StorageError BUSY when another process holds the folder, CORRUPT, FULL, UNREACHABLE.
 */
export async function openStores(
  { dataFolder, databaseUrl, member }: Pick<GatewayConfig, 'dataFolder' | 'databaseUrl' | 'member'>,
  onEnded: () => Promise<void>,
): Promise<MemberStores> {
  return databaseUrl === undefined ? openFiles(dataFolder) : openShared(databaseUrl, member, onEnded);
}

function openFiles(dataFolder: string): MemberStores {
  const lock = lockFolder(dataFolder);
  const opened: Store[] = [];
  const open = (name: string, durability: 'full' | 'process'): Store => {
    const store = sqliteStore(openDatabase(join(dataFolder, name), { durability }));
    opened.push(store);
    return store;
  };
  const close = async (): Promise<void> => {
    for (const store of opened) await store.close();
    lock.release();
  };
  try {
    return {
      // The index can be read anew from the blocks; what was promised to callers cannot.
      index: open('index.db', 'process'),
      outbox: open('outbox.db', 'full'),
      local: open('store.db', 'full'),
      processes: soleProcess(),
      locks: keyedMutex(),
      isShared: false,
      leave: async () => undefined,
      close,
    };
  } catch (error) {
    void close();
    throw error;
  }
}

async function openShared(url: string, member: string, onEnded: () => Promise<void>): Promise<MemberStores> {
  // Loaded when it is wanted: most gateways have files.
  const { openPostgresStore } = await import('../database/postgres-store.js');
  const { postgresLocks } = await import('../database/postgres-locks.js');
  const store = await openPostgresStore(url, member);
  try {
    const processes = await ProcessLease.open(store, { onEnded });
    const locks = postgresLocks(url, store.name);
    return {
      index: store,
      outbox: store,
      local: store,
      processes,
      locks,
      isShared: true,
      leave: () => processes.stop(),
      close: async () => {
        await locks.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}
