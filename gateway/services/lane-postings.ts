import { randomBytes } from 'node:crypto';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import { POSTING_LIMITS } from '../../chaincode/domain/operations/reconciliation/post-segments';
import type { Lane, SettlementEntry } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { LedgerError } from '../ports/ledger-port';
import type { RecordIndex } from '../ports/record-index';
import type { OperationResult, Operations } from './operations';
import { Turns } from './turns';

/** Entries of one transaction. */
export const POSTING_BATCH = POSTING_LIMITS.segments * POSTING_LIMITS.entries;

/** Entries of one caller that go into one transaction together. */
export interface Posting {
  readonly lane: string;
  readonly agreement: string;
  /** The caller's idempotency key. */
  readonly reference: string;
  /** 1 to `POSTING_BATCH`, no end-to-end id twice. */
  readonly entries: readonly SettlementEntry[];
}

/** Where a run of a caller's entries went. */
export interface PostedRun {
  readonly transactionId: string;
  readonly blockNumber: string;
  /** Id of the segment. */
  readonly recordId?: string;
  readonly entries: number;
}

interface Waiting extends Posting {
  readonly resolve: (runs: readonly PostedRun[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Posts entries lane by lane, those of all callers that wait for one lane in one transaction.
 *
 * Every posting changes its lane's head, so that two at once could only conflict; and a transaction costs the same for
 * one entry as for a thousand. Nobody waits for others to come: the first goes at once, those that come meanwhile go
 * together. Where a transaction of several is refused, each goes alone, so that only the guilty one is told.
 */
export class LanePostings {
  readonly #deps: { readonly index: RecordIndex; readonly operations: Operations };
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #turns = new Turns();

  constructor(deps: { readonly index: RecordIndex; readonly operations: Operations }) {
    this.#deps = deps;
  }

  /** @throws Rejection what the rules refuse; LedgerError rejected, conflict, unavailable, unknown. */
  post(posting: Posting): Promise<readonly PostedRun[]> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(posting.lane) ?? [];
      this.#waiting.set(posting.lane, [...waiting, { ...posting, resolve, reject }]);
      // As many turns as postings: each takes all that wait, and the last ones may find nothing left.
      void this.#turns.take(posting.lane, () => this.#next(posting.lane));
    });
  }

  async #next(lane: string): Promise<void> {
    const { together, left } = packed(this.#waiting.get(lane) ?? []);
    if (left.length === 0) this.#waiting.delete(lane);
    else this.#waiting.set(lane, left);
    if (together.length === 0) return;
    try {
      await this.#send(together);
    } catch (error) {
      if (together.length === 1 || !isCertain(error)) for (const { reject } of together) reject(error);
      else for (const one of together) await this.#send([one]).catch(one.reject);
    }
  }

  async #send(together: readonly Waiting[]): Promise<void> {
    const result = await this.#submit(together);
    let from = 0;
    for (const { entries, resolve } of together) {
      resolve(runsOf(result, from, entries.length));
      from += entries.length;
    }
  }

  async #submit(together: readonly Waiting[]): Promise<OperationResult> {
    const [{ lane, agreement, reference }, ...others] = together as [Waiting, ...Waiting[]];
    const { index, operations } = this.#deps;
    const record = await index.record(lane);
    const businessDay = record === undefined ? '' : as<Lane>(record.groups).lane.businessDay;
    const date = (await index.businessDay(businessDay))?.date;
    if (date === undefined) throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay });
    const all = together.flatMap(({ entries }) => entries);
    const segments = Array.from({ length: Math.ceil(all.length / POSTING_LIMITS.entries) }, (_, at) => {
      const entries = all.slice(at * POSTING_LIMITS.entries, (at + 1) * POSTING_LIMITS.entries);
      return { entries, count: entries.length, amountMinor: String(sumMinor(entries)) };
    });
    return operations.submit({
      operation: 'postSegments',
      input: { lane, date, seed: randomBytes(32).toString('hex'), segments } as unknown as Json,
      recordIds: [lane, agreement],
      reference,
      alsoFor: others.map((other) => other.reference),
    });
  }
}

/** Takes what fits into one transaction, first come first; an end-to-end id that is in it already waits for the next. */
function packed(waiting: readonly Waiting[]): { together: Waiting[]; left: Waiting[] } {
  const together: Waiting[] = [];
  const left: Waiting[] = [];
  const ids = new Set<string>();
  for (const one of waiting) {
    const isRoom = together.length === 0 || ids.size + one.entries.length <= POSTING_BATCH;
    const isNew = one.entries.every(({ endToEndId }) => !ids.has(endToEndId));
    // What stays behind keeps everything after it behind: a big file would otherwise wait for good.
    if (left.length > 0 || !isRoom || !isNew) left.push(one);
    else {
      together.push(one);
      for (const { endToEndId } of one.entries) ids.add(endToEndId);
    }
  }
  return { together, left };
}

/** The segments that hold a caller's entries: `count` of them from place `from` of the transaction's. */
function runsOf({ transactionId, blockNumber, written }: OperationResult, from: number, count: number): PostedRun[] {
  const runs: PostedRun[] = [];
  for (let at = from; at < from + count;) {
    const segment = Math.floor(at / POSTING_LIMITS.entries);
    const end = Math.min(from + count, (segment + 1) * POSTING_LIMITS.entries);
    // The lane itself is written first, then its new segments in order.
    const recordId = written[segment + 1]?.id;
    const place = { transactionId, blockNumber: blockNumber.toString(), entries: end - at };
    runs.push(recordId === undefined ? place : { ...place, recordId });
    at = end;
  }
  return runs;
}

/** Whether a failed transaction certainly changed nothing. */
function isCertain(error: unknown): boolean {
  if (error instanceof LedgerError) return error.outcome !== 'unknown' && error.code !== 'INDEX_BEHIND';
  return error instanceof Rejection;
}
