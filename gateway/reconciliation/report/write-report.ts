import { canonicalJson } from '../../../chaincode/domain/canonical-json';
import type { Json } from '../../../chaincode/domain/json';
import { breaks, refusedItems, type Readers, type ShownBreak } from '../matching/break-items';
import type { BreakCode } from '../matching/break-codes';
import { matchTexts, type MatchText } from '../matching/match-items';
import { REPORT_FORMAT, type Reconciliation, type RefusedItem } from '../matching/result';
import type { SideName } from '../matching/work-tables';
import { conservation, matchesByRule } from './totals';
import { DirectHasher, ThreadedHasher, type LeafHasher } from './leaf-hasher';
import type { ReportSummary } from './report-summary';

/** Takes a report's items as they are made; each may wait, so that nothing piles up in memory. */
export interface ReportSink {
  header?(text: string): void;
  match?(text: MatchText): void;
  break?(shown: ShownBreak, text: string): void;
  refused?(item: RefusedItem, text: string): void;
  trailer?(text: string): void;
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
 * @throws StorageError when the work tables cannot be read; what the sink throws.
 */
export async function makeReport(
  reconciliation: Reconciliation,
  readers: Readers,
  sinks: readonly ReportSink[] = [],
): Promise<ReportSummary> {
  const { ours, theirs } = reconciliation.board;
  const isLarge = ours.columns.count + theirs.columns.count > THREAD_FROM;
  const hasher = isLarge ? new ThreadedHasher() : new DirectHasher();
  try {
    return await writeItems(reconciliation, readers, sinks, hasher);
  } finally {
    await hasher.close();
  }
}

async function writeItems(
  reconciliation: Reconciliation,
  readers: Readers,
  sinks: readonly ReportSink[],
  hasher: LeafHasher,
): Promise<ReportSummary> {
  const itemsByCode: Partial<Record<BreakCode, number>> = {};
  let [made, breakCount] = [0, 0];
  /** Whether it is time to wait for those who take. */
  const isFull = (leaf: string): boolean => {
    hasher.append(leaf);
    return ++made % DRAIN_EVERY === 0;
  };
  const drained = async (): Promise<void> => {
    await hasher.drained();
    for (const sink of sinks) await sink.drained?.();
  };
  const head = header(reconciliation);
  for (const sink of sinks) sink.header?.(canonicalJson(head));
  for (const text of matchTexts(reconciliation)) {
    for (const sink of sinks) sink.match?.(text);
    if (isFull(text.json)) await drained();
  }
  const matchCount = made;
  for await (const shown of breaks(reconciliation, readers)) {
    const { code, isBreak } = shown.item;
    itemsByCode[code] = (itemsByCode[code] ?? 0) + 1;
    if (isBreak) breakCount++;
    const text = canonicalJson(shown.item as unknown as Json);
    for (const sink of sinks) sink.break?.(shown, text);
    if (isFull(text)) await drained();
  }
  for (const item of refusedItems(reconciliation)) {
    itemsByCode.DATA_INVALID = (itemsByCode.DATA_INVALID ?? 0) + 1;
    const text = canonicalJson(item as unknown as Json);
    for (const sink of sinks) sink.refused?.(item, text);
    if (isFull(text)) await drained();
  }
  const { kind: _kind, format: _format, ...facts } = head;
  const { board } = reconciliation;
  const summary: ReportSummary = {
    ...(facts as unknown as Pick<ReportSummary, 'asOf' | 'rules' | 'inputs'>),
    matches: matchCount,
    matchesByRule: matchesByRule(board),
    breaks: breakCount,
    itemsByCode,
    conservation: conservation(board),
    bounds: { total: board.bounds.total, hits: board.bounds.hits() },
    root: await hasher.root(),
  };
  for (const sink of sinks) sink.trailer?.(canonicalJson({ kind: 'trailer', ...summary } as unknown as Json));
  await drained();
  return summary;
}

/** What a report says before its items: format, date, rules, inputs. */
function header({ asOf, rules, rulesDigest, inputs }: Reconciliation): { [name: string]: Json } {
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
  };
}
