import { expect } from 'chai';
import fc from 'fast-check';
import { addDays, daysBetween } from '../../../chaincode/domain/business-date';
import { accruedDays, DAY_COUNTS, interestMinor, type DayCount } from '../../../chaincode/domain/interest';

describe('interest', () => {
  const days: readonly (readonly [dayCount: DayCount, from: string, to: string, days: number])[] = [
    ['ACT/360', '2026-11-10', '2026-11-11', 1],
    ['ACT/360', '2026-11-10', '2026-11-10', 0],
    ['ACT/365', '2024-02-28', '2024-03-01', 2],
    ['ACT/365', '2023-02-28', '2023-03-01', 1],
    ['ACT/360', '1900-02-28', '1900-03-01', 1],
    ['ACT/360', '2000-01-01', '2001-01-01', 366],
    ['ACT/365', '2026-12-10', '2026-11-10', -30],
    ['30/360', '2026-01-15', '2026-07-15', 180],
    ['30/360', '2026-01-31', '2026-02-28', 28],
    ['30/360', '2026-01-30', '2026-03-31', 60],
    ['30/360', '2026-01-29', '2026-03-31', 62],
    ['30/360', '2026-02-28', '2026-03-31', 33],
    ['30/360', '2025-12-31', '2026-12-31', 360],
  ];
  for (const [dayCount, from, to, expected] of days) {
    it(`${dayCount} counts ${expected} days from ${from} to ${to}`, () => {
      expect(accruedDays(dayCount, from, to)).to.equal(expected);
    });
  }

  const amounts: readonly (readonly [
    what: string,
    principal: bigint,
    basisPoints: number,
    DayCount,
    to: string,
    bigint,
  ])[] = [
    ['thirty days at 8 %', 112_500n, 800, 'ACT/360', '2027-01-09', 750n],
    ['the same over 365 days', 112_500n, 800, 'ACT/365', '2027-01-09', 740n],
    ['a month of thirty days, by the bond basis', 112_500n, 800, '30/360', '2027-01-10', 750n],
    ['a whole year, by the bond basis', 100_000n, 10_000, '30/360', '2027-12-10', 100_000n],
    ['half a minor unit is rounded up', 1_800_000n, 1, 'ACT/360', '2026-12-11', 1n],
    ['less than half is nothing', 1_799_999n, 1, 'ACT/360', '2026-12-11', 0n],
    ['on the day', 112_500n, 800, 'ACT/360', '2026-12-10', 0n],
    ['before it', 112_500n, 800, 'ACT/360', '2026-11-10', 0n],
  ];
  for (const [what, principal, rateBasisPoints, dayCount, to, expected] of amounts) {
    it(`of ${what}: ${expected}`, () => {
      expect(interestMinor(principal, { rateBasisPoints, dayCount }, '2026-12-10', to)).to.equal(expected);
    });
  }

  it('counts the days that addDays adds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 80_000 }), fc.integer({ min: 0, max: 4_000 }), (start, more) => {
        const from = addDays('1900-01-01', start);
        expect(daysBetween(from, addDays(from, more))).to.equal(more);
      }),
    );
  });

  it('never falls with amount, rate or time, and is off the exact value by half a unit at most', () => {
    const terms = fc.record({
      rateBasisPoints: fc.integer({ min: 1, max: 9_999 }),
      dayCount: fc.constantFrom(...DAY_COUNTS),
    });
    fc.assert(
      fc.property(fc.bigInt(1n, 10n ** 17n), terms, fc.integer({ min: 0, max: 3_000 }), (principal, by, late) => {
        const to = addDays('2026-12-10', late);
        const found = interestMinor(principal, by, '2026-12-10', to);
        expect(interestMinor(principal + 1n, by, '2026-12-10', to) >= found).to.equal(true);
        const dearer = { ...by, rateBasisPoints: by.rateBasisPoints + 1 };
        expect(interestMinor(principal, dearer, '2026-12-10', to) >= found).to.equal(true);
        expect(interestMinor(principal, by, '2026-12-10', addDays(to, 1)) >= found).to.equal(true);
        const year = by.dayCount === 'ACT/365' ? 365n : 360n;
        const days = BigInt(accruedDays(by.dayCount, '2026-12-10', to));
        const difference = found * 10_000n * year - principal * BigInt(by.rateBasisPoints) * days;
        expect(2n * (difference < 0n ? -difference : difference) <= 10_000n * year).to.equal(true);
      }),
    );
  });
});
