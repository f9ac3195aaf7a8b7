import { addDays } from '../../business-date';
import { businessDaysBetween, isBusinessDay, type CalendarBook } from '../../calendar';
import type { BreakContent, Holding } from './types';

/** Business days within which whoever holds the ball answers. @see docs/BREAKS.md */
export const ANSWER_DAYS = 3;
/** Changes of hands one break keeps. */
const MAX_HOLDINGS = 200;
/** Calendar days that hold so many business days of any calendar. */
const FURTHEST = 400;

type Handling = BreakContent['handling'];

/** The ball in a member's hands from a date on, with a fresh deadline in its own business days. */
export function ballTo(
  member: string,
  date: string,
  book: CalendarBook | undefined,
): Pick<Handling, 'holder' | 'since' | 'dueOn'> {
  return { holder: member, since: date, dueOn: dueDate(date, book) };
}

/**
 * Passes the ball on: the time the holder had it is written down in the holder's own business days, and its clock stands
 * from now on.
 */
export function passed(
  handling: Handling,
  to: string,
  date: string,
  books: (member: string) => CalendarBook | undefined,
): Handling {
  if (handling.holder === to) return handling;
  const { holder, since } = handling;
  const holding: Holding = {
    member: holder,
    from: since,
    to: date,
    days: businessDaysBetween(since, date, books(holder)),
  };
  const holdings = [...handling.holdings, holding].slice(-MAX_HOLDINGS);
  return { ...handling, ...ballTo(to, date, books(to)), holdings };
}

/** Business days a member has had the ball in all, up to a date. */
export function ageOf(handling: Handling, member: string, date: string, book: CalendarBook | undefined): number {
  const before = handling.holdings.filter((one) => one.member === member).reduce((sum, { days }) => sum + days, 0);
  return before + (handling.holder === member ? businessDaysBetween(handling.since, date, book) : 0);
}

/** The date by which a member answers that gets the ball on `from`. */
function dueDate(from: string, book: CalendarBook | undefined): string {
  let [date, left] = [from, ANSWER_DAYS];
  for (let tried = 0; left > 0 && tried < FURTHEST; tried++) {
    date = addDays(date, 1);
    if (isBusinessDay(date, book)) left--;
  }
  return date;
}
