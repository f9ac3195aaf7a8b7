import type { PoolClient } from 'pg';
import { StorageError } from '../../network/storage/database';
import { Semaphore } from '../adapters/semaphore';
import { keyedMutex, type RecordLocks } from '../services/record-locks';
import { guarded, openPool } from './postgres-store';

/** Connections for locks alone: whoever holds one still needs others to do its work. */
const CONNECTIONS = 16;
/** Longer than any write waits for its answer: a holder that takes longer has lost its process or its way. */
const LOCK_TIMEOUT = '40s';

/** The record locks of all processes of one member, by advisory locks; within a process by the mutex before them. */
export interface SharedRecordLocks extends RecordLocks {
  close(): Promise<void>;
}

/**
 * Record locks across the processes of one schema.
 *
 * The server queues the waiters and drops a lock with its connection, so a killed process holds nobody up. One waiter
 * per record and process queues there, the others in the process.
 */
export function postgresLocks(url: string, schema: string): SharedRecordLocks {
  const pool = openPool(url, schema, CONNECTIONS);
  const turns = new Semaphore(CONNECTIONS);
  const own = keyedMutex();
  return {
    hold: (recordIds, work) =>
      recordIds.length === 0
        ? work()
        : own.hold(recordIds, () =>
            turns.run(async () => {
              const client = await guarded(() => pool.connect());
              try {
                await lockAll(client, schema, recordIds);
              } catch (error) {
                client.release(true); // and every lock with it
                throw error;
              }
              try {
                return await work();
              } finally {
                await unlockAll(client);
              }
            }),
          ),
    close: () => pool.end(),
  };
}

/** In one order for all, or two holders could wait for each other. @throws StorageError. */
async function lockAll(client: PoolClient, schema: string, recordIds: readonly string[]): Promise<void> {
  await guarded(() => client.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`));
  for (const id of [...new Set(recordIds)].sort()) {
    try {
      await guarded(() => client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`${schema}/${id}`]));
    } catch (error) {
      // Rather than wait for ever, go on: the ledger judges every write.
      if (!(error instanceof StorageError) || error.code !== 'BUSY') throw error;
    }
  }
}

/** A connection that does not answer is closed, which unlocks too; the work is done either way. */
async function unlockAll(client: PoolClient): Promise<void> {
  try {
    await client.query('SELECT pg_advisory_unlock_all()');
    client.release();
  } catch {
    client.release(true);
  }
}
