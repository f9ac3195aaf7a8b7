import { HttpProblem } from './problem';
import { LedgerError } from '../ports/ledger-port';
import type { IdempotencyStore, StoredResponse } from '../ports/local-stores';
import type { TransactionView } from '../services/transactions';

/** One write as the store knows it. */
export interface WriteKey {
  /** The caller: member and user, so that one cannot read another's answers. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 over method, address, media type and body. */
  readonly requestSha256: string;
}

export interface IdempotencyDeps {
  readonly store: IdempotencyStore;
  /** Transactions this gateway sent under a reference, also before its last restart. */
  readonly byReference: (reference: string) => Promise<readonly TransactionView[]>;
  /** Waits, within the time a caller waits for any answer, until what was sent under a reference is final. */
  readonly settled: (reference: string) => Promise<void>;
}

export interface Idempotent {
  readonly response: StoredResponse;
  readonly replayed: boolean;
}

/** @throws HttpProblem IDEMPOTENCY_KEY_MISSING. @see draft-ietf-httpapi-idempotency-key-header-07 section 2 */
export function idempotencyKey(header: string | undefined): string {
  if (header === undefined || !/^[\x21-\x7e]{1,255}$/.test(header)) throw new HttpProblem('IDEMPOTENCY_KEY_MISSING');
  return header;
}

/** Under which reference a write's transactions stand in the outbox. */
export function referenceOf({ scope, key }: Pick<WriteKey, 'scope' | 'key'>): string {
  return `${scope}/${key}`;
}

/** Runs each write once per key and answers repeats with the first answer. */
export class IdempotentWrites {
  readonly #deps: IdempotencyDeps;
  /** Requests this process works on → digest of each. */
  readonly #running = new Map<string, string>();

  constructor(deps: IdempotencyDeps) {
    this.#deps = deps;
  }

  /**
   * Answers a write: from before, or by `work`, or by what its transactions became.
   *
   * `resumes`: the handler itself looks up what it sent before and goes on (bulk files); any other write that was sent
   * but never answered is told by `recover`, never sent anew.
   * @throws HttpProblem IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_IN_FLIGHT; LedgerError unknown; what `work` throws.
   */
  async run(
    write: WriteKey,
    steps: {
      readonly resumes: boolean;
      readonly work: () => Promise<StoredResponse>;
      readonly recover: (transaction: TransactionView) => Promise<StoredResponse>;
    },
  ): Promise<Idempotent> {
    const name = `${referenceOf(write)}`;
    const running = this.#running.get(name);
    if (running !== undefined)
      throw running === write.requestSha256 ? inFlight() : new HttpProblem('IDEMPOTENCY_KEY_REUSED');
    this.#running.set(name, write.requestSha256);
    try {
      const start = await this.#deps.store.start(write.scope, write.key, write.requestSha256);
      if (start.kind === 'differs') throw new HttpProblem('IDEMPOTENCY_KEY_REUSED');
      if (start.kind === 'replay') return { response: start.response, replayed: true };
      if (start.kind === 'inFlight' && start.isHere !== true) throw inFlight();
      return await this.#runStarted(write, start.kind === 'started', steps);
    } finally {
      this.#running.delete(name);
    }
  }

  /** 'inFlight' here, without a running request: it ended without a known outcome, as 'interrupted'. */
  async #runStarted(
    write: WriteKey,
    isFirst: boolean,
    steps: Parameters<IdempotentWrites['run']>[1],
  ): Promise<Idempotent> {
    const { store } = this.#deps;
    try {
      const sent = isFirst || steps.resumes ? undefined : await this.#sentBefore(referenceOf(write));
      const response = sent === undefined ? await steps.work() : await steps.recover(sent);
      await store.finish(write.scope, write.key, response);
      return { response, replayed: sent !== undefined };
    } catch (error) {
      await (isWithoutEffect(error) ? store.abandon(write.scope, write.key) : store.release(write.scope, write.key));
      throw error;
    }
  }

  /** The transaction that counts for a reference, or undefined when nothing sent under it can have an effect. */
  async #sentBefore(reference: string): Promise<TransactionView | undefined> {
    await this.#deps.settled(reference);
    const sent = await this.#deps.byReference(reference);
    const committed = sent.find(({ outcome }) => outcome === 'committed');
    if (committed !== undefined) return committed;
    const open = sent.find(({ outcome }) => outcome === 'unknown');
    if (open === undefined) return undefined;
    throw new LedgerError(
      'unknown',
      'OUTCOME_UNKNOWN',
      'the transaction sent under this key is not final yet',
      {},
      open.transactionId,
    );
  }
}

function inFlight(): HttpProblem {
  return new HttpProblem('IDEMPOTENCY_IN_FLIGHT', {}, [], { 'retry-after': '1' });
}

/** Whether a failed write certainly changed nothing, so that its key may be used again. */
function isWithoutEffect(error: unknown): boolean {
  if (error instanceof LedgerError) return error.outcome !== 'unknown' && error.code !== 'INDEX_BEHIND';
  return error instanceof HttpProblem || (error instanceof Error && error.name === 'Rejection');
}
