import type { BusinessDay } from '../../chaincode/domain/business-day';
import { nextBusinessDate, type CalendarBook } from '../../chaincode/domain/calendar';
import type { Lane } from '../../chaincode/domain/operations/reconciliation/types';
import { dayEndsAt } from './business-clock';

/** What a member knows of a pair when it asks what to do next. */
export interface ClosingState {
  readonly member: string;
  readonly day: BusinessDay;
  /** Calendars of the pair's members, in their order. */
  readonly books: readonly (CalendarBook | undefined)[];
  readonly lanes: readonly Lane['lane'][];
  /** The pair's statements that this member has not signed and nobody has refused. */
  readonly unsigned: readonly string[];
  readonly nowMs: number;
  /** After the later cut-off, minutes. */
  readonly graceMinutes: number;
  /** Moves the date on before its cut-off, because somebody asked for it. */
  readonly beforeCutOff: boolean;
}

export type ClosingStep =
  | { readonly kind: 'proposeDate' | 'advanceDate'; readonly date: string }
  | { readonly kind: 'closeDay'; readonly date: string; readonly currency: string }
  | { readonly kind: 'signStatement'; readonly statement: string };

/**
 * The steps that are this member's to take now, in their order; pure. Both members' gateways plan alike, so that either
 * does what the other has not done yet.
 */
export function closingSteps(state: ClosingState): readonly ClosingStep[] {
  return [
    ...closes(state),
    ...state.unsigned.map((statement): ClosingStep => ({ kind: 'signStatement', statement })),
    ...dateStep(state),
  ];
}

/** When the pair's open date ends for both of its members, milliseconds. */
export function pairEndsAt({ day, books }: Pick<ClosingState, 'day' | 'books'>): number {
  return Math.max(...books.map((book) => dayEndsAt(day.date, book)));
}

function dateStep(state: ClosingState): readonly ClosingStep[] {
  const { day, books, member, nowMs, graceMinutes, beforeCutOff } = state;
  if (!beforeCutOff && nowMs < pairEndsAt(state) + graceMinutes * 60_000) return [];
  const date = nextBusinessDate(day.date, books);
  if (day.proposal === null || day.proposal.date !== date) return [{ kind: 'proposeDate', date }];
  return day.proposal.by === member ? [] : [{ kind: 'advanceDate', date }];
}

/** Dates before the open one that are not closed yet, by currency, oldest first. */
function closes({ day, books, lanes }: ClosingState): readonly ClosingStep[] {
  const currencies = [...new Set(lanes.map(({ currency }) => currency))].sort();
  return currencies.flatMap((currency) => {
    const own = lanes.filter((lane) => lane.currency === currency);
    return unclosedDates(day.date, own, books).map((date): ClosingStep => ({ kind: 'closeDay', date, currency }));
  });
}

/** A pair's first statement is of the first date somebody posted for; from then on every date has one. */
function unclosedDates(
  open: string,
  lanes: readonly Lane['lane'][],
  books: readonly (CalendarBook | undefined)[],
): string[] {
  const through = lanes
    .flatMap(({ closedThrough }) => closedThrough ?? [])
    .sort()
    .at(-1);
  const posted = lanes.flatMap(({ days }) => Object.keys(days)).filter((date) => date < open && date > (through ?? ''));
  const from = through ?? [...posted].sort()[0];
  if (from === undefined) return [];
  const dates = new Set(posted);
  for (let date = nextBusinessDate(from, books); date < open; date = nextBusinessDate(date, books)) dates.add(date);
  return [...dates].sort();
}
