import { setImmediate } from 'node:timers/promises';
import type { SettlementEntry } from '../../chaincode/domain/operations/reconciliation/types';
import { entryContent } from '../index/entry-rows';
import type { PostedEntries, PostedEntry } from '../ports/posted-entries';
import type { EntryPlace } from '../services/lane-postings';
import { isGood, type GoodLine, type JudgedLine, type RefusedLine } from './judge-lines';

/** Another entry that says the same under another end-to-end id: in the ledger, or earlier in the same file. */
export interface Twin {
  readonly endToEndId: string;
  readonly recordId?: string;
  readonly line?: number;
}

/** A good line beside what its lane holds. */
export interface ComparedLine extends GoodLine {
  /** Where the very same entry is posted already. */
  readonly known?: EntryPlace;
  readonly twin?: Twin;
}

/** Lines compared at once. */
const AT_ONCE = 4_096;

/** Compares lines with all that is posted in their lane: the same again is no fault, the same id with other content is. */
export async function compareLines(
  posted: PostedEntries,
  lane: string,
  lines: readonly JudgedLine[],
): Promise<(ComparedLine | RefusedLine)[]> {
  const compared: (ComparedLine | RefusedLine)[] = [];
  const inFile = new Map<string, Twin>();
  for (let from = 0; from < lines.length; from += AT_ONCE) {
    const some = lines.slice(from, from + AT_ONCE);
    compared.push(...(await compareSome({ posted, lane, inFile }, some)));
    await setImmediate(); // a file's database answers at once: others want their turn
  }
  return compared;
}

interface Comparison {
  readonly posted: PostedEntries;
  readonly lane: string;
  /** Content → the first line of the file that says it. */
  readonly inFile: Map<string, Twin>;
}

async function compareSome(
  { posted, lane, inFile }: Comparison,
  lines: readonly JudgedLine[],
): Promise<(ComparedLine | RefusedLine)[]> {
  const good = lines.filter(isGood);
  const contents = new Map(good.map(({ line, entry }) => [line, entryContent(lane, entry)]));
  const byId = await posted.byId(
    lane,
    good.map(({ entry }) => entry.endToEndId),
  );
  const unseen = good.filter((one) => !byId.has(one.entry.endToEndId) && !inFile.has(contents.get(one.line) as string));
  const byContent = await posted.byContent(unseen.map(({ line }) => contents.get(line) as string));
  return lines.map((one) => {
    if (!isGood(one)) return one;
    const content = contents.get(one.line) as string;
    const before = byId.get(one.entry.endToEndId);
    if (before !== undefined && before.content !== content) return conflicting(one);
    const twin = inFile.get(content) ?? twinOf(one.entry, byContent.get(content));
    if (!inFile.has(content)) inFile.set(content, { endToEndId: one.entry.endToEndId, line: one.line });
    if (before !== undefined) return { ...one, known: placeOf(before) };
    return twin === undefined ? one : { ...one, twin };
  });
}

function twinOf({ endToEndId }: SettlementEntry, posted: readonly PostedEntry[] = []): Twin | undefined {
  const other = posted.find((one) => one.endToEndId !== endToEndId);
  return other && { endToEndId: other.endToEndId, recordId: other.segment };
}

function placeOf({ transactionId, blockNumber, segment }: PostedEntry): EntryPlace {
  return { transactionId, blockNumber, recordId: segment };
}

function conflicting({ line, entry: { endToEndId, amountMinor } }: GoodLine): RefusedLine {
  const code = 'SEGMENT_ENTRY_CONFLICT';
  return { line, pointer: '/endToEndId', code, endToEndId, amountMinor: BigInt(amountMinor) };
}
