import { randomUUID } from 'node:crypto';

/** The processes that serve one member on one set of tables. */
export interface Processes {
  /** This run of the gateway. */
  readonly id: string;
  /** Whether another run may still be working. @throws StorageError. */
  isAlive(id: string): Promise<boolean>;
  /** Ids of the runs that may still be working, with this one. @throws StorageError. */
  alive(): Promise<readonly string[]>;
}

/** The one process on a folder's files: every other run has ended, since the folder is locked. */
export function soleProcess(): Processes {
  const id = randomUUID();
  return { id, isAlive: async (other) => other === id, alive: async () => [id] };
}
