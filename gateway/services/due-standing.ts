import { duesOf, type Due, type DueSource } from '../../chaincode/domain/operations/reconciliation/dues';
import { carries, remembers } from '../../chaincode/domain/operations/reconciliation/lane-memory';
import type { Lane, StandingAgreement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';

/** How one due stands, as far as this member holds the lanes of its pair. */
export interface DueStanding {
  readonly due: Due;
  /** Open date of the pair; undefined when the index does not know it. */
  readonly date: string | undefined;
  /** Every lane of the pair that is held here; none for a member outside the pair. */
  readonly lanes: readonly IndexedRecord[];
  readonly isPosted: boolean;
  /** Lanes whose debtor, receiver and currency are the due's, and whose agreement in force takes its kind. */
  readonly takers: readonly IndexedRecord[];
}

/** Where the dues of records stand; what it has read of lanes and agreements it keeps. */
export class DueBook {
  readonly #index: Pick<RecordIndex, 'businessDay' | 'records' | 'record'>;
  readonly #pairs = new Map<string, Promise<Pick<DueStanding, 'date' | 'lanes'>>>();
  readonly #types = new Map<string, Promise<readonly string[]>>();

  constructor(index: Pick<RecordIndex, 'businessDay' | 'records' | 'record'>) {
    this.#index = index;
  }

  /** Every due of a record, in the order of `duesOf`. */
  async of(source: DueSource): Promise<readonly DueStanding[]> {
    return Promise.all(duesOf(source).map((due) => this.#standing(due)));
  }

  async #standing(due: Due): Promise<DueStanding> {
    const { date, lanes } = await this.#pair(due.businessDay);
    const fitting = lanes.filter(({ groups }) => carries(as<Lane>(groups), due));
    const isPosted = fitting.some(({ groups }) => remembers(as<Lane>(groups), due));
    const taken = await Promise.all(fitting.map(async (lane) => (await this.#kinds(lane)).includes(due.entry.type)));
    return { due, date, lanes, isPosted, takers: fitting.filter((_, at) => taken[at]) };
  }

  #pair(businessDay: string): Promise<Pick<DueStanding, 'date' | 'lanes'>> {
    return kept(this.#pairs, businessDay, async () => {
      const day = await this.#index.businessDay(businessDay);
      return { date: day?.date, lanes: day === undefined ? [] : await this.#index.records(day.lanes) };
    });
  }

  /** Kinds the agreement of a lane takes; none once it has ended. */
  #kinds(lane: IndexedRecord): Promise<readonly string[]> {
    const id = as<Lane>(lane.groups).lane.agreement;
    return kept(this.#types, id, async () => {
      const agreement = await this.#index.record(id);
      return agreement?.status === 'agreed' ? as<StandingAgreement>(agreement.groups).agreement.types : [];
    });
  }
}

/** The lane a member posts a due in; none where only others may. */
export function laneOf({ takers }: DueStanding, sender: string): IndexedRecord | undefined {
  return takers.find(({ groups }) => as<Lane>(groups).lane.sender === sender);
}

/** The request that posts a due in a lane: every lane of the pair goes with it, so that none hides an earlier posting. */
export function postingOf(
  { due, lanes }: DueStanding,
  lane: IndexedRecord,
): { readonly input: { lane: string; source: string; kind: string; number: number }; readonly recordIds: string[] } {
  const { source, number, entry } = due;
  return {
    input: { lane: lane.id, source, kind: entry.type, number },
    recordIds: [...lanes.map(({ id }) => id), as<Lane>(lane.groups).lane.agreement, source],
  };
}

function kept<T>(memory: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> {
  const known = memory.get(key) ?? read();
  memory.set(key, known);
  return known;
}
