import type { BookEntry, EntrySource, RefusedLine } from '../../../gateway/reconciliation/book-entry';
import { breaks, type Readers } from '../../../gateway/reconciliation/matching/break-items';
import { EntryReader } from '../../../gateway/reconciliation/matching/entry-reader';
import { LOAD_LIMITS, loadSide, type LoadedSide } from '../../../gateway/reconciliation/matching/load-side';
import { matches } from '../../../gateway/reconciliation/matching/match-items';
import type { BreakItem, MatchItem, Reconciliation } from '../../../gateway/reconciliation/matching/result';
import { undoneIn, type Undone } from '../../../gateway/reconciliation/matching/undone';
import type { WorkTable } from '../../../gateway/reconciliation/matching/work-tables';
import { reconcile } from '../../../gateway/reconciliation/reconcile-files';
import { makeReport } from '../../../gateway/reconciliation/report/write-report';
import type { ReportSummary } from '../../../gateway/reconciliation/report/report-summary';
import { Undoings, type Undoing } from '../../../gateway/reconciliation/undoing';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import type { Pass, RuleSet } from '../../../gateway/reconciliation/rules/rule-set';

export type EntryDraft = Partial<Omit<BookEntry, 'amountMinor' | 'line'>> & { readonly amount?: bigint | number };

/** A booked credit of 1.00 USD on 2 November 2026 without any reference, and what the draft says otherwise. */
export function entry({ amount = 100, ...draft }: EntryDraft = {}, line = 1): BookEntry {
  const bookingDate = draft.bookingDate ?? draft.valueDate ?? '2026-11-02';
  return {
    line,
    entryRef: null,
    uetr: null,
    endToEndId: null,
    references: [],
    remittance: [],
    currency: 'USD',
    amountMinor: BigInt(amount),
    direction: 'credit',
    status: 'booked',
    isReversal: false,
    bookingDate,
    valueDate: bookingDate,
    party: null,
    text: '',
    ...draft,
  };
}

/** What matching made of two lists of entries, in every form. */
export interface Outcome {
  readonly result: Reconciliation;
  readonly matches: readonly MatchItem[];
  readonly breaks: readonly BreakItem[];
  readonly summary: ReportSummary;
  /** The canonical lines of the report, in order. */
  readonly lines: readonly string[];
  /** What undoes the matches that were asked for. */
  readonly undoings: readonly Undoing[];
}

/** The default rules with one pass told otherwise. */
export function rulesWith(pass: Partial<Pass> & Pick<Pass, 'kind'>, more: Partial<RuleSet> = {}): RuleSet {
  const passes = (more.passes ?? DEFAULT_RULE_SET.passes).map((known) =>
    known.kind === pass.kind ? ({ ...known, ...pass } as Pass) : known,
  );
  return { ...DEFAULT_RULE_SET, ...more, passes };
}

/** Long after every entry of a test: nothing is explained by time. */
export const LATE = '2026-12-31';

/** Matches two lists; entries get their lines by their order, from 1. */
export async function match(
  ours: readonly EntryDraft[],
  theirs: readonly EntryDraft[],
  rules: RuleSet = DEFAULT_RULE_SET,
  asOf: string | undefined = LATE,
  hashKey: Uint8Array = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  { undone = [], undo = [] }: { readonly undone?: readonly Undone[]; readonly undo?: readonly number[] } = {},
): Promise<Outcome> {
  const sides = { ours: await loaded(ours, rules, hashKey), theirs: await loaded(theirs, rules, hashKey) };
  const readers: Readers = {
    ours: new EntryReader(sides.ours.table, sides.ours.side.columns),
    theirs: new EntryReader(sides.theirs.table, sides.theirs.side.columns),
  };
  const loadedSides = { ours: sides.ours.side, theirs: sides.theirs.side };
  const apart = await undoneIn(loadedSides, readers, rules, undone);
  const result = reconcile({ sides: loadedSides }, { rules, asOf, undone: apart });
  const undoings = new Undoings(new Set(undo));
  const found: BreakItem[] = [];
  for await (const { item } of breaks(result, readers)) found.push(item);
  const lines: string[] = [];
  const summary = await makeReport(result, readers, [
    {
      match: ({ json }) => void lines.push(json),
      break: (_shown, text) => void lines.push(text),
      refused: (_item, text) => void lines.push(text),
    },
    undoings,
  ]);
  const told = await undoings.told(loadedSides, readers);
  return { result, matches: [...matches(result)], breaks: found, summary, lines, undoings: told };
}

/** `ours|theirs` lines of each match with its rule, for tables. */
export function told({ matches: made }: Outcome): string[] {
  return made.map(({ ours, theirs, rule }) => `${ours.join(',')}|${theirs.join(',')} ${rule}`);
}

/** `code ours|theirs` of each break, for tables. */
export function codes({ breaks: found }: Outcome): string[] {
  return found.map(({ code, ours, theirs }) => `${code} ${ours.join(',')}|${theirs.join(',')}`);
}

async function loaded(
  drafts: readonly EntryDraft[],
  rules: RuleSet,
  hashKey: Uint8Array,
): Promise<{ side: LoadedSide; table: WorkTable }> {
  const table = new ListTable();
  const source = new ListSource(drafts.map((draft, at) => entry(draft, at + 1)));
  const side = await loadSide(source, table, { rules, hashKey, limits: LOAD_LIMITS, expectedEntries: 0 });
  return { side, table };
}

/** A source over a list. */
export class ListSource implements EntrySource {
  readonly format = 'list';

  constructor(
    readonly entries: readonly BookEntry[],
    readonly refused: readonly RefusedLine[] = [],
  ) {}

  digest(): string {
    return '0'.repeat(64);
  }

  balances(): readonly never[] {
    return [];
  }

  async *batches(): AsyncGenerator<{ entries: readonly BookEntry[]; refused: readonly RefusedLine[] }> {
    yield { entries: this.entries, refused: this.refused };
  }
}

/** A work table in memory: what a run of thousands of small examples needs. */
export class ListTable implements WorkTable {
  readonly #rows: Uint8Array[] = [];

  async append(rows: readonly Uint8Array[]): Promise<void> {
    this.#rows.push(...rows.map((row) => Uint8Array.from(row)));
  }

  async read(row: number): Promise<Uint8Array> {
    return this.#rows[row] as Uint8Array;
  }

  async close(): Promise<void> {}
}
