import { canonicalJson } from '../../../chaincode/domain/canonical-json';
import type { Json } from '../../../chaincode/domain/json';
import { breaks, refusedItems, type Readers, type ShownBreak } from '../matching/break-items';
import type { BreakCode } from '../matching/break-codes';
import { matchTexts, type MatchText } from '../matching/match-items';
import { REPORT_FORMAT, type Reconciliation, type RefusedItem } from '../matching/result';
import type { SideName } from '../matching/work-tables';
import { conservation, matchesByRule } from './totals';
import { DirectLog, ThreadedLog, type ItemLog } from './item-log';
import type { ReportSummary } from './report-summary';

/** Takes a report's items as they are made, besides `report.jsonl` itself. */
export interface ReportSink {
  match?(text: MatchText): void;
  break?(shown: ShownBreak, text: string): void;
  refused?(item: RefusedItem, text: string): void;
  /** Called often: resolves when the sink can take more. */
  drained?(): Promise<void>;
}

/** Items between two looks at whether the sink can take more. */
const DRAIN_EVERY = 4_096;
/** Entries of both sides from which hashing is worth a thread. */
const THREAD_FROM = 100_000;

/**
 * Makes the report of a result: same result, same bytes, and the root over all of its items.
 *
 * @param file where `report.jsonl` is written; nowhere when absent.
 * @throws StorageError when the work tables cannot be read; what the sinks and the file throw.
 */
export async function makeReport(
  reconciliation: Reconciliation,
  readers: Readers,
  sinks: readonly ReportSink[] = [],
  file?: string,
): Promise<ReportSummary> {
  const { ours, theirs } = reconciliation.board;
  const isLarge = ours.columns.count + theirs.columns.count > THREAD_FROM;
  const report = new Report(isLarge ? new ThreadedLog(file) : new DirectLog(file), sinks);
  try {
    return await report.make(reconciliation, readers);
  } finally {
    await report.close();
  }
}

class Report {
  readonly #log: ItemLog;
  readonly #sinks: readonly ReportSink[];
  readonly #itemsByCode: Partial<Record<BreakCode, number>> = {};
  #items = 0;
  #breaks = 0;

  constructor(log: ItemLog, sinks: readonly ReportSink[]) {
    this.#log = log;
    this.#sinks = sinks;
  }

  async make(reconciliation: Reconciliation, readers: Readers): Promise<ReportSummary> {
    const head = header(reconciliation);
    this.#log.line(canonicalJson(head));
    await this.#matches(reconciliation);
    const matches = this.#items;
    await this.#breakItems(reconciliation, readers);
    await this.#refused(reconciliation);
    const { kind: _kind, format: _format, ...facts } = head;
    const { board } = reconciliation;
    const summary: ReportSummary = {
      ...(facts as unknown as Pick<ReportSummary, 'asOf' | 'rules' | 'inputs' | 'undone'>),
      matches,
      matchesByRule: matchesByRule(board),
      breaks: this.#breaks,
      itemsByCode: this.#itemsByCode,
      conservation: conservation(board),
      bounds: { total: board.bounds.total, hits: board.bounds.hits() },
      root: await this.#log.root(),
    };
    this.#log.line(canonicalJson({ kind: 'trailer', ...summary } as unknown as Json));
    return summary;
  }

  async close(): Promise<void> {
    await this.#log.close();
  }

  async #matches(reconciliation: Reconciliation): Promise<void> {
    for (const text of matchTexts(reconciliation)) {
      for (const sink of this.#sinks) sink.match?.(text);
      if (this.#isFull(text.json)) await this.#drained();
    }
  }

  async #breakItems(reconciliation: Reconciliation, readers: Readers): Promise<void> {
    for await (const shown of breaks(reconciliation, readers)) {
      this.#count(shown.item.code);
      if (shown.item.isBreak) this.#breaks++;
      const text = canonicalJson(shown.item as unknown as Json);
      for (const sink of this.#sinks) sink.break?.(shown, text);
      if (this.#isFull(text)) await this.#drained();
    }
  }

  async #refused(reconciliation: Reconciliation): Promise<void> {
    for (const item of refusedItems(reconciliation)) {
      this.#count(item.code);
      const text = canonicalJson(item as unknown as Json);
      for (const sink of this.#sinks) sink.refused?.(item, text);
      if (this.#isFull(text)) await this.#drained();
    }
  }

  #count(code: BreakCode): void {
    this.#itemsByCode[code] = (this.#itemsByCode[code] ?? 0) + 1;
  }

  /** Takes an item, and says whether it is time to wait for those who take. */
  #isFull(item: string): boolean {
    this.#log.append(item);
    return ++this.#items % DRAIN_EVERY === 0;
  }

  async #drained(): Promise<void> {
    await this.#log.drained();
    for (const sink of this.#sinks) await sink.drained?.();
  }
}

/** What a report says before its items: format, date, rules, inputs. */
function header({ asOf, rules, rulesDigest, inputs, undone }: Reconciliation): { [name: string]: Json } {
  const side = (name: SideName): Json => {
    const { format, digest, entries, refused, balances } = inputs[name];
    return {
      format,
      digest,
      entries,
      refused: refused.length,
      balances: balances.map((balance) => ({ ...balance, amountMinor: String(balance.amountMinor) })),
    };
  };
  return {
    kind: 'header',
    format: REPORT_FORMAT,
    asOf,
    rules: { id: rules.id, version: rules.version, digest: rulesDigest },
    inputs: { ours: side('ours'), theirs: side('theirs') },
    ...(undone.length === 0 ? {} : { undone: [...undone] }),
  };
}
