import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import type { Store } from '../../../gateway/database/store';
import { openDatabase } from '../../../network/storage/open-database';
import type { Database } from '../../../network/storage/database';

const made: { databases: Database[]; folders: string[] } = { databases: [], folders: [] };

/** A new empty folder, removed by `removeTemporary`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-test-'));
  made.folders.push(folder);
  return folder;
}

/** A database in a folder; both closed and removed by `removeTemporary`. */
export function temporaryDatabase(folder: string = temporaryFolder(), name = 'test.db'): Database {
  const database = openDatabase(join(folder, name), { durability: 'process' });
  made.databases.push(database);
  return database;
}

/** The same behind the query builder. */
export function temporaryStore(folder?: string, name?: string): Store {
  return sqliteStore(temporaryDatabase(folder, name));
}

/** Call in `afterEach`. */
export function removeTemporary(): void {
  for (const database of made.databases.splice(0)) database.close();
  for (const folder of made.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
