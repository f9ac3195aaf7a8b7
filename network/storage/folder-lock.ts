import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from './database';

const LOCK_FILE = 'process.lock';

export interface FolderLock {
  release(): void;
}

/**
 * Takes a data folder for this process alone; two processes on one folder would corrupt it.
 *
 * The file names process and start time, so that a lock left by a killed process, or by one whose number was given
 * to another since, is taken over.
 *
 * @throws StorageError BUSY when a living process holds the folder.
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, LOCK_FILE);
  for (let attempt = 0; attempt < 2; attempt++) {
    if (tryCreate(file)) return { release: () => rmSync(file, { force: true }) };
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) {
      throw new StorageError('BUSY', `the folder ${folder} is in use by process ${holder.pid}; stop it first`);
    }
    rmSync(file, { force: true });
  }
  throw new StorageError('BUSY', `the folder ${folder} is being taken by another process; try again`);
}

interface Holder {
  pid: number;
  startedAt: string;
}

function tryCreate(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, JSON.stringify({ pid: process.pid, startedAt: startTime(process.pid) ?? '' }));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return Number.isInteger(pid) ? { pid: pid as number, startedAt: String(startedAt ?? '') } : undefined;
  } catch {
    return undefined; // torn by a kill while it was written
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (pid === process.pid) return startedAt === (startTime(pid) ?? '');
  const now = startTime(pid);
  return now === undefined || startedAt === '' || now === startedAt;
}

/** Clock ticks since boot at which the process started, where the system tells (Linux). */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
