import { createRequire } from 'node:module';
import { BetterDatabase } from './better-driver';
import { StorageError, type Database, type DriverName, type Durability } from './database';
import { WasmDatabase } from './wasm-driver';

const load = createRequire(__filename);
let chosen: { name: DriverName; open: (path: string, durability: Durability) => Database } | undefined;

/**
 * Opens (or creates) one database file with the driver of this process.
 *
 * One process at a time: hold `lockFolder` of the folder first, since one of the drivers cannot lock by itself.
 *
 * @throws StorageError BUSY, CORRUPT, FULL, OTHER.
 */
export function openDatabase(path: string, options: { durability?: Durability } = {}): Database {
  return chooseDriver().open(path, options.durability ?? 'full');
}

/** The driver this process uses, for the line that tells the user. */
export function driverName(): DriverName {
  return chooseDriver().name;
}

function chooseDriver(): NonNullable<typeof chosen> {
  return (chosen ??= pick(process.env.CONCORDAT_SQLITE));
}

function pick(forced: string | undefined): NonNullable<typeof chosen> {
  if (forced !== undefined && forced !== '' && forced !== 'better' && forced !== 'wasm') {
    throw new StorageError('OTHER', `CONCORDAT_SQLITE must be "better" or "wasm", not "${forced}"`);
  }
  if (forced !== 'wasm') {
    try {
      return loadBetter();
    } catch (error) {
      if (forced === 'better') throw error;
    }
  }
  const wasm = load('node-sqlite3-wasm') as { Database: ConstructorParameters<typeof WasmDatabase>[0] };
  return { name: 'wasm', open: (path, durability) => new WasmDatabase(wasm.Database, path, durability) };
}

/** Loading the package is not enough: its native part may be missing, which only shows when a database is opened. */
function loadBetter(): NonNullable<typeof chosen> {
  const Native = load('better-sqlite3') as ConstructorParameters<typeof BetterDatabase>[0];
  new Native(':memory:').close();
  return { name: 'better', open: (path, durability) => new BetterDatabase(Native, path, durability) };
}
