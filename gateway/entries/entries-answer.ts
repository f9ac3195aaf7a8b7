import type { SettledLine } from './post-batches';
import { isGood } from './judge-lines';

/** Lines told one by one in an answer; the counts are of all. */
export const MOST_TOLD = 1_000;

/** A number of entries and the sum of their amounts. */
export interface Totals {
  readonly entries: number;
  /** Whole number of minor units, as text. */
  readonly amountMinor: string;
}

/** What a caller says that a whole file adds up to, as far as it says so. */
export type ControlTotals = Partial<Totals>;

export interface PostedSegment {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly entries: number;
  readonly state: 'posted' | 'failed' | 'notTried';
  readonly transactionId?: string;
  readonly blockNumber?: string;
  readonly recordId?: string;
  readonly code?: string;
}

/** What became of a file. */
export interface EntriesAnswer {
  /** Whether every good line stands in the lane. */
  readonly complete: boolean;
  readonly lines: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly possibleDuplicates: number;
  readonly totals: Readonly<Record<'accepted' | 'duplicate' | 'refused' | 'notPosted', Totals>>;
  readonly refusedLines: readonly { readonly line: number; readonly pointer: string; readonly code: string }[];
  readonly duplicateLines: readonly {
    readonly line: number;
    readonly transactionId: string;
    readonly recordId?: string;
  }[];
  readonly possibleDuplicateLines: readonly {
    readonly line: number;
    readonly endToEndId: string;
    readonly otherLine?: number;
    readonly recordId?: string;
  }[];
  readonly segments: readonly PostedSegment[];
}

type Counted = keyof EntriesAnswer['totals'];

const COUNTED = {
  posted: 'accepted',
  duplicate: 'duplicate',
  refused: 'refused',
  failed: 'notPosted',
  notTried: 'notPosted',
} as const satisfies Record<SettledLine['outcome'], Counted>;

/** Adds up what became of each line, batch by batch, in memory that does not grow with the file. */
export class AnswerBuilder {
  readonly #counts: Record<Counted, { entries: number; amount: bigint }> = {
    accepted: { entries: 0, amount: 0n },
    duplicate: { entries: 0, amount: 0n },
    refused: { entries: 0, amount: 0n },
    notPosted: { entries: 0, amount: 0n },
  };
  readonly #refused: EntriesAnswer['refusedLines'][number][] = [];
  readonly #duplicates: EntriesAnswer['duplicateLines'][number][] = [];
  readonly #possible: EntriesAnswer['possibleDuplicateLines'][number][] = [];
  readonly #segments: PostedSegment[] = [];
  #possibleCount = 0;

  add(batch: readonly SettledLine[]): void {
    for (const settled of batch) {
      const { line, outcome } = settled;
      const count = this.#counts[COUNTED[outcome]];
      count.entries++;
      count.amount += isGood(line) ? BigInt(line.entry.amountMinor) : line.amountMinor;
      if (outcome === 'refused') this.#addRefused(settled);
      else if (outcome === 'duplicate') this.#addDuplicate(settled);
      else this.#addTwin(settled);
    }
    this.#segments.push(...segmentsOf(batch));
  }

  answer(): EntriesAnswer {
    const { accepted, duplicate, refused, notPosted } = this.#counts;
    return {
      complete: notPosted.entries === 0,
      lines: accepted.entries + duplicate.entries + refused.entries + notPosted.entries,
      accepted: accepted.entries,
      duplicates: duplicate.entries,
      refused: refused.entries,
      possibleDuplicates: this.#possibleCount,
      totals: {
        accepted: told(accepted),
        duplicate: told(duplicate),
        refused: told(refused),
        notPosted: told(notPosted),
      },
      refusedLines: this.#refused,
      duplicateLines: this.#duplicates,
      possibleDuplicateLines: this.#possible,
      segments: this.#segments,
    };
  }

  #addRefused({ line, code = '' }: SettledLine): void {
    if (this.#refused.length === MOST_TOLD) return;
    this.#refused.push({ line: line.line, pointer: isGood(line) ? '/endToEndId' : line.pointer, code });
  }

  #addDuplicate({ line, place }: SettledLine): void {
    if (this.#duplicates.length === MOST_TOLD || place === undefined) return;
    const { transactionId, recordId } = place;
    this.#duplicates.push({ line: line.line, transactionId, ...(recordId === undefined ? {} : { recordId }) });
  }

  #addTwin({ line }: SettledLine): void {
    if (!isGood(line) || line.twin === undefined) return;
    this.#possibleCount++;
    if (this.#possible.length === MOST_TOLD) return;
    const { endToEndId, recordId, line: otherLine } = line.twin;
    this.#possible.push({
      line: line.line,
      endToEndId,
      ...(otherLine === undefined ? {} : { otherLine }),
      ...(recordId === undefined ? {} : { recordId }),
    });
  }
}

function told({ entries, amount }: { entries: number; amount: bigint }): Totals {
  return { entries, amountMinor: String(amount) };
}

/** The segments that a batch's lines went into, by their first lines; one may hold lines of other callers too. */
function segmentsOf(batch: readonly SettledLine[]): PostedSegment[] {
  const segments = new Map<string, PostedSegment>();
  for (const { line, outcome, place, code } of batch) {
    if (outcome === 'duplicate' || outcome === 'refused') continue;
    const name = `${outcome} ${place?.transactionId ?? ''} ${place?.recordId ?? ''}`;
    const there = segments.get(name) ?? {
      firstLine: line.line,
      lastLine: line.line,
      entries: 0,
      state: outcome,
      ...place,
      ...(code === undefined ? {} : { code }),
    };
    segments.set(name, { ...there, lastLine: line.line, entries: there.entries + 1 });
  }
  return [...segments.values()];
}
