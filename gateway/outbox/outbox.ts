import { setMaxListeners } from 'node:events';
import type { Database } from '../../network/storage/database';
import { LedgerError, ledgerError } from '../ports/ledger-port';
import type { EnvelopeSender, OutboxEntry, OutboxReader, TransactionStatus } from '../ports/outbox-port';
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

const DEFAULTS = {
  answerTimeoutMs: 30_000,
  statusTimeoutMs: 10_000,
  firstPauseMs: 200,
  maxPauseMs: 30_000,
  keepMs: 30 * 86_400_000,
};
const CONFLICTS = new Set(['MVCC_READ_CONFLICT', 'PHANTOM_READ_CONFLICT']);

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
  readonly #group: GroupCommit;
  readonly #sender: EnvelopeSender;
  readonly #options: Required<OutboxOptions>;
  readonly #stop = new AbortController();
  readonly #driving = new Map<string, Promise<Final>>();

  constructor(database: Database, sender: EnvelopeSender, options: OutboxOptions = {}) {
    this.#table = new OutboxTable(database);
    this.#group = new GroupCommit(database);
    this.#sender = sender;
    this.#options = { ...DEFAULTS, ...options };
    setMaxListeners(0, this.#stop.signal); // one per envelope under way
  }

  /** Takes up everything an earlier process left behind; its status is asked before it is broadcast again. */
  resume(): void {
    this.#table.prune(new Date(Date.now() - this.#options.keepMs).toISOString());
    for (const { transactionId, envelope } of this.#table.pending()) {
      if (!this.#driving.has(transactionId)) void this.#drive(transactionId, envelope, true);
    }
  }

  /**
   * Stores an envelope, broadcasts it and waits until it is final.
   *
   * @throws LedgerError unavailable (OUTBOX_FULL, GATEWAY_STOPPING: nothing was sent), rejected, conflict, unknown.
   */
  async send(entry: NewEntry): Promise<TransactionStatus> {
    if (this.#stop.signal.aborted) throw ledgerError('unavailable', 'GATEWAY_STOPPING');
    try {
      await this.#group.write(() => this.#table.insert(entry, new Date().toISOString()));
    } catch {
      throw ledgerError('unavailable', 'OUTBOX_FULL');
    }
    const final = await this.#answer(entry.transactionId, this.#drive(entry.transactionId, entry.envelope, false));
    if (final.status === 'committed') return { code: final.code, blockNumber: final.blockNumber as bigint };
    throw new LedgerError(
      final.status,
      final.code,
      `the transaction did not commit: ${final.code}`,
      {},
      entry.transactionId,
    );
  }

  entry(transactionId: string): OutboxEntry | undefined {
    return this.#table.entry(transactionId);
  }

  byReference(reference: string): readonly OutboxEntry[] {
    return this.#table.byReference(reference);
  }

  async settled(reference: string): Promise<void> {
    for (const { transactionId } of this.#table.byReference(reference)) {
      const driven = this.#driving.get(transactionId);
      if (driven !== undefined) await this.#answer(transactionId, driven).catch(() => undefined);
    }
    this.#group.flush();
  }

  pendingCount(): number {
    return this.#table.pendingCount();
  }

  /** SQL transactions so far; many envelopes share one. */
  get commits(): number {
    return this.#group.commits;
  }

  /** Stops sending; what is not final stays stored and is taken up by the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#driving.values());
    this.#group.flush();
  }

  async #answer(transactionId: string, done: Promise<Final>): Promise<Final> {
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
    this.#group
      .write(() => this.#table.finish(final))
      .catch(() => {
        // The ledger knows; an entry left pending is asked for again at the next start.
      });
  }

  #count(transactionId: string): void {
    this.#group.write(() => this.#table.again(transactionId)).catch(() => undefined); // a count, nothing depends on it
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

function toFinal(transactionId: string, { code, blockNumber }: TransactionStatus): Final {
  const status = code === 'VALID' ? 'committed' : CONFLICTS.has(code) ? 'conflict' : 'rejected';
  return { transactionId, status, code, blockNumber };
}
