import type { BreakContent } from '../../chaincode/domain/operations/breaks/types';
import { Rejection } from '../../chaincode/domain/errors';
import { as } from '../../chaincode/domain/trade-types';
import { LedgerError } from '../ports/ledger-port';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import { allRecords } from '../services/all-records';
import type { Operations } from '../services/operations';

export interface DeadlineDependencies {
  readonly index: RecordIndex;
  readonly operations: Operations;
}

/** What became of one break. */
export interface DeadlineStep {
  readonly record: string;
  readonly operation: 'expireTiming' | 'escalateBreak';
  readonly outcome: 'done' | 'lost';
}

/**
 * Turns waiting items into breaks when their date has passed, and escalates what nobody answered in time.
 *
 * Both members' gateways may try; the contract judges by the pair's open date, and the second one finds it done.
 */
export class BreakDeadlines {
  readonly #deps: DeadlineDependencies;

  constructor(deps: DeadlineDependencies) {
    this.#deps = deps;
  }

  /** @throws LedgerError unavailable, unknown. */
  async run(): Promise<readonly DeadlineStep[]> {
    const steps: DeadlineStep[] = [];
    for (const record of await this.#listed(['timing'])) {
      const { clearsBy, businessDay } = as<BreakContent>(record.groups).break;
      if (clearsBy !== null && (await this.#date(businessDay)) > clearsBy) {
        steps.push(await this.#take(record.id, 'expireTiming'));
      }
    }
    for (const record of await this.#listed(['open', 'assigned', 'proposed', 'agreed'])) {
      const { handling, break: found } = as<BreakContent>(record.groups);
      if ((await this.#date(found.businessDay)) > handling.dueOn)
        steps.push(await this.#take(record.id, 'escalateBreak'));
    }
    return steps;
  }

  async #take(id: string, operation: DeadlineStep['operation']): Promise<DeadlineStep> {
    try {
      const call = { operation, input: { break: id }, recordIds: [id], reference: `closing/${operation}/${id}` };
      await this.#deps.operations.submit(call);
      return { record: id, operation, outcome: 'done' };
    } catch (error) {
      const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome !== 'unknown');
      if (!isRefusal || (error instanceof LedgerError && error.outcome === 'unavailable')) throw error;
      return { record: id, operation, outcome: 'lost' };
    }
  }

  async #date(businessDay: string): Promise<string> {
    return (await this.#deps.index.businessDay(businessDay))?.date ?? '';
  }

  async #listed(statuses: readonly string[]): Promise<IndexedRecord[]> {
    const found: IndexedRecord[] = [];
    for (const status of statuses) {
      for await (const record of allRecords(this.#deps.index, { type: 'break', status })) found.push(record);
    }
    return found;
  }
}
