import type { BreakCode } from '../matching/break-codes';
import type { BoundHit } from '../matching/bounds';
import type { StatedBalance } from '../book-entry';
import type { SideName } from '../matching/work-tables';

/** Sums of all matches of one currency, minor units, credits less debits: ours = theirs + residual. */
export interface CurrencySum {
  readonly currency: string;
  readonly oursMinor: string;
  readonly theirsMinor: string;
  readonly residualMinor: string;
}

/** What a result comes to; `root` commits to every item, and goes on the ledger with the digests. */
export interface ReportSummary {
  readonly asOf: string;
  readonly rules: { readonly id: string; readonly version: string; readonly digest: string };
  readonly inputs: Readonly<
    Record<
      SideName,
      {
        readonly format: string;
        readonly digest: string;
        readonly entries: number;
        readonly refused: number;
        readonly balances: readonly Readonly<Record<keyof StatedBalance, string>>[];
      }
    >
  >;
  /** Undone matches whose entries were kept apart, by leaf hash; absent when there are none. */
  readonly undone?: readonly string[];
  readonly matches: number;
  readonly matchesByRule: Readonly<Record<string, number>>;
  readonly breaks: number;
  /** `PENDING`, `TIMING` and `DATA_INVALID` included, which are no breaks. */
  readonly itemsByCode: Readonly<Partial<Record<BreakCode, number>>>;
  readonly conservation: readonly CurrencySum[];
  readonly bounds: { readonly total: number; readonly hits: readonly BoundHit[] };
  /** RFC 6962 root over the canonical JSON of matches, breaks and refused lines in order, hexadecimal. */
  readonly root: string;
}
