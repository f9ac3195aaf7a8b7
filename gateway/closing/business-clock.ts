import { addDays } from '../../chaincode/domain/business-date';
import { calendarOn, isBusinessDay, nextBusinessDate, type CalendarBook } from '../../chaincode/domain/calendar';

/** When a day ends for a member that has published no calendar. */
const USUAL = { cutOff: '00:00', timeZone: 'UTC' } as const;
/** Offsets are whole minutes and change at most by a day (Apia, 2011): this much around is looked at. */
const SEARCH_MS = 26 * 3_600_000;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Local date and time of an instant in a zone, `yyyy-mm-ddThh:mm:ss`. */
export function localTime(instantMs: number, timeZone: string): string {
  let format = FORMATS.get(timeZone);
  if (format === undefined) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-CA', {
      ...numeric,
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZone,
    });
    FORMATS.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(instantMs).map(({ type, value }) => [type, value]));
  const { year = '', month, day, hour, minute, second } = parts;
  return `${year.padStart(4, '0')}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}`;
}

/**
 * The first instant, in milliseconds, at which a zone's clocks show a local time or a later one.
 *
 * So a time that a change to summer time leaves out is the moment of the change, and one that comes twice is the first.
 */
export function instantOf(local: string, timeZone: string): number {
  const guess = Date.parse(`${local}Z`);
  let [before, reached] = [guess - SEARCH_MS, guess + SEARCH_MS];
  // Local time runs on but for steps back, before the first of which it has been reached already: whole minutes, first hit.
  while (reached - before > 60_000) {
    const middle = Math.floor((before + reached) / 120_000) * 60_000;
    if (hasBeenReached(middle, local, timeZone)) reached = middle;
    else before = middle;
  }
  return reached;
}

/** Whether clocks have shown `local` or later at some time up to an instant; a step back does not undo it. */
function hasBeenReached(instantMs: number, local: string, timeZone: string): boolean {
  for (let back = 0; back <= 3 * 3_600_000; back += 1_800_000) {
    if (localTime(instantMs - back, timeZone) >= local) return true;
  }
  return false;
}

/**
 * The instant at which a member's business date ends: its cut-off on that day in its zone; `00:00` is the day's own end.
 *
 * The date is [the end of the one before, this): what comes at the very moment belongs to the next.
 */
export function dayEndsAt(date: string, book: CalendarBook | undefined): number {
  const { cutOff, timeZone } = calendarOn(book, date) ?? USUAL;
  return instantOf(`${cutOff === '00:00' ? addDays(date, 1) : date}T${cutOff}:00`, timeZone);
}

/** The business date an instant falls into for a member: its day before the cut-off, else the next one, never a holiday. */
export function businessDateAt(instantMs: number, book: CalendarBook | undefined): string {
  const local = localTime(instantMs, (calendarOn(book, utcDate(instantMs)) ?? USUAL).timeZone).slice(0, 10);
  const date = instantMs < dayEndsAt(local, book) ? local : addDays(local, 1);
  return isBusinessDay(date, book) ? date : nextBusinessDate(date, [book]);
}

function utcDate(instantMs: number): string {
  return new Date(instantMs).toISOString().slice(0, 10);
}
