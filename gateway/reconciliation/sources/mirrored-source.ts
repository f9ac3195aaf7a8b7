import type { BookEntry, EntrySource, SourceBatch, StatedBalance } from '../book-entry';

/** A source that shows the other side's view of the account, turned round: credits are debits. */
export class MirroredSource implements EntrySource {
  readonly #source: EntrySource;

  constructor(source: EntrySource) {
    this.#source = source;
  }

  get format(): string {
    return this.#source.format;
  }

  digest(): string {
    return this.#source.digest();
  }

  balances(): readonly StatedBalance[] {
    return this.#source.balances().map((balance) => ({ ...balance, amountMinor: -balance.amountMinor }));
  }

  async *batches(): AsyncIterable<SourceBatch> {
    for await (const { entries, refused } of this.#source.batches()) yield { entries: entries.map(turned), refused };
  }
}

function turned(entry: BookEntry): BookEntry {
  return { ...entry, direction: entry.direction === 'credit' ? 'debit' : 'credit' };
}
