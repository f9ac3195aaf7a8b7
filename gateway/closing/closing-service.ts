import type { BusinessDay } from '../../chaincode/domain/business-day';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import type { Lane, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { LedgerError } from '../ports/ledger-port';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import { allRecords } from '../services/all-records';
import type { Operations } from '../services/operations';
import type { Registry } from '../services/registry';
import { closingSteps, pairEndsAt, type ClosingState, type ClosingStep } from './closing-plan';
import type { StatementInputs } from './statement-inputs';

/** What became of a step. */
export type StepOutcome = 'done' | 'lost' | 'filesDiffer' | 'failed';
export interface TakenStep {
  readonly businessDay: string;
  readonly step: ClosingStep;
  readonly outcome: StepOutcome;
  /** Why it was not done. */
  readonly code?: string;
  /** Block it was written in, once done. */
  readonly blockNumber?: bigint;
}

export interface ClosingDependencies {
  readonly member: string;
  readonly index: RecordIndex;
  readonly operations: Operations;
  readonly registry: Pick<Registry, 'calendar'>;
  readonly inputs: StatementInputs;
  readonly now: () => number;
  readonly graceMinutes: number;
}

/** How a pair's day stands. */
export interface ClosingStatus {
  readonly businessDay: string;
  readonly date: string;
  /** ISO 8601 UTC. */
  readonly endsAt: string;
  readonly proposal: BusinessDay['proposal'];
  readonly steps: readonly ClosingStep[];
}

/** Steps of one pair in one run: a month of dates in some currencies, each closed and signed. */
const MAX_STEPS = 500;

/** Refusals that only say that the other member was first. */
const LOST = new Set([
  'DAY_CLOSED',
  'DATE_NOT_NEXT',
  'DAY_STILL_OPEN',
  'PROPOSAL_MISSING',
  'RECORD_STALE',
  'STATEMENT_SIGNED_ALREADY',
  'STATUS_FORBIDS',
  'ENDORSEMENTS_DIFFER',
]);

/** Moves pairs' dates on, closes what is over and signs, as far as it is this member's turn; safe to run at both at once. */
export class ClosingService {
  readonly #deps: ClosingDependencies;

  constructor(deps: ClosingDependencies) {
    this.#deps = deps;
  }

  /** Every pair of this member. @throws LedgerError unavailable, unknown. */
  async runAll(): Promise<readonly TakenStep[]> {
    const taken: TakenStep[] = [];
    for (const day of await this.#days()) taken.push(...(await this.run(day.id)));
    return taken;
  }

  /**
   * One pair, until nothing is left that this member can do.
   *
   * @throws Rejection BUSINESS_DAY_NOT_FOUND; LedgerError unavailable, unknown.
   */
  async run(businessDay: string, beforeCutOff = false): Promise<readonly TakenStep[]> {
    const taken: TakenStep[] = [];
    const over = new Set<string>();
    let mayMove = beforeCutOff;
    while (taken.length < MAX_STEPS) {
      const state = await this.#state(businessDay, mayMove);
      const step = closingSteps(state).find((one) => !over.has(JSON.stringify(one)));
      if (step === undefined) break;
      over.add(JSON.stringify(step));
      taken.push(await this.#take(businessDay, state.day, step));
      // Asked for once: the date moves one day, not on and on.
      if (step.kind === 'proposeDate' || step.kind === 'advanceDate') mayMove = false;
    }
    return taken;
  }

  /** @throws Rejection BUSINESS_DAY_NOT_FOUND. */
  async status(businessDay: string): Promise<ClosingStatus> {
    const state = await this.#state(businessDay, false);
    const { id, date, proposal } = state.day;
    const endsAt = new Date(pairEndsAt(state)).toISOString();
    return { businessDay: id, date, endsAt, proposal, steps: closingSteps(state) };
  }

  async #days(): Promise<readonly BusinessDay[]> {
    const { index, member } = this.#deps;
    return (await index.businessDays()).filter(({ members }) => members.includes(member));
  }

  async #state(businessDay: string, beforeCutOff: boolean): Promise<ClosingState> {
    const { member, index, registry, now, graceMinutes } = this.#deps;
    const day = await index.businessDay(businessDay);
    if (day === undefined || !day.members.includes(member)) throw new Rejection('BUSINESS_DAY_NOT_FOUND');
    const lanes = (await index.records(day.lanes)).map(({ groups }) => as<Lane>(groups).lane);
    const books = await Promise.all(day.members.map((mspId) => registry.calendar(mspId)));
    const unsigned = await this.#unsigned(businessDay);
    return { member, day, books, lanes, unsigned, nowMs: now(), graceMinutes, beforeCutOff };
  }

  async #unsigned(businessDay: string): Promise<string[]> {
    const { index, member } = this.#deps;
    const found: IndexedRecord[] = [];
    for (const status of ['closed', 'signed']) {
      for await (const record of allRecords(index, { type: 'statement', status })) found.push(record);
    }
    return found
      .filter(({ groups }) => {
        const { statement, signatures } = as<Statement>(groups);
        return statement.businessDay === businessDay && signatures[member] === undefined;
      })
      .map(({ id }) => id)
      .sort();
  }

  async #take(businessDay: string, day: BusinessDay, step: ClosingStep): Promise<TakenStep> {
    try {
      const blockNumber = await this.#send(day, step);
      if (blockNumber === undefined) return { businessDay, step, outcome: 'filesDiffer' };
      return { businessDay, step, outcome: 'done', blockNumber };
    } catch (error) {
      const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome !== 'unknown');
      if (!isRefusal || (error instanceof LedgerError && error.outcome === 'unavailable')) throw error;
      return { businessDay, step, outcome: LOST.has(error.code) ? 'lost' : 'failed', code: error.code };
    }
  }

  /** The block it was written in; undefined where the other member has signed other files. */
  async #send({ id, members }: BusinessDay, step: ClosingStep): Promise<bigint | undefined> {
    const { operations, inputs } = this.#deps;
    const submit = async (
      input: Json,
      recordIds: readonly string[],
      actsOn: readonly string[] = [],
    ): Promise<bigint> => {
      const reference = `closing/${step.kind}/${id}`;
      return (await operations.submit({ operation: step.kind, input, recordIds, actsOn, reference })).blockNumber;
    };
    switch (step.kind) {
      case 'proposeDate':
      case 'advanceDate':
        return submit({ businessDay: id, members: [...members], date: step.date }, [], [id]);
      case 'closeDay': {
        const { input, recordIds } = await inputs.closing(id, step.currency, step.date);
        return submit(input, recordIds);
      }
      case 'signStatement': {
        const signing = await inputs.signing(step.statement);
        // Signing would open a dispute: people look at it first.
        return signing.differs ? undefined : submit(signing.input, signing.recordIds);
      }
    }
  }
}
