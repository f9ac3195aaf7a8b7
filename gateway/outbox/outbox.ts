import { setMaxListeners } from 'node:events';
import { StorageError } from '../../network/storage/database';
import { soleProcess, type Processes } from '../database/processes';
import type { Queries, Store } from '../database/store';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import type { EnvelopeSender, OutboxEntry, OutboxReader, TransactionStatus } from '../ports/outbox-port';
import { StageClock } from '../ports/stage-clock';
import { untilAborted } from '../ports/until-aborted';
import { GroupCommit } from './group-commit';
import { OutboxTable, type FinalMark, type NewEntry } from './outbox-table';

export interface OutboxOptions {
  /** How long `send` waits for a final status before it reports `unknown`; default 30 s. */
  readonly answerTimeoutMs?: number;
  /** How long one status request may take before the envelope is broadcast again; default 10 s. */
  readonly statusTimeoutMs?: number;
  /** First pause between attempts; doubles up to `maxPauseMs`. Defaults 200 ms and 30 s. */
  readonly firstPauseMs?: number;
  readonly maxPauseMs?: number;
  /** Final entries older than this are forgotten at start; default 30 days. */
  readonly keepMs?: number;
}

/** What an outbox stands on beside its table. */
export interface OutboxDependencies extends OutboxOptions {
  /** Who else drives envelopes of the same table; nobody when absent. */
  readonly processes?: Processes;
  /** Which references have been taken over by other processes, asked in the transaction that stores. */
  readonly lost?: (trx: Queries, references: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly clock?: StageClock;
}

const DEFAULTS = {
  answerTimeoutMs: 30_000,
  statusTimeoutMs: 10_000,
  firstPauseMs: 200,
  maxPauseMs: 30_000,
  keepMs: 30 * 86_400_000,
};
const CONFLICTS = new Set(['MVCC_READ_CONFLICT', 'PHANTOM_READ_CONFLICT']);

const POLL_MS = 200;

type Change =
  | { readonly kind: 'insert'; readonly entry: NewEntry; isLost: boolean }
  | { readonly kind: 'finish'; readonly mark: FinalMark }
  | { readonly kind: 'again'; readonly transactionId: string };

/** The connection broke while a commit was under way: it may have been made or not. */
class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** What became of an envelope, once it is final. */
interface Final extends FinalMark {
  readonly status: 'committed' | 'conflict' | 'rejected';
}

/**
 * Every signed envelope this gateway sends, on disk before anybody sees it, broadcast again until it is final.
 *
 * The orderer's acknowledgement is not durable and a peer may be down when the block comes; only a status seen on the
 * ledger ends an envelope's life here. The same envelope sent twice commits once, because its id is its transaction's.
 * @see fabric internal/pkg/gateway/submit.go, commitstatus.go
 */
export class Outbox implements OutboxReader {
  readonly #table: OutboxTable;
  readonly #group: GroupCommit<Change>;
  readonly #sender: EnvelopeSender;
  readonly #processes: Processes;
  readonly #lost: OutboxDependencies['lost'];
  readonly #options: Required<OutboxOptions>;
  readonly #clock: StageClock;
  readonly #stop = new AbortController();
  readonly #driving = new Map<string, Promise<Final>>();
  /** Final statuses on their way into the table. */
  readonly #marking = new Set<Promise<void>>();

  private constructor(table: OutboxTable, sender: EnvelopeSender, dependencies: OutboxDependencies) {
    const { processes = soleProcess(), lost, clock = new StageClock(), ...options } = dependencies;
    this.#clock = clock;
    this.#table = table;
    this.#group = new GroupCommit((changes) => this.#writeAll(changes));
    this.#sender = sender;
    this.#processes = processes;
    this.#lost = lost;
    this.#options = { ...DEFAULTS, ...options };
    setMaxListeners(0, this.#stop.signal); // one per envelope under way
  }

  /** @throws StorageError; Error when the table is of a newer version. */
  static async open(store: Store, sender: EnvelopeSender, dependencies: OutboxDependencies = {}): Promise<Outbox> {
    return new Outbox(await OutboxTable.open(store), sender, dependencies);
  }

  /** Forgets what is old and takes up what ended processes left behind. @throws StorageError. */
  async resume(): Promise<void> {
    await this.#table.prune(new Date(Date.now() - this.#options.keepMs).toISOString());
    await this.takeUp();
  }

  /** Drives what belongs to no living process; a status is asked before anything is broadcast again. @throws StorageError. */
  async takeUp(): Promise<void> {
    for (const { transactionId, envelope } of await this.#table.takeOver(
      this.#processes.id,
      await this.#processes.alive(),
    )) {
      if (!this.#driving.has(transactionId)) void this.#drive(transactionId, envelope, true);
    }
  }

  /**
   * Stores an envelope, broadcasts it and waits until it is final.
   *
   * @throws LedgerError unavailable (OUTBOX_FULL, DATABASE_UNAVAILABLE, TAKEN_OVER, GATEWAY_STOPPING: nothing was sent),
   * rejected, conflict, unknown.
   */
  async send(entry: NewEntry): Promise<TransactionStatus> {
    if (this.#stop.signal.aborted) throw ledgerError('unavailable', 'GATEWAY_STOPPING');
    const driven = this.#clock
      .time('store', () => this.#store(entry))
      .then(() => this.#driving.get(entry.transactionId) ?? this.#drive(entry.transactionId, entry.envelope, false));
    driven.catch(() => undefined); // it may outlast the answer
    const final = await this.#answer(entry.transactionId, driven);
    if (final.status === 'committed') return { code: final.code, blockNumber: final.blockNumber as bigint };
    throw new LedgerError(
      final.status,
      final.code,
      `the transaction did not commit: ${final.code}`,
      {},
      entry.transactionId,
    );
  }

  entry(transactionId: string): Promise<OutboxEntry | undefined> {
    return this.#table.entry(transactionId);
  }

  byReference(reference: string): Promise<readonly OutboxEntry[]> {
    return this.#table.byReference(reference);
  }

  async settled(reference: string): Promise<void> {
    const until = Date.now() + this.#options.answerTimeoutMs;
    for (;;) {
      await this.#group.flush();
      const sent = await this.#table.byReference(reference);
      const pending = sent.filter(({ status }) => status === 'pending');
      if (pending.length === 0 || Date.now() >= until || this.#stop.signal.aborted) return;
      const driven = pending.flatMap(({ transactionId }) => {
        const done = this.#driving.get(transactionId);
        return done === undefined ? [] : [this.#answer(transactionId, done).catch(() => undefined)];
      });
      // What another process drives is asked for again until its row says how it ended.
      await (driven.length > 0 ? Promise.all(driven) : this.#pause(POLL_MS));
    }
  }

  pendingCount(): Promise<number> {
    return this.#table.pendingCount();
  }

  /** SQL transactions so far; many envelopes share one. */
  get commits(): number {
    return this.#group.commits;
  }

  /** Stops sending; what is not final stays stored and is taken up by the next start, or by another process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#driving.values());
    await Promise.allSettled(this.#marking);
    await this.#group.flush();
  }

  /**
   * Stores an envelope. While it is not known whether it is stored, it is stored again and again: an answer that says
   * "nothing was sent" would be untrue if another process found it and sent it.
   */
  async #store(entry: NewEntry): Promise<void> {
    let pause = this.#options.firstPauseMs;
    for (let isUncertain = false; ; await this.#pause(pause), pause = Math.min(pause * 2, this.#options.maxPauseMs)) {
      if (isUncertain && this.#stop.signal.aborted)
        throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, entry.transactionId);
      const change: Change = { kind: 'insert', entry, isLost: false };
      try {
        await this.#group.write(change);
        if (!change.isLost) return;
        if (isUncertain && (await this.#table.entry(entry.transactionId)) !== undefined) return;
        throw ledgerError('unavailable', 'TAKEN_OVER');
      } catch (error) {
        if (error instanceof LedgerError) throw error;
        isUncertain ||= error instanceof CommitUnknown;
        if (!isUncertain)
          throw ledgerError('unavailable', isUnreachable(error) ? 'DATABASE_UNAVAILABLE' : 'OUTBOX_FULL');
      }
    }
  }

  async #writeAll(changes: readonly Change[]): Promise<void> {
    let isCommitting = false;
    try {
      await this.#table.transaction(async (trx) => {
        const inserts = changes.filter((change) => change.kind === 'insert');
        const references = inserts.flatMap(({ entry }) => entry.reference ?? []);
        const lost = references.length === 0 ? undefined : await this.#lost?.(trx, references);
        for (const change of inserts) change.isLost = lost?.has(change.entry.reference ?? '') === true;
        const stored = inserts.filter(({ isLost }) => !isLost).map(({ entry }) => entry);
        await this.#table.insert(trx, stored, this.#processes.id, new Date().toISOString());
        for (const change of changes) {
          if (change.kind === 'finish') await this.#table.finish(trx, change.mark);
          if (change.kind === 'again') await this.#table.again(trx, change.transactionId);
        }
        isCommitting = true;
      });
    } catch (error) {
      throw isCommitting && isUnreachable(error) ? new CommitUnknown('', { cause: error }) : error;
    }
  }

  async #answer<T>(transactionId: string, done: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, transactionId)),
        this.#options.answerTimeoutMs,
      );
    });
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #drive(transactionId: string, envelope: Uint8Array, resumed: boolean): Promise<Final> {
    const done = this.#untilFinal(transactionId, envelope, resumed)
      .then((final) => {
        this.#mark(final);
        return final;
      })
      .finally(() => this.#driving.delete(transactionId));
    done.catch(() => undefined); // nobody may be waiting for a resumed one
    this.#driving.set(transactionId, done);
    return done;
  }

  /** @throws LedgerError unknown when the gateway stops first. */
  async #untilFinal(transactionId: string, envelope: Uint8Array, resumed: boolean): Promise<Final> {
    if (resumed) {
      const status = await this.#status(transactionId, Math.min(1_000, this.#options.statusTimeoutMs));
      if (status) return toFinal(transactionId, status);
    }
    let pause = this.#options.firstPauseMs;
    for (let attempts = 1; !this.#stop.signal.aborted; attempts++) {
      if (resumed || attempts > 1) this.#count(transactionId);
      const refusal = await this.#broadcast(transactionId, envelope);
      // Only a refusal of the very first attempt proves that nothing was ordered.
      if (refusal !== undefined && !resumed && attempts === 1 && refusal.outcome === 'rejected') {
        return { transactionId, status: 'rejected', code: refusal.code, blockNumber: null };
      }
      const status = await this.#status(transactionId, refusal ? 1_000 : this.#options.statusTimeoutMs);
      if (status) return toFinal(transactionId, status);
      await this.#pause(pause);
      pause = Math.min(pause * 2, this.#options.maxPauseMs);
    }
    throw ledgerError('unknown', 'OUTCOME_UNKNOWN', {}, transactionId);
  }

  async #broadcast(transactionId: string, envelope: Uint8Array): Promise<LedgerError | undefined> {
    try {
      await untilAborted(this.#sender.broadcast(transactionId, envelope), this.#stop.signal);
      return undefined;
    } catch (error) {
      return error instanceof LedgerError ? error : ledgerError('unavailable', 'PEER_UNAVAILABLE');
    }
  }

  async #status(transactionId: string, timeoutMs: number): Promise<TransactionStatus | undefined> {
    try {
      const status = await untilAborted(this.#sender.status(transactionId, timeoutMs), this.#stop.signal);
      // A repeat in the same block may be told first; the ledger's own entry is the first copy's.
      return status?.code === 'DUPLICATE_TXID' ? undefined : status;
    } catch {
      return undefined;
    }
  }

  #mark(final: Final): void {
    const marked = this.#untilMarked(final);
    this.#marking.add(marked);
    void marked.finally(() => this.#marking.delete(marked));
  }

  /** The ledger knows; an entry left pending at the stop is asked for again by whoever takes it up. */
  async #untilMarked(mark: Final): Promise<void> {
    let pause = this.#options.firstPauseMs;
    do {
      try {
        await this.#group.write({ kind: 'finish', mark });
        return;
      } catch {
        await this.#pause(pause);
        pause = Math.min(pause * 2, this.#options.maxPauseMs);
      }
    } while (!this.#stop.signal.aborted);
  }

  #count(transactionId: string): void {
    this.#group.write({ kind: 'again', transactionId }).catch(() => undefined); // a count, nothing depends on it
  }

  async #pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await untilAborted(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
      this.#stop.signal,
    );
    clearTimeout(timer);
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof StorageError && error.code === 'UNREACHABLE';
}

function toFinal(transactionId: string, { code, blockNumber }: TransactionStatus): Final {
  const status = code === 'VALID' ? 'committed' : CONFLICTS.has(code) ? 'conflict' : 'rejected';
  return { transactionId, status, code, blockNumber };
}
