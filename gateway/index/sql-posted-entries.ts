import { batches } from '../database/batches';
import type { Store } from '../database/store';
import { firstVersion } from './first-version';
import type { PostedEntries, PostedEntry } from '../ports/posted-entries';

/** The entries of every lane, as the index holds them. */
export class SqlPostedEntries implements PostedEntries {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async byId(lane: string, endToEndIds: readonly string[]): Promise<ReadonlyMap<string, PostedEntry>> {
    const found = new Map<string, PostedEntry>();
    for (const some of batches([...new Set(endToEndIds)])) {
      const rows = await this.#rows().where('e.lane', '=', lane).where('e.end_to_end_id', 'in', some).execute();
      for (const row of rows) found.set(row.end_to_end_id, toEntry(row));
    }
    return found;
  }

  async byContent(contents: readonly string[]): Promise<ReadonlyMap<string, readonly PostedEntry[]>> {
    const found = new Map<string, PostedEntry[]>();
    for (const some of batches([...new Set(contents)])) {
      for (const content of await this.#known(some)) {
        const rows = await this.#rows().where('e.content', '=', content).limit(2).execute();
        found.set(content, rows.map(toEntry));
      }
    }
    return found;
  }

  /** Which of the contents are there at all: fees of one amount may be there ten thousand times. */
  async #known(contents: readonly string[]): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('posted_entries')
      .select('content')
      .distinct()
      .where('content', 'in', contents)
      .execute();
    return rows.map(({ content }) => content);
  }

  #rows() {
    return this.#store.db
      .selectFrom('posted_entries as e')
      .innerJoin('versions as v', (join) =>
        join.onRef('v.id', '=', 'e.segment').on('v.version', '=', (eb) => firstVersion(eb, 'e.segment')),
      )
      .select(['e.end_to_end_id', 'e.content', 'e.segment', 'v.transaction_id', 'v.block']);
  }
}

function toEntry(row: {
  end_to_end_id: string;
  content: string;
  segment: string;
  transaction_id: string;
  block: number;
}): PostedEntry {
  return {
    endToEndId: row.end_to_end_id,
    content: row.content,
    segment: row.segment,
    transactionId: row.transaction_id,
    blockNumber: String(row.block),
  };
}
