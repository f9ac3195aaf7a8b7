import { addDays, parseDate, weekday } from './business-date';
import { Rejection } from './errors';
import { Input } from './input';
import type { Json } from './json';

/** A version of a member's calendar: which days are none, and when a day ends. */
export interface Calendar {
  readonly member: string;
  readonly version: number;
  /** First date it holds for; the version before holds until the day before. */
  readonly effectiveFrom: string;
  /** Days of the week that are no business days, 0 Sunday to 6 Saturday. */
  readonly weekend: readonly number[];
  readonly holidays: readonly string[];
  /** Days of the weekend that are business days all the same (调休). */
  readonly workdays: readonly string[];
  /** hh:mm in `timeZone`; the day ends at it, `00:00` is the end of the day itself. */
  readonly cutOff: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** A member's calendars that may still matter, by `effectiveFrom`; older versions stand in the ledger's history. */
export interface CalendarBook {
  readonly member: string;
  readonly versions: readonly Calendar[];
}

export const CALENDAR_LIMITS = { versions: 8, days: 400 } as const;
/** No calendar has so many days in a row that are none. */
const FURTHEST = 370;
const USUAL_WEEKEND: readonly number[] = [0, 6];

/** The version in force on a date; none before the first one holds. */
export function calendarOn(book: CalendarBook | undefined, date: string): Calendar | undefined {
  return book?.versions.filter(({ effectiveFrom }) => effectiveFrom <= date).at(-1);
}

/** Whether a member does business on a date; a member without a calendar does on every day but Saturday and Sunday. */
export function isBusinessDay(date: string, book: CalendarBook | undefined): boolean {
  const { weekend = USUAL_WEEKEND, holidays = [], workdays = [] } = calendarOn(book, date) ?? {};
  if (holidays.includes(date)) return false;
  return workdays.includes(date) || !weekend.includes(weekday(date));
}

/** Whether all of these members do business on a date. */
export function isCommonBusinessDay(date: string, books: readonly (CalendarBook | undefined)[]): boolean {
  return books.every((book) => isBusinessDay(date, book));
}

/** The first date after `date` on which all of these members do business. @throws Rejection DATE_NOT_NEXT when there is none. */
export function nextBusinessDate(date: string, books: readonly (CalendarBook | undefined)[]): string {
  let next = addDays(date, 1);
  for (let left = FURTHEST; left > 0; left--) {
    if (isCommonBusinessDay(next, books)) return next;
    next = addDays(next, 1);
  }
  throw new Rejection('DATE_NOT_NEXT', { date });
}

/** The business days from one date to another, the first one left out and the last one counted; 0 when `to` is no later. */
export function businessDaysBetween(from: string, to: string, book: CalendarBook | undefined): number {
  let days = 0;
  for (let at = addDays(from, 1); at <= to; at = addDays(at, 1)) if (isBusinessDay(at, book)) days++;
  return days;
}

/**
 * A member publishes its own calendar, version by version; each holds from its date on, never earlier than the last.
 *
 * @throws Rejection REQUEST_INVALID, REQUEST_TOO_LARGE, DATE_INVALID, RECORD_STALE, CALENDAR_OUT_OF_ORDER, CALENDAR_EMPTY.
 */
export function publishedCalendar(json: Json, before: CalendarBook | undefined, creatorMspId: string): CalendarBook {
  const calendar = parseCalendar(json, creatorMspId);
  const last = before?.versions.at(-1);
  if (calendar.version !== (last?.version ?? 0) + 1) {
    throw new Rejection('RECORD_STALE', { record: `calendar ${creatorMspId}` });
  }
  if (last !== undefined && calendar.effectiveFrom < last.effectiveFrom) {
    throw new Rejection('CALENDAR_OUT_OF_ORDER', { date: last.effectiveFrom });
  }
  if (calendar.weekend.length === 7) throw new Rejection('CALENDAR_EMPTY');
  const versions = [...(before?.versions ?? []), calendar].slice(-CALENDAR_LIMITS.versions);
  return { member: creatorMspId, versions };
}

function parseCalendar(json: Json, member: string): Calendar {
  const input = Input.of(json);
  const days = { min: 0, max: CALENDAR_LIMITS.days };
  const calendar = {
    member,
    version: input.integer('version', 1, 100_000),
    effectiveFrom: input.with('effectiveFrom', parseDate),
    weekend: input.has('weekend')
      ? [...new Set(input.list('weekend', { min: 0, max: 7 }, parseWeekday))].sort()
      : (input.optionalText('weekend') ?? USUAL_WEEKEND),
    holidays: input.list('holidays', days, (item, field) => parseDate(item, field)),
    workdays: input.has('workdays')
      ? input.list('workdays', days, (item, field) => parseDate(item, field))
      : (input.optionalText('workdays') ?? []),
    cutOff: input.text('cutOff', /^([01][0-9]|2[0-3]):[0-5][0-9]$/),
    timeZone: input.text('timeZone', /^[A-Za-z0-9_+\-/]{1,64}$/),
  };
  input.end();
  return calendar as Calendar;
}

function parseWeekday(item: Json, field: string): number {
  if (typeof item !== 'number' || !Number.isInteger(item) || item < 0 || item > 6) {
    throw new Rejection('REQUEST_INVALID', { field });
  }
  return item;
}
