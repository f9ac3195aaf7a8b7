/** Lets writes that act on the same record follow each other. */
export interface RecordLocks {
  /**
   * Runs `work` while no other holder has any of the records.
   *
   * It saves conflicts and nothing else: the ledger judges every write, so a lock lost with its connection costs a
   * repeat, never a record. @throws StorageError when the lock cannot be had; then `work` did not run.
   */
  hold<T>(recordIds: readonly string[], work: () => Promise<T>): Promise<T>;
}

/** The locks of one process: each record's waiters in the order they came. */
export function keyedMutex(): RecordLocks {
  const tails = new Map<string, Promise<void>>();

  const take = async (id: string): Promise<() => void> => {
    const before = tails.get(id);
    let release = (): void => undefined;
    const tail = new Promise<void>((resolve) => (release = resolve));
    tails.set(id, tail);
    await before;
    return () => {
      if (tails.get(id) === tail) tails.delete(id);
      release();
    };
  };

  return {
    async hold(recordIds, work) {
      const taken: (() => void)[] = [];
      try {
        // In one order for all, or two holders could wait for each other.
        for (const id of [...new Set(recordIds)].sort()) taken.push(await take(id));
        return await work();
      } finally {
        taken.forEach((release) => release());
      }
    },
  };
}
