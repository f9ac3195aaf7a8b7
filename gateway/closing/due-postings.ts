import { Rejection } from '../../chaincode/domain/errors';
import type { EntryType } from '../../chaincode/domain/operations/reconciliation/types';
import type { RecordType } from '../../chaincode/domain/record';
import { LedgerError } from '../ports/ledger-port';
import type { RecordIndex } from '../ports/record-index';
import { allRecords } from '../services/all-records';
import { DueBook, laneOf, postingOf, type DueStanding } from '../services/due-standing';
import type { Operations } from '../services/operations';

export interface DuePostingDependencies {
  readonly member: string;
  readonly index: RecordIndex;
  readonly operations: Operations;
}

/** What became of a due. */
export interface PostedDue {
  readonly source: string;
  readonly kind: EntryType;
  readonly number: number;
  /** `lost`: somebody else posted it meanwhile, or is about to. */
  readonly outcome: 'posted' | 'lost' | 'failed';
  readonly code?: string;
}

/** Records that may leave something owing, by type and status; a break that is opened again comes back to one of these. */
const SOURCES: readonly (readonly [type: RecordType, status: string])[] = [
  ['payment', 'paid'],
  ['payment', 'returned'],
  ['break', 'agreed'],
  ['break', 'closed'],
  ['break', 'escalated'],
  ['break', 'disputed'],
  ['break', 'arbitration'],
];

/**
 * Posts what records on the ledger leave owing between this member and another, as soon as it arises.
 *
 * The contract posts a due once, so that both members and any number of processes may try. A due that no lane of this
 * member takes is left to people.
 */
export class DuePostings {
  readonly #deps: DuePostingDependencies;
  /** Refused in a lane on a date, for example above the day's limit: told once, and tried again on the next date. */
  readonly #refused = new Map<string, string>();

  constructor(deps: DuePostingDependencies) {
    this.#deps = deps;
  }

  /** @throws LedgerError unavailable, unknown. */
  async run(): Promise<readonly PostedDue[]> {
    if ((await this.#deps.index.list({ type: 'lane', status: 'open', limit: 1 })).items.length === 0) return [];
    const book = new DueBook(this.#deps.index);
    const posted: PostedDue[] = [];
    for (const [type, status] of SOURCES) {
      for await (const source of allRecords(this.#deps.index, { type, status })) {
        for (const standing of await book.of(source)) posted.push(...(await this.#post(standing)));
      }
    }
    return posted;
  }

  async #post(standing: DueStanding): Promise<readonly PostedDue[]> {
    const { due, date = '', isPosted } = standing;
    const lane = laneOf(standing, this.#deps.member);
    const kind = due.entry.type;
    const name = `${kind}/${due.source}/${due.number}`;
    if (isPosted || lane === undefined) return [];
    const place = `${name} ${lane.id}`;
    if (this.#refused.get(place) === date) return [];
    const told = { source: due.source, kind, number: due.number };
    try {
      await this.#deps.operations.submit({
        operation: 'postDue',
        ...postingOf(standing, lane),
        reference: `closing/postDue/${name}`,
      });
      return [{ ...told, outcome: 'posted' }];
    } catch (error) {
      const isRefusal = error instanceof Rejection || (error instanceof LedgerError && isDefinite(error));
      if (!isRefusal) throw error;
      const { code } = error;
      if (code === 'DUE_POSTED_ALREADY' || (error instanceof LedgerError && error.outcome === 'conflict')) {
        return [{ ...told, outcome: 'lost', code }];
      }
      this.#refused.set(place, date);
      return [{ ...told, outcome: 'failed', code }];
    }
  }
}

function isDefinite({ outcome }: LedgerError): boolean {
  return outcome === 'rejected' || outcome === 'conflict';
}
