import type { BookEntry } from '../book-entry';
import { explainingFee } from './allowance';
import { amountsOf } from './amounts';
import { BREAK_GROUP, BREAK_PAIR, BREAK_SINGLE, type Board, type Group, type Side } from './board';
import { BREAK_CODES, BREAK_NAMES, type BreakCode } from './break-codes';
import { convertedMinor } from './breaks/pair-code';
import { Timing } from './breaks/timing';
import { dayText, PENDING } from './columns';
import type { EntryReader } from './entry-reader';
import { linesOf, rivalsOf } from './match-items';
import { absence, mismatchesOf, sumMismatch } from './mismatches';
import { Normaliser } from './normalise';
import type { BreakItem, Mismatch, Reconciliation, RefusedItem } from './result';
import type { SideName } from './work-tables';

/** Both sides' entries in full. */
export type Readers = Readonly<Record<SideName, EntryReader>>;

/** A break with the entries it is about, for those who show it. */
export interface ShownBreak {
  readonly item: BreakItem;
  readonly ours: readonly BookEntry[];
  readonly theirs: readonly BookEntry[];
}

/** Every break in the order of our lines, then those of their side alone in the order of theirs. */
export async function* breaks(reconciliation: Reconciliation, readers: Readers): AsyncGenerator<ShownBreak> {
  const { board, rules, asOf } = reconciliation;
  const timing = new Timing(rules.timing, asOf);
  for (const side of [board.ours, board.theirs]) {
    for (let entry = 0; entry < side.columns.count; entry++) {
      const group = brokenGroup(board, side, entry);
      if (group === undefined) continue;
      const ours = await Promise.all(group.ours.map((member) => readers.ours.entry(member)));
      const theirs = await Promise.all(group.theirs.map((member) => readers.theirs.entry(member)));
      yield { item: breakItem(reconciliation, timing, side, entry, group, [ours, theirs]), ours, theirs };
    }
  }
}

/** Lines that are no entries, ours first. */
export function* refusedItems({ inputs }: Reconciliation): Generator<RefusedItem> {
  for (const side of ['ours', 'theirs'] as const) {
    for (const { line, field, code } of inputs[side].refused) {
      yield { kind: 'refused', code: 'DATA_INVALID', side, line, field, reason: code };
    }
  }
}

/** The break whose first entry this is: ours where it has any. */
function brokenGroup(board: Board, side: Side, entry: number): Group | undefined {
  const isOurs = side === board.ours;
  const mate = side.mate[entry] as number;
  switch (side.state[entry]) {
    case BREAK_SINGLE:
      return isOurs ? { ours: [entry], theirs: [] } : { ours: [], theirs: [entry] };
    case BREAK_PAIR:
      return isOurs ? { ours: [entry], theirs: [mate] } : undefined;
    case BREAK_GROUP: {
      const group = board.groups[mate] as Group;
      return isOurs && group.ours[0] === entry ? group : undefined;
    }
    default:
      return undefined;
  }
}

function breakItem(
  { board, rules }: Reconciliation,
  timing: Timing,
  side: Side,
  entry: number,
  group: Group,
  [ours, theirs]: readonly [readonly BookEntry[], readonly BookEntry[]],
): BreakItem {
  const code = BREAK_NAMES[side.reason[entry] as number] as BreakCode;
  const isPair = ours.length === 1 && theirs.length === 1;
  const isOneCurrency = new Set([...ours, ...theirs].map(({ currency }) => currency)).size === 1;
  const amounts = amountsOf(board, group.ours, group.theirs);
  const clearsBy = code === 'TIMING' || code === 'PENDING' ? clearsOn(timing, board, group) : null;
  const repeated = side.state[entry] === BREAK_SINGLE ? (side.mate[entry] as number) : -1;
  const fees = (['report', 'match'] as const).map((action) => explainingFee(rules.fees, action, amounts));
  return {
    kind: 'break',
    code,
    isBreak: BREAK_CODES[code].isBreak || (clearsBy !== null && clearsBy.isOver),
    ...linesOf(board, group),
    currency: amounts.currency,
    direction: amounts.direction,
    oursMinor: String(amounts.ours),
    theirsMinor: String(amounts.theirs),
    residualMinor: isOneCurrency ? String(amounts.ours - amounts.theirs) : String(amounts.ours),
    mismatches: mismatches(board, rules, group, code, isPair, [ours, theirs]),
    clearsBy: clearsBy?.date ?? null,
    fee: code === 'FEE_VARIANCE' ? (fees.find((fee) => fee !== undefined)?.name ?? null) : null,
    repeats: repeated < 0 ? null : (side.columns.line[repeated] as number),
    rivals: rivalsOf(board, group),
  };
}

function mismatches(
  board: Board,
  { fx, normalise }: Reconciliation['rules'],
  group: Group,
  code: BreakCode,
  isPair: boolean,
  [ours, theirs]: readonly [readonly BookEntry[], readonly BookEntry[]],
): readonly Mismatch[] {
  const [a, b] = [ours[0], theirs[0]];
  if (isPair && a !== undefined && b !== undefined) {
    const found = mismatchesOf(a, b, new Normaliser(normalise));
    if (code !== 'FX_VARIANCE') return found;
    const converted = convertedMinor(board, fx, group.ours[0] as number, group.theirs[0] as number) as bigint;
    const delta = String(b.amountMinor - converted);
    return [...found, { field: 'convertedMinor', expected: String(converted), actual: String(b.amountMinor), delta }];
  }
  const [alone, other] = [a ?? b, a === undefined ? ours : theirs];
  if (alone !== undefined && other.length === 0) {
    const more = code === 'STATUS_MISMATCH' ? [{ field: 'status', ...only(alone.status, a !== undefined) }] : [];
    return [...more, ...absence(alone, a !== undefined)];
  }
  const { ours: left, theirs: right } = amountsOf(board, group.ours, group.theirs);
  return sumMismatch(left, right);
}

function only(value: string, isOurs: boolean): Omit<Mismatch, 'field'> {
  return isOurs ? { expected: value, actual: null, delta: null } : { expected: null, actual: value, delta: null };
}

/** The last day of the latest of the group's entries. */
function clearsOn(timing: Timing, board: Board, group: Group): { readonly date: string; readonly isOver: boolean } {
  let [last, isWaiting] = [Number.MIN_SAFE_INTEGER, false];
  for (const side of [board.ours, board.theirs]) {
    for (const entry of group[side.name]) {
      const day = side.columns.day[entry] as number;
      const isPending = ((side.columns.flags[entry] as number) & PENDING) !== 0;
      last = Math.max(last, timing.clearsBy(day, isPending));
      isWaiting ||= timing.isWaiting(day, isPending);
    }
  }
  return { date: dayText(last), isOver: !isWaiting };
}
