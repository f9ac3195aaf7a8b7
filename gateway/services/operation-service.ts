import { setTimeout as delay } from 'node:timers/promises';
import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import { endorsersOf } from '../../chaincode/domain/endorsers';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { LedgerError, type CommittedTransaction, type LedgerPort } from '../ports/ledger-port';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import { StageClock } from '../ports/stage-clock';
import type { OperationCall, OperationResult, Operations, PlainCall, WrittenRecord } from './operations';
import type { Previewer } from './preview';
import { keyedMutex, type RecordLocks } from './record-locks';

const MAX_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 50;

export interface OperationServiceDependencies {
  readonly ledger: Pick<LedgerPort, 'submit' | 'height'>;
  readonly index: RecordIndex;
  readonly previewer: Previewer;
  /** Waits before another attempt; replaced in tests. */
  readonly pause?: (ms: number) => Promise<unknown>;
  /** Default: the writes of this process alone. */
  readonly locks?: RecordLocks;
  readonly clock?: StageClock;
}

interface Prepared {
  readonly records: readonly IndexedRecord[];
  readonly request: Buffer;
  readonly endorsers: readonly string[];
}

/** Submits operations of the own member, with fresh bodies after a conflict. */
export class OperationService implements Operations {
  readonly #ledger: OperationServiceDependencies['ledger'];
  readonly #index: RecordIndex;
  readonly #previewer: Previewer;
  readonly #pause: (ms: number) => Promise<unknown>;
  readonly #locks: RecordLocks;
  readonly #clock: StageClock;

  constructor({ ledger, index, previewer, pause, locks, clock }: OperationServiceDependencies) {
    this.#clock = clock ?? new StageClock();
    this.#ledger = ledger;
    this.#index = index;
    this.#previewer = previewer;
    this.#locks = locks ?? keyedMutex();
    this.#pause = pause ?? ((ms) => delay(ms));
  }

  /** Writes that act on one record follow each other: two at once would only make one of them a conflict. */
  submit(call: OperationCall): Promise<OperationResult> {
    return this.#locks.hold([...call.recordIds, ...(call.actsOn ?? [])], () => this.#submitAlone(call));
  }

  async #submitAlone(call: OperationCall): Promise<OperationResult> {
    const first = await this.#prepareFirst(call);
    for (let attempt = 1, prepared = first; ; attempt++) {
      try {
        return await this.#committed(await this.#send(call, prepared));
      } catch (error) {
        if (attempt === MAX_ATTEMPTS || !mayStandAgain(error)) throw error;
        await this.#freshen(attempt);
        prepared = await this.#prepare(call);
        // A signature is over one version of the record; on another it can only fail.
        if ((call.signatures?.length ?? 0) > 0 && !sameVersions(first.records, prepared.records)) throw error;
      }
    }
  }

  /** A refusal may only mean that the own index is behind the own peer, so it is heard twice. */
  async #prepareFirst(call: OperationCall): Promise<Prepared> {
    if (call.afterBlock !== undefined) await this.#index.waitForHeight(call.afterBlock);
    try {
      return await this.#prepare(call);
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      await this.#catchUp();
      return this.#prepare(call);
    }
  }

  #prepare(call: OperationCall): Promise<Prepared> {
    return this.#clock.time('prepare', () => this.#prepared(call));
  }

  /** Another write may come between making an input and reading the records, where a lock was lost: then both anew. */
  async #prepared(call: OperationCall): Promise<Prepared> {
    const { input } = call;
    if (typeof input !== 'function') return this.#preparedWith({ ...call, input });
    for (let attempt = 1; ; attempt++) {
      const made = await input();
      const prepared = await this.#preparedWith({ ...call, input: made.input });
      const moved = prepared.records.find(({ id, version }) => (made.madeFrom[id] ?? version) !== version);
      if (moved === undefined) return prepared;
      if (attempt === MAX_ATTEMPTS) throw new Rejection('RECORD_STALE', { record: moved.id });
    }
  }

  async #preparedWith(call: PlainCall): Promise<Prepared> {
    const { records, request, endorsers } =
      call.endorsers === undefined
        ? await this.#previewed(call)
        : { ...(await this.#previewer.request(call)), endorsers: call.endorsers };
    if (endorsers.length === 0) throw new Rejection('REQUEST_INVALID', { field: '/input' });
    return { records, request: canonicalBytes(request as unknown as Json), endorsers };
  }

  async #previewed(call: PlainCall) {
    const { records, request, changes } = await this.#previewer.preview(call);
    return { records, request, endorsers: endorsersOf(changes) };
  }

  #send({ reference, alsoFor }: OperationCall, { request, endorsers }: Prepared): Promise<CommittedTransaction> {
    return this.#ledger.submit({
      chaincode: 'records',
      fn: 'Records:execute',
      args: [],
      transient: { request },
      endorsers,
      ...(reference !== undefined && { reference }),
      ...(alsoFor !== undefined && { alsoFor }),
    });
  }

  async #committed({ transactionId, blockNumber, result }: CommittedTransaction): Promise<OperationResult> {
    const written = JSON.parse(Buffer.from(result).toString('utf8')) as WrittenRecord[];
    // It stands whether this index has seen it or not: a late index must not turn a success into a failure.
    await this.#clock.time('index', () => this.#index.waitForHeight(blockNumber).catch(() => undefined));
    const records = await this.#index.records(written.map(({ id }) => id));
    return { transactionId, blockNumber, written, records };
  }

  /** Another member's peer may stand some blocks behind: wait a little, then for the own peer's height. */
  async #freshen(attempt: number): Promise<void> {
    await this.#pause(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
    await this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    const height = await this.#ledger.height();
    if (height > 0n) await this.#index.waitForHeight(height - 1n);
  }
}

/** Conflicts, and refusals that a peer behind the others gives. */
function mayStandAgain(error: unknown): boolean {
  if (!(error instanceof LedgerError)) return false;
  return (
    error.outcome === 'conflict' ||
    (error.outcome === 'rejected' && ['RECORD_STALE', 'RECORD_NOT_FOUND'].includes(error.code))
  );
}

function sameVersions(before: readonly IndexedRecord[], now: readonly IndexedRecord[]): boolean {
  return before.every(({ commitment }, at) => commitment === now[at]?.commitment);
}
