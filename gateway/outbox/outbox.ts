import { setMaxListeners } from 'node:events';
import { soleProcess, type Processes } from '../database/processes';
import type { Store } from '../database/store';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import type { EnvelopeSender, OutboxEntry, OutboxReader, TransactionStatus } from '../ports/outbox-port';
import { StageClock } from '../ports/stage-clock';
import { untilAborted } from '../ports/until-aborted';
import { OutboxTable, type FinalMark, type NewEntry } from './outbox-table';
import { OutboxWriter, type LostReferences } from './outbox-writer';
import { pause } from './pause';

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
  readonly lost?: LostReferences;
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
  readonly #writer: OutboxWriter;
  readonly #sender: EnvelopeSender;
  readonly #processes: Processes;
  readonly #options: Required<OutboxOptions>;
  readonly #clock: StageClock;
  readonly #stop = new AbortController();
  readonly #driving = new Map<string, Promise<Final>>();

  private constructor(table: OutboxTable, sender: EnvelopeSender, dependencies: OutboxDependencies) {
    const { processes = soleProcess(), lost, clock = new StageClock(), ...options } = dependencies;
    this.#clock = clock;
    this.#table = table;
    this.#sender = sender;
    this.#processes = processes;
    this.#options = { ...DEFAULTS, ...options };
    const { firstPauseMs, maxPauseMs } = this.#options;
    const stop = this.#stop.signal;
    this.#writer = new OutboxWriter({ table, owner: processes.id, lost, stop, firstPauseMs, maxPauseMs });
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
      .time('store', () => this.#writer.store(entry))
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
      await this.#writer.flush();
      const sent = await this.#table.byReference(reference);
      const pending = sent.filter(({ status }) => status === 'pending');
      if (pending.length === 0 || Date.now() >= until || this.#stop.signal.aborted) return;
      const driven = pending.flatMap(({ transactionId }) => {
        const done = this.#driving.get(transactionId);
        return done === undefined ? [] : [this.#answer(transactionId, done).catch(() => undefined)];
      });
      // What another process drives is asked for again until its row says how it ended.
      await (driven.length > 0 ? Promise.all(driven) : pause(POLL_MS, this.#stop.signal));
    }
  }

  pendingCount(): Promise<number> {
    return this.#table.pendingCount();
  }

  /** SQL transactions so far; many envelopes share one. */
  get commits(): number {
    return this.#writer.commits;
  }

  /** Stops sending; what is not final stays stored and is taken up by the next start, or by another process. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#driving.values());
    await this.#writer.stopped();
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
        this.#writer.finish(final);
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
    let wait = this.#options.firstPauseMs;
    for (let attempts = 1; !this.#stop.signal.aborted; attempts++) {
      if (resumed || attempts > 1) this.#writer.again(transactionId);
      const refusal = await this.#broadcast(transactionId, envelope);
      // Only a refusal of the very first attempt proves that nothing was ordered.
      if (refusal !== undefined && !resumed && attempts === 1 && refusal.outcome === 'rejected') {
        return { transactionId, status: 'rejected', code: refusal.code, blockNumber: null };
      }
      const status = await this.#status(transactionId, refusal ? 1_000 : this.#options.statusTimeoutMs);
      if (status) return toFinal(transactionId, status);
      await pause(wait, this.#stop.signal);
      wait = Math.min(wait * 2, this.#options.maxPauseMs);
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
}

function toFinal(transactionId: string, { code, blockNumber }: TransactionStatus): Final {
  const status = code === 'VALID' ? 'committed' : CONFLICTS.has(code) ? 'conflict' : 'rejected';
  return { transactionId, status, code, blockNumber };
}
