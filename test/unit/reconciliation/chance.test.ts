import { expect } from 'chai';
import * as fc from 'fast-check';
import { isExplainedByChance, type Pool, type Window } from '../../../gateway/reconciliation/matching/chance';
import { codes, match, rulesWith, told, type EntryDraft } from '../../support/reconciliation/books';

const of = (party: string, amounts: readonly number[], more: EntryDraft = {}): EntryDraft[] =>
  amounts.map((amount) => ({ amount, party, ...more }));
const on = (day: number): string => `2026-11-${String(day).padStart(2, '0')}`;

describe('sums that chance explains', () => {
  it('wages that lie close together: three of ten hit a sum sooner or later, so the only set is no match', async () => {
    const wages = [
      1_000_013, 1_000_027, 1_000_111, 1_000_204, 1_000_333, 1_000_451, 1_000_580, 1_000_602, 1_000_777, 1_000_890,
    ];
    // One exact set, and a hundred others within a thousandth of it.
    const whole = of('P', [1_000_027 + 1_000_333 + 1_000_777]);
    const outcome = await match(whole, of('P', wages));
    expect(outcome.matches).to.deep.equal([]);
    expect(outcome.breaks[0]).to.deep.include({
      code: 'MISSING_EXTERNAL',
      rivals: { ours: [], theirs: [2, 5, 9], total: 3 },
    });
    const apart = wages.map((wage, at) => wage + at * at * 137_911);
    const clear = await match(of('P', [apart[1]! + apart[4]! + apart[8]!]), of('P', apart));
    expect(told(clear)).to.deep.equal(['1|2,5,9 coveringSet']);
  });

  it('names the set as rivals of the entry that stays open', async () => {
    const outcome = await match(of('P', [100_000]), of('P', [60_000, 40_000]));
    expect(outcome.matches).to.deep.equal([]);
    expect(outcome.breaks[0]).to.deep.include({
      code: 'MISSING_EXTERNAL',
      rivals: { ours: [], theirs: [1, 2], total: 2 },
    });
  });

  for (const [title, ours, theirs, rule] of [
    ['round amounts of one party', [100_000], [60_000, 40_000], null],
    ['amounts to the cent', [1_000_003], [600_001, 400_002], 'coveringSet'],
    ['the same to the thousand', [1_000_000], [600_000, 400_000], null],
    ['round amounts, several to several', [70_000, 50_000], [40_000, 65_000, 15_000], null],
    ['several to several to the cent', [700_001, 500_009], [400_003, 650_004, 150_003], 'manyToMany'],
    ['a price list: everything is a multiple of one price', [5 * 199_900], [2 * 199_900, 3 * 199_900], null],
  ] as const) {
    it(`${title}: ${rule ?? 'not matched'}`, async () => {
      const outcome = await match(of('P', ours), of('P', theirs));
      expect(outcome.matches.map((item) => item.rule)).to.deep.equal(rule === null ? [] : [rule]);
    });
  }

  it('a reference that every part shares with the one speaks louder than the sum', async () => {
    const parts = [60_000, 40_000].map((amount, at) => ({ amount, party: 'P', references: ['ORDER', `PART-${at}`] }));
    // The second entry of ours keeps the reference from leading to one entry alone, so that only the set pass can tell.
    const ours = [
      { amount: 100_000, party: 'P', references: ['ORDER'] },
      { amount: 7, party: 'P', references: ['ORDER'] },
    ];
    expect(told(await match(ours, parts))).to.deep.equal(['1|1,2 coveringSet']);
    expect(told(await match(ours, [parts[0]!, { ...parts[1]!, references: ['OTHER'] }]))).to.deep.equal([]);
  });

  it('asks for no less than a rule set says', async () => {
    const ours = of('P', [1_000_003]);
    const theirs = of('P', [600_001, 400_002, 350_019, 120_007]);
    const under = async (chanceOneIn: number): Promise<string[]> =>
      told(
        await match(
          ours,
          theirs,
          rulesWith({ kind: 'manyToMany', chanceOneIn }, rulesWith({ kind: 'coveringSet', chanceOneIn })),
        ),
      );
    expect(await under(10_000)).to.deep.equal(['1|1,2 coveringSet']);
    expect(await under(10_000_000)).to.deep.equal([]);
  });

  it('more sets than can be counted prove nothing, and the report says so', async () => {
    // Every sum of powers of two is there once only, which the search finds at once; there are 13 million of ten parts.
    const powers = Array.from({ length: 28 }, (_, at) => 2 ** at);
    const target = powers.filter((_, at) => at % 3 === 0).reduce((sum, amount) => sum + amount, 0);
    const { summary } = await match(of('P', [target]), of('P', powers));
    expect(summary.matches).to.equal(0);
    expect(summary.bounds.hits.map(({ bound }) => bound)).to.include.members(['maxCounted']);
  });

  it('unrelated books of one party never match by their sums', async () => {
    const amount = fc.integer({ min: 5_000, max: 5_000_000 });
    const one = fc.record({ amount, day: fc.integer({ min: 2, max: 20 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 3, maxLength: 9 }),
        fc.array(one, { minLength: 3, maxLength: 9 }),
        async (ours, theirs) => {
          const drafts = (list: typeof ours): EntryDraft[] =>
            list.map(({ amount: minor, day }) => ({ amount: minor, party: 'P', bookingDate: on(day) }));
          const { matches } = await match(drafts(ours), drafts(theirs));
          expect(matches.filter(({ rule }) => rule !== 'amountDate')).to.deep.equal([]);
        },
      ),
      // A fixed seed: what happens once in ten thousand pools may not be what a run of the suite depends on.
      { numRuns: 400, seed: 20_261_129 },
    );
  });
});

/** What two of a million generated entries did: parts of two payments that are worth the same. */
describe('pairs of equal money that belong to two payments', () => {
  it('neither the pair nor what the two payments leave is matched', async () => {
    const ours = [
      ...of('P', [2_606_518], { bookingDate: on(1) }),
      ...of('P', [358_291, 233_152, 10_328], { bookingDate: on(1) }),
    ];
    const theirs = [
      ...of('P', [1_522_156, 604_489, 307_533, 6_057, 10_328], { bookingDate: on(1) }),
      ...of('P', [155_955], { bookingDate: on(2) }),
      ...of('P', [256_491], { bookingDate: on(2) }),
      ...of('P', [220_762, 124_518], { bookingDate: on(1) }),
    ];
    const outcome = await match(ours, theirs);
    expect(told(outcome)).to.deep.equal([]);
    const pair = outcome.breaks.find((item) => String(item.ours) === '4');
    expect(pair?.rivals?.theirs).to.include(5);
  });

  it('nor in books of one party too large to look at as a whole', async () => {
    const many = (from: number): EntryDraft[] =>
      Array.from({ length: 12 }, (_, at) => ({ amount: from + at ** 3 * 9_973, party: 'P', bookingDate: on(6) }));
    const ours = [...of('P', [2_606_518, 10_328], { bookingDate: on(1) }), ...many(7_000_003)];
    const theirs = [
      ...of('P', [2_596_190, 10_328], { bookingDate: on(1) }),
      ...many(7_000_003).map((draft) => ({ ...draft, bookingDate: on(7) })),
    ];
    // 2,606,518 = 2,596,190 + 10,328: the pair of 10,328 would leave a payment and its larger part alone.
    const outcome = await match(ours, theirs);
    const lines = outcome.matches.flatMap((item) => item.ours);
    expect(lines).to.not.include(1);
    expect(lines).to.not.include(2);
    expect(outcome.matches).to.have.length(12);
  });

  it('an entry that a list of the other side names is left to its list', async () => {
    const ours = [
      { amount: 408_550, party: 'P', references: ['INV-1'] },
      { amount: 355_595, party: 'P', references: ['INV-2'] },
    ];
    const remittance = [
      { reference: 'INV-1', amountMinor: 408_550n },
      { reference: 'INV-2', amountMinor: 355_595n },
    ];
    const theirs = [
      { amount: 764_145, party: 'P', remittance },
      { amount: 355_595, party: 'P' },
    ];
    const outcome = await match(ours, theirs);
    expect(told(outcome)).to.deep.equal(['1,2|1 remittance']);
    expect(codes(outcome)).to.deep.equal(['MISSING_INTERNAL |2']);
  });

  it('an entry whose id the other side has with another amount is left to its id', async () => {
    const ours = [{ amount: 100_000, party: 'P', endToEndId: 'A' }];
    const theirs = [
      { amount: 98_000, party: 'P', endToEndId: 'A' },
      { amount: 100_000, party: 'P' },
    ];
    const outcome = await match(ours, theirs);
    expect(outcome.matches).to.deep.equal([]);
    expect(codes(outcome)).to.deep.equal(['AMOUNT_UNDER 1|1', 'MISSING_INTERNAL |2']);
  });

  it('a set of one to several gives way where several to several explain its entries as well', async () => {
    const ours = of('P', [1_200_007, 700_001, 400_011]);
    const theirs = of('P', [500_003, 700_004, 600_009]);
    // 1,200,007 = 500,003 + 700,004, and 700,001 + 400,011 = 500,003 + 600,009.
    const outcome = await match(ours, theirs);
    expect(told(outcome)).to.deep.equal([]);
  });
});

describe('the count of sets that chance is judged by', () => {
  const amounts = (max: number): fc.Arbitrary<{ amount: number; day: number }[]> =>
    fc.array(fc.record({ amount: fc.integer({ min: 1, max: 5_000 }), day: fc.integer({ min: -2, max: 2 }) }), {
      maxLength: max,
    });

  it('is that of trying every set of every window', () => {
    fc.assert(
      fc.property(
        amounts(4),
        amounts(5),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1n, 10n ** 15n),
        (own, others, oneIn, scale) => {
          fc.pre(others.length > 0);
          const anchor = others.reduce((sum, { amount }) => sum + amount, 0);
          const within = (from: number, to: number): Pool => ({
            own: from > 0 || to < 0 ? null : own.filter(isIn(from, to)).map(({ amount }) => BigInt(amount) * scale),
            others: others.filter(isIn(from, to)).map(({ amount }) => BigInt(amount) * scale),
          });
          const windows: Window[] = [];
          for (let from = -2; from <= 0; from++) {
            for (let to = 0; to <= 2; to++) {
              windows.push([within(from, to), within(from + 1, to), within(from, to - 1), within(from + 1, to - 1)]);
            }
          }
          const found = {
            anchor: BigInt(anchor) * scale,
            own: [],
            others: others.map(({ amount }) => BigInt(amount) * scale),
          };
          const verdict = isExplainedByChance(found, within(-2, 2), windows, oneIn);
          expect(verdict).to.equal(byTryingAll(anchor, own, others, oneIn, scale));
        },
      ),
      { numRuns: 300 },
    );
  });

  type Dated = { readonly amount: number; readonly day: number };
  const isIn =
    (from: number, to: number) =>
    ({ day }: Dated): boolean =>
      day >= from && day <= to;

  function byTryingAll(anchor: number, own: readonly Dated[], others: readonly Dated[], oneIn: number, scale: bigint) {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
    // The found set takes all others and none of its own side: as simple as any.
    const limit = 1;
    const sets: bigint[] = [];
    for (let left = 0; left < 1 << own.length; left++) {
      for (let right = 1; right < 1 << others.length; right++) {
        const [a, b] = [own.filter((_, at) => left & (1 << at)), others.filter((_, at) => right & (1 << at))];
        const days = [0, ...[...a, ...b].map(({ day }) => day)];
        const window = isIn(Math.min(...days), Math.max(...days));
        const ways = choose(own.filter(window).length, a.length) * choose(others.filter(window).length, b.length);
        if (ways > limit) continue;
        const sum = (list: readonly Dated[]): number => list.reduce((total, { amount }) => total + amount, 0);
        sets.push(BigInt(anchor + sum(a) - sum(b)) * scale);
      }
    }
    const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
    const total = BigInt(anchor) * scale;
    const grid = others.map(({ amount }) => BigInt(amount) * scale).reduce(gcd, total);
    const isChance = [2n, 20n, 200n, 2_000n].some((part, at) => {
      const near = sets.filter((difference) => (difference < 0n ? -difference : difference) <= total / part).length;
      if (at > 0 && near - 1 < 3) return false;
      return BigInt(near) * grid * BigInt(oneIn) > 2n * (total / part) + 1n;
    });
    return isChance ? 'chance' : 'rare';
  }
});
