import { StorageError } from '../../network/storage/database';
import type { Queries } from '../database/store';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import { GroupCommit } from '../database/group-commit';
import { referencesOf, type FinalMark, type NewEntry, type OutboxTable } from './outbox-table';
import { pause } from './pause';

type Change =
  | { readonly kind: 'insert'; readonly entry: NewEntry; isLost: boolean }
  | { readonly kind: 'finish'; readonly mark: FinalMark }
  | { readonly kind: 'again'; readonly transactionId: string };

/** The connection broke while a commit was under way: it may have been made or not. */
class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** Which references have been taken over by other processes, asked in the transaction that stores. */
export type LostReferences = (trx: Queries, references: readonly string[]) => Promise<ReadonlySet<string>>;

export interface OutboxWriterOptions {
  readonly table: OutboxTable;
  /** Id of this process. */
  readonly owner: string;
  readonly lost: LostReferences | undefined;
  readonly stop: AbortSignal;
  readonly firstPauseMs: number;
  readonly maxPauseMs: number;
}

/** Writes the outbox's rows, many in one SQL transaction, and goes on where it is not known what became of one. */
export class OutboxWriter {
  readonly #options: OutboxWriterOptions;
  readonly #group = new GroupCommit<Change>((changes) => this.#writeAll(changes));
  /** Final statuses on their way into the table. */
  readonly #marking = new Set<Promise<void>>();

  constructor(options: OutboxWriterOptions) {
    this.#options = options;
  }

  /** SQL transactions so far. */
  get commits(): number {
    return this.#group.commits;
  }

  /**
   * Stores an envelope. While it is not known whether it is stored, it is stored again and again: an answer that says
   * "nothing was sent" would be untrue if another process found it and sent it.
   *
   * @throws LedgerError unavailable (OUTBOX_FULL, DATABASE_UNAVAILABLE, TAKEN_OVER), unknown when the gateway stops.
   */
  async store(entry: NewEntry): Promise<void> {
    const { table, stop, firstPauseMs, maxPauseMs } = this.#options;
    let isUncertain = false;
    for (let wait = firstPauseMs; ; wait = Math.min(wait * 2, maxPauseMs)) {
      if (isUncertain && stop.aborted) throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, entry.transactionId);
      const change: Change = { kind: 'insert', entry, isLost: false };
      try {
        await this.#group.write(change);
        if (!change.isLost) return;
        if (isUncertain && (await table.entry(entry.transactionId)) !== undefined) return;
        throw ledgerError('unavailable', 'TAKEN_OVER');
      } catch (error) {
        if (error instanceof LedgerError) throw error;
        isUncertain ||= error instanceof CommitUnknown;
        if (!isUncertain)
          throw ledgerError('unavailable', isUnreachable(error) ? 'DATABASE_UNAVAILABLE' : 'OUTBOX_FULL');
      }
      await pause(wait, stop);
    }
  }

  /** Nobody waits for it: the ledger knows. */
  finish(mark: FinalMark): void {
    const marked = this.#untilMarked(mark);
    this.#marking.add(marked);
    void marked.finally(() => this.#marking.delete(marked));
  }

  /** Counts one more broadcast of the same envelope. */
  again(transactionId: string): void {
    this.#group.write({ kind: 'again', transactionId }).catch(() => undefined); // a count, nothing depends on it
  }

  /** Resolves when nothing waits to be written. */
  flush(): Promise<void> {
    return this.#group.flush();
  }

  /** The same after the signal: what could not be marked by then stays pending. */
  async stopped(): Promise<void> {
    await Promise.allSettled(this.#marking);
    await this.#group.flush();
  }

  /** An entry left pending at the stop is asked for again by whoever takes it up. */
  async #untilMarked(mark: FinalMark): Promise<void> {
    const { stop, firstPauseMs, maxPauseMs } = this.#options;
    let wait = firstPauseMs;
    do {
      try {
        await this.#group.write({ kind: 'finish', mark });
        return;
      } catch {
        await pause(wait, stop);
        wait = Math.min(wait * 2, maxPauseMs);
      }
    } while (!stop.aborted);
  }

  async #writeAll(changes: readonly Change[]): Promise<void> {
    const { table, owner, lost: lostOf } = this.#options;
    let isCommitting = false;
    try {
      await table.transaction(async (trx) => {
        const inserts = changes.filter((change) => change.kind === 'insert');
        const references = inserts.flatMap(({ entry }) => referencesOf(entry));
        const lost = references.length === 0 ? undefined : await lostOf?.(trx, references);
        for (const change of inserts) {
          change.isLost = referencesOf(change.entry).some((reference) => lost?.has(reference) === true);
        }
        const stored = inserts.filter(({ isLost }) => !isLost).map(({ entry }) => entry);
        await table.insert(trx, stored, owner, new Date().toISOString());
        for (const change of changes) {
          if (change.kind === 'finish') await table.finish(trx, change.mark);
          if (change.kind === 'again') await table.again(trx, change.transactionId);
        }
        isCommitting = true;
      });
    } catch (error) {
      throw isCommitting && isUnreachable(error) ? new CommitUnknown('', { cause: error }) : error;
    }
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'UNREACHABLE';
}
