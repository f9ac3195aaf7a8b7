import { expect } from 'chai';
import fc from 'fast-check';
import { publishedCalendar, type CalendarBook } from '../../../../chaincode/domain/calendar';
import type { Json } from '../../../../chaincode/domain/json';
import { businessDateAt, dayEndsAt, instantOf, localTime } from '../../../../gateway/closing/business-clock';

const book = (timeZone: string, cutOff: string, more: { readonly [name: string]: Json } = {}): CalendarBook =>
  publishedCalendar(
    { version: 1, effectiveFrom: '2000-01-01', holidays: [], weekend: [0, 6], cutOff, timeZone, ...more },
    undefined,
    'M',
  );
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000', '');

describe('the end of a business date', () => {
  const table: readonly (readonly [title: string, zone: string, cutOff: string, date: string, endsAt: string])[] = [
    ['in winter', 'Europe/Berlin', '18:00', '2026-11-10', '2026-11-10T17:00:00Z'],
    ['in summer', 'Europe/Berlin', '18:00', '2026-07-10', '2026-07-10T16:00:00Z'],
    ['midnight is the end of the day itself', 'Asia/Shanghai', '00:00', '2026-11-10', '2026-11-10T16:00:00Z'],
    ['23:00 daily cutover (日切)', 'Asia/Shanghai', '23:00', '2026-11-10', '2026-11-10T15:00:00Z'],
    ['year end', 'America/New_York', '17:00', '2026-12-31', '2026-12-31T22:00:00Z'],
    ['midnight of year end', 'America/New_York', '00:00', '2026-12-31', '2027-01-01T05:00:00Z'],
    ['a time left out in spring: the change', 'Europe/Berlin', '02:30', '2026-03-29', '2026-03-29T01:00:00Z'],
    ['a time left out in New York', 'America/New_York', '02:30', '2026-03-08', '2026-03-08T07:00:00Z'],
    ['a time that comes twice in autumn: the first', 'Europe/Berlin', '02:30', '2026-10-25', '2026-10-25T00:30:00Z'],
    ['twice in New York: the first', 'America/New_York', '01:30', '2026-11-01', '2026-11-01T05:30:00Z'],
    ['just before the clocks go back', 'Europe/Berlin', '01:59', '2026-10-25', '2026-10-24T23:59:00Z'],
    ['just after they went back', 'Europe/Berlin', '03:00', '2026-10-25', '2026-10-25T02:00:00Z'],
    ['a zone ahead by 13 hours', 'Pacific/Apia', '16:00', '2026-11-10', '2026-11-10T03:00:00Z'],
    ['the day Apia left out', 'Pacific/Apia', '12:00', '2011-12-30', '2011-12-30T10:00:00Z'],
    ['a zone with a quarter of an hour', 'Asia/Kathmandu', '17:00', '2026-11-10', '2026-11-10T11:15:00Z'],
    ['a leap day', 'UTC', '12:00', '2028-02-29', '2028-02-29T12:00:00Z'],
  ];
  for (const [title, zone, cutOff, date, endsAt] of table) {
    it(`${title}: ${date} ${cutOff} ${zone}`, () => {
      expect(iso(dayEndsAt(date, book(zone, cutOff)))).to.equal(endsAt);
    });
  }

  it('without a calendar is midnight in UTC', () => {
    expect(iso(dayEndsAt('2026-11-10', undefined))).to.equal('2026-11-11T00:00:00Z');
  });

  it('is the first moment at which the zone’s clocks show the time or a later one', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'Australia/Lord_Howe', 'UTC');
    const minutes = fc.integer({ min: 0, max: 2 * 366 * 1_440 });
    fc.assert(
      fc.property(zones, minutes, (zone, at) => {
        const local = new Date(Date.UTC(2026, 0, 1) + at * 60_000).toISOString().slice(0, 19);
        const found = instantOf(local, zone);
        expect(localTime(found, zone) >= local).to.equal(true);
        expect(localTime(found - 60_000, zone) < local).to.equal(true);
      }),
    );
  });
});

describe('the business date of an instant', () => {
  const berlin = book('Europe/Berlin', '18:00', { holidays: ['2026-12-25'] });
  const table: readonly (readonly [string, string, string])[] = [
    ['a moment before the cut-off', '2026-11-10T16:59:59Z', '2026-11-10'],
    ['the very cut-off belongs to the next date', '2026-11-10T17:00:00Z', '2026-11-11'],
    ['after it on a Friday', '2026-11-13T17:00:00Z', '2026-11-16'],
    ['a Saturday', '2026-11-14T10:00:00Z', '2026-11-16'],
    ['after it before a holiday', '2026-12-24T17:00:00Z', '2026-12-28'],
    ['the last evening of the year', '2026-12-31T17:00:00Z', '2027-01-01'],
    ['early in the local day, still yesterday in UTC', '2026-11-10T23:30:00Z', '2026-11-11'],
  ];
  for (const [title, instant, date] of table) {
    it(`${title}: ${date}`, () => expect(businessDateAt(Date.parse(instant), berlin)).to.equal(date));
  }
});
