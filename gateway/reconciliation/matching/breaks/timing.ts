import { nextBusinessDate, type CalendarBook } from '../../../../chaincode/domain/calendar';
import type { TimingRules } from '../../rules/rule-set';
import { dayNumber, dayText } from '../columns';

/** Says until when an unmatched entry is explained by time; asked a million times about few dates. */
export class Timing {
  readonly #rules: TimingRules;
  readonly #books: readonly CalendarBook[];
  readonly #asOf: number;
  readonly #clearsBy = new Map<string, number>();

  constructor(rules: TimingRules, asOf: string) {
    this.#rules = rules;
    this.#books = [calendarOf(rules)];
    this.#asOf = dayNumber(asOf);
  }

  /** The last day, since 1970, on which the entry may still clear by itself. */
  clearsBy(day: number, isPending: boolean): number {
    const days = isPending ? this.#rules.pendingBusinessDays : this.#rules.timingBusinessDays;
    const key = `${days} ${day}`;
    let until = this.#clearsBy.get(key);
    if (until === undefined) {
      let date = dayText(day);
      for (let count = 0; count < days; count++) date = nextBusinessDate(date, this.#books);
      this.#clearsBy.set(key, (until = dayNumber(date)));
    }
    return until;
  }

  /** Whether the entry's date has not passed on the day the files are looked at. */
  isWaiting(day: number, isPending: boolean): boolean {
    return this.#asOf <= this.clearsBy(day, isPending);
  }
}

/** The rule set's own calendar: Monday to Friday without its holidays. */
function calendarOf({ holidays }: TimingRules): CalendarBook {
  const always = { version: 1, effectiveFrom: '1900-01-01', cutOff: '00:00', timeZone: 'UTC' };
  return { member: '', versions: [{ ...always, member: '', weekend: [0, 6], holidays, workdays: [] }] };
}
