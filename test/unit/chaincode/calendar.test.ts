import { expect } from 'chai';
import fc from 'fast-check';
import { addDays, weekday } from '../../../chaincode/domain/business-date';
import {
  businessDaysBetween,
  calendarOn,
  isBusinessDay,
  isCommonBusinessDay,
  nextBusinessDate,
  publishedCalendar,
  type CalendarBook,
} from '../../../chaincode/domain/calendar';
import { Rejection } from '../../../chaincode/domain/errors';
import type { Json } from '../../../chaincode/domain/json';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof Rejection ? error.code : String(error);
  }
};
const input = (change: { readonly [name: string]: Json } = {}): Json => ({
  version: 1,
  effectiveFrom: '2026-01-01',
  holidays: [],
  cutOff: '18:00',
  timeZone: 'Europe/Berlin',
  ...change,
});
const book = (...changes: { readonly [name: string]: Json }[]): CalendarBook => {
  let held: CalendarBook | undefined;
  changes.forEach((change, at) => (held = publishedCalendar(input({ version: at + 1, ...change }), held, 'M')));
  return held as CalendarBook;
};

describe('calendars', () => {
  const days: readonly (readonly [string, { readonly [name: string]: Json } | undefined, string, boolean])[] = [
    ['a Friday, no calendar', undefined, '2026-11-27', true],
    ['a Saturday, no calendar', undefined, '2026-11-28', false],
    ['a holiday', { holidays: ['2026-11-27'] }, '2026-11-27', false],
    ['a Saturday worked (调休)', { workdays: ['2026-10-10'] }, '2026-10-10', true],
    [
      'a holiday on a day worked: the holiday',
      { workdays: ['2026-10-10'], holidays: ['2026-10-10'] },
      '2026-10-10',
      false,
    ],
    ['a Friday where the weekend is Friday and Saturday', { weekend: [5, 6] }, '2026-11-27', false],
    ['a Sunday there', { weekend: [5, 6] }, '2026-11-29', true],
    ['a Sunday without any weekend', { weekend: [] }, '2026-11-29', true],
    ['before the calendar holds', { holidays: ['2025-12-31'] }, '2025-12-31', true],
  ];
  for (const [title, change, date, expected] of days) {
    it(`${title}: ${date} ${expected ? 'is' : 'is not'} a business day`, () => {
      expect(isBusinessDay(date, change === undefined ? undefined : book(change))).to.equal(expected);
    });
  }

  it('hold from their date on, the latest of them', () => {
    const held = book({}, { effectiveFrom: '2026-06-01', holidays: ['2026-06-02'] }, { effectiveFrom: '2026-06-01' });
    expect(calendarOn(held, '2026-05-31')?.version).to.equal(1);
    expect(calendarOn(held, '2026-06-01')?.version).to.equal(3);
    expect(calendarOn(held, '2025-12-31')).to.equal(undefined);
    expect(isBusinessDay('2026-06-02', held)).to.equal(true);
  });

  it('give the next date on which both do business, over year end, leap day and a golden week', () => {
    const china = book({
      holidays: Array.from({ length: 7 }, (_, at) => `2026-10-0${at + 1}`),
      workdays: ['2026-10-10'],
    });
    const germany = book({ holidays: ['2026-12-25', '2027-01-01'] });
    const table: readonly (readonly [string, string])[] = [
      ['2026-09-30', '2026-10-08'],
      ['2026-10-09', '2026-10-12'],
      ['2026-12-24', '2026-12-28'],
      ['2026-12-31', '2027-01-04'],
      ['2028-02-28', '2028-02-29'],
    ];
    for (const [from, next] of table) expect(nextBusinessDate(from, [china, germany]), from).to.equal(next);
    expect(nextBusinessDate('2026-10-09', [china])).to.equal('2026-10-10');
  });

  it('never give a date that is none of one of them, nor leave one out', () => {
    const anyDate = fc.integer({ min: 0, max: 800 }).map((at) => addDays('2026-01-01', at));
    const anyBook = fc
      .record({
        weekend: fc.subarray([0, 1, 2, 3, 4, 5, 6], { maxLength: 3 }),
        holidays: fc.array(anyDate, { maxLength: 30 }),
        workdays: fc.array(anyDate, { maxLength: 10 }),
      })
      .map((change) => book(change));
    fc.assert(
      fc.property(anyDate, anyBook, anyBook, (from, one, other) => {
        if ([...(one.versions[0]?.weekend ?? []), ...(other.versions[0]?.weekend ?? [])].length > 5) return;
        const next = nextBusinessDate(from, [one, other]);
        expect(next > from && isCommonBusinessDay(next, [one, other])).to.equal(true);
        for (let at = addDays(from, 1); at < next; at = addDays(at, 1)) {
          expect(isCommonBusinessDay(at, [one, other]), at).to.equal(false);
        }
      }),
    );
  });

  it('say so when two members never do business on one day', () => {
    const one = book({ weekend: [0, 1, 2, 3] });
    const other = book({ weekend: [4, 5, 6] });
    expect(codeOf(() => nextBusinessDate('2026-01-01', [one, other]))).to.equal('DATE_NOT_NEXT');
  });

  it('count business days, the first left out and the last counted', () => {
    const germany = book({ holidays: ['2026-12-25'] });
    expect(businessDaysBetween('2026-12-24', '2026-12-28', germany)).to.equal(1);
    expect(businessDaysBetween('2026-12-24', '2026-12-24', germany)).to.equal(0);
    expect(businessDaysBetween('2026-12-28', '2026-12-24', germany)).to.equal(0);
    expect(weekday('2026-12-28')).to.equal(1);
  });

  const refused: readonly (readonly [string, { readonly [name: string]: Json }, string])[] = [
    ['a version that is not the next', { version: 3 }, 'RECORD_STALE'],
    ['an earlier date', { version: 2, effectiveFrom: '2025-12-31' }, 'CALENDAR_OUT_OF_ORDER'],
    ['no business day at all', { version: 2, weekend: [0, 1, 2, 3, 4, 5, 6] }, 'CALENDAR_EMPTY'],
    ['an eighth day of the week', { version: 2, weekend: [7] }, 'REQUEST_INVALID'],
    ['a day that is none', { version: 2, holidays: ['2026-02-30'] }, 'DATE_INVALID'],
    ['too many days', { version: 2, holidays: Array.from({ length: 401 }, () => '2026-01-01') }, 'REQUEST_TOO_LARGE'],
    ['an hour that is none', { version: 2, cutOff: '24:00' }, 'REQUEST_INVALID'],
  ];
  for (const [title, change, code] of refused) {
    it(`refuse ${title}: ${code}`, () => {
      expect(codeOf(() => publishedCalendar(input(change), book({}), 'M'))).to.equal(code);
    });
  }

  it('keep the eight latest versions', () => {
    const held = book(...Array.from({ length: 11 }, (_, at) => ({ effectiveFrom: `2026-01-${10 + at}` })));
    expect(held.versions.map(({ version }) => version)).to.deep.equal([4, 5, 6, 7, 8, 9, 10, 11]);
  });
});
