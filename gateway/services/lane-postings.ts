import { randomBytes } from 'node:crypto';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import { POSTING_LIMITS } from '../../chaincode/domain/operations/reconciliation/post-segments';
import type { Lane, SettlementEntry } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import { entryContent } from '../index/entry-rows';
import { LedgerError } from '../ports/ledger-port';
import type { PostedEntries, PostedEntry } from '../ports/posted-entries';
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

/** Where an entry stands. */
export interface EntryPlace {
  readonly transactionId: string;
  readonly blockNumber: string;
  /** Id of the segment. */
  readonly recordId?: string;
}

/** What became of an entry: posted by this call, or found where it was posted before. */
export interface EntryOutcome {
  readonly outcome: 'posted' | 'duplicate';
  readonly place: EntryPlace;
}

interface Waiting extends Posting {
  readonly resolve: (outcomes: readonly EntryOutcome[]) => void;
  readonly reject: (error: unknown) => void;
}

/** The entries of one caller, each with the place where it stands already if it does. */
interface Sifted {
  readonly waiting: Waiting;
  readonly known: readonly (EntryPlace | undefined)[];
  readonly fresh: readonly SettlementEntry[];
}

/** Told when every entry turns out to be posted, so that there is nothing to send. */
const NOTHING_NEW = new Error('every entry is posted already');

export interface LanePostingDependencies {
  readonly index: Pick<RecordIndex, 'record' | 'businessDay'>;
  readonly posted: Pick<PostedEntries, 'byId'>;
  readonly operations: Operations;
}

/**
 * Posts entries lane by lane, those of all callers that wait for one lane in one transaction.
 *
 * Every posting changes its lane's head, so that two at once could only conflict; and a transaction costs the same for
 * one entry as for a thousand. Nobody waits for others to come: the first goes at once, those that come meanwhile go
 * together. Where a transaction of several is refused, each goes alone, so that only the guilty one is told.
 *
 * No entry is posted twice, whoever else posts: what is sent was compared with all that the lane held at the version the
 * transaction is built on, and the ledger takes it on that version only.
 */
export class LanePostings {
  readonly #deps: LanePostingDependencies;
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #turns = new Turns();

  constructor(deps: LanePostingDependencies) {
    this.#deps = deps;
  }

  /**
   * Answers what became of each entry, in order.
   *
   * @throws HttpProblem SEGMENT_ENTRY_CONFLICT with the place of the entry; Rejection what the rules refuse;
   *   LedgerError rejected, conflict, unavailable, unknown.
   */
  post(posting: Posting): Promise<readonly EntryOutcome[]> {
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
    let sifted: readonly Sifted[] = [];
    let result: OperationResult | undefined;
    const [{ lane, agreement, reference }, ...others] = together as [Waiting, ...Waiting[]];
    try {
      result = await this.#deps.operations.submit({
        operation: 'postSegments',
        input: async () => {
          const { version, date } = await this.#lane(lane);
          sifted = await this.#sift(lane, together);
          const segments = segmentsOf(sifted.flatMap(({ fresh }) => fresh));
          if (segments.length === 0) throw NOTHING_NEW;
          const seed = randomBytes(32).toString('hex');
          return { input: { lane, date, seed, segments } as unknown as Json, madeFrom: { [lane]: version } };
        },
        recordIds: [lane, agreement],
        reference,
        alsoFor: others.map((other) => other.reference),
      });
    } catch (error) {
      if (error !== NOTHING_NEW) throw error;
    }
    settle(sifted, result);
  }

  async #lane(lane: string): Promise<{ version: number; date: string }> {
    const { index } = this.#deps;
    const record = await index.record(lane);
    const businessDay = record === undefined ? '' : as<Lane>(record.groups).lane.businessDay;
    const date = (await index.businessDay(businessDay))?.date;
    if (record === undefined || date === undefined) throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay });
    return { version: record.version, date };
  }

  async #sift(lane: string, together: readonly Waiting[]): Promise<Sifted[]> {
    const ids = together.flatMap(({ entries }) => entries.map(({ endToEndId }) => endToEndId));
    const posted = await this.#deps.posted.byId(lane, ids);
    return together.map((waiting) => {
      const known = waiting.entries.map((entry, at) => placeOf(lane, entry, posted.get(entry.endToEndId), at));
      return { waiting, known, fresh: waiting.entries.filter((_, at) => known[at] === undefined) };
    });
  }
}

function placeOf(
  lane: string,
  entry: SettlementEntry,
  posted: PostedEntry | undefined,
  at: number,
): EntryPlace | undefined {
  if (posted === undefined) return undefined;
  const { segment, transactionId, blockNumber, content } = posted;
  if (content !== entryContent(lane, entry)) {
    throw new HttpProblem('SEGMENT_ENTRY_CONFLICT', { entry: String(at), record: segment, field: '/endToEndId' });
  }
  return { transactionId, blockNumber, recordId: segment };
}

function segmentsOf(entries: readonly SettlementEntry[]): object[] {
  return Array.from({ length: Math.ceil(entries.length / POSTING_LIMITS.entries) }, (_, at) => {
    const some = entries.slice(at * POSTING_LIMITS.entries, (at + 1) * POSTING_LIMITS.entries);
    return { entries: some, count: some.length, amountMinor: String(sumMinor(some)) };
  });
}

/** Tells every caller the places of its entries: the fresh ones fill the transaction's segments in order. */
function settle(sifted: readonly Sifted[], result: OperationResult | undefined): void {
  const segments = new Map<number, EntryOutcome>();
  const segmentAt = (number: number): EntryOutcome => {
    const there = segments.get(number) ?? { outcome: 'posted', place: segmentPlace(result as OperationResult, number) };
    segments.set(number, there);
    return there;
  };
  let fresh = 0;
  for (const { waiting, known } of sifted) {
    waiting.resolve(
      known.map((place) =>
        place === undefined ? segmentAt(Math.floor(fresh++ / POSTING_LIMITS.entries)) : { outcome: 'duplicate', place },
      ),
    );
  }
}

function segmentPlace({ transactionId, blockNumber, written }: OperationResult, number: number): EntryPlace {
  // The lane itself is written first, then its new segments in order.
  const recordId = written[number + 1]?.id;
  const place = { transactionId, blockNumber: blockNumber.toString() };
  return recordId === undefined ? place : { ...place, recordId };
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

/** Whether a failed transaction certainly changed nothing. */
function isCertain(error: unknown): boolean {
  if (error instanceof LedgerError) return error.outcome !== 'unknown' && error.code !== 'INDEX_BEHIND';
  return error instanceof Rejection || error instanceof HttpProblem;
}
