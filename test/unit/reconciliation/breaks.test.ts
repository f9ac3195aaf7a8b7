import { expect } from 'chai';
import { BREAK_CODES, BREAK_NAMES } from '../../../gateway/reconciliation/matching/break-codes';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import type { RuleSet } from '../../../gateway/reconciliation/rules/rule-set';
import { parseUndone } from '../../../gateway/reconciliation/undoing';
import { codes, LATE, match, told, type EntryDraft } from '../../support/reconciliation/books';

interface Case {
  readonly code: string;
  readonly title: string;
  readonly ours: readonly EntryDraft[];
  readonly theirs: readonly EntryDraft[];
  readonly breaks: readonly string[];
  readonly rules?: RuleSet;
  readonly asOf?: string;
  readonly isBreak?: boolean;
  /** Lines of ours whose matches are undone before. */
  readonly undo?: readonly number[];
}

const KEY = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

const rate = { from: 'CNY', to: 'USD', date: '2026-11-02', rate: '0.14' };
const fx = (rates: RuleSet['fx']['rates']): RuleSet => ({
  ...DEFAULT_RULE_SET,
  fx: { rates },
});
const fee = {
  name: 'lifting',
  currency: 'USD',
  direction: 'both',
  fixedMinor: '25',
  basisPoints: 0,
  minimumMinor: '0',
  maximumMinor: null,
  action: 'report',
} as const;
const A = { endToEndId: 'A' };

const CASES: readonly Case[] = [
  {
    code: 'PENDING',
    title: 'a pending entry until its fifth business day',
    ours: [{ ...A, status: 'pending' }],
    theirs: [],
    asOf: '2026-11-09',
    breaks: ['PENDING 1|'],
    isBreak: false,
  },
  {
    code: 'PENDING',
    title: 'a pending entry after its date is missing',
    ours: [{ ...A, status: 'pending' }],
    theirs: [],
    asOf: '2026-11-10',
    breaks: ['MISSING_EXTERNAL 1|'],
  },
  {
    code: 'TIMING',
    title: 'an entry of a Thursday until Monday',
    ours: [{ ...A, bookingDate: '2026-11-05' }],
    theirs: [],
    asOf: '2026-11-09',
    breaks: ['TIMING 1|'],
    isBreak: false,
  },
  {
    code: 'TIMING',
    title: 'an entry of a Thursday on Tuesday is missing',
    ours: [{ ...A, bookingDate: '2026-11-05' }],
    theirs: [],
    asOf: '2026-11-10',
    breaks: ['MISSING_EXTERNAL 1|'],
  },
  { code: 'MISSING_EXTERNAL', title: 'ours alone', ours: [A], theirs: [], breaks: ['MISSING_EXTERNAL 1|'] },
  { code: 'MISSING_INTERNAL', title: 'theirs alone', ours: [], theirs: [A], breaks: ['MISSING_INTERNAL |1'] },
  { code: 'AMOUNT_OVER', title: 'one more', ours: [A], theirs: [{ ...A, amount: 101 }], breaks: ['AMOUNT_OVER 1|1'] },
  { code: 'AMOUNT_UNDER', title: 'one less', ours: [A], theirs: [{ ...A, amount: 99 }], breaks: ['AMOUNT_UNDER 1|1'] },
  {
    code: 'FEE_VARIANCE',
    title: 'exactly the charge',
    ours: [A],
    theirs: [{ ...A, amount: 75 }],
    rules: { ...DEFAULT_RULE_SET, fees: [fee] },
    breaks: ['FEE_VARIANCE 1|1'],
  },
  {
    code: 'FX_VARIANCE',
    title: 'two currencies and a rate: compared, never matched',
    ours: [{ ...A, currency: 'CNY', amount: 10_000 }],
    theirs: [{ ...A, currency: 'USD', amount: 1_401 }],
    rules: fx([rate]),
    breaks: ['FX_VARIANCE 1|1'],
  },
  {
    code: 'FX_RATE_UNAVAILABLE',
    title: 'rates, but none of the day',
    ours: [{ ...A, currency: 'CNY', bookingDate: '2026-11-03' }],
    theirs: [A],
    rules: fx([rate]),
    breaks: ['FX_RATE_UNAVAILABLE 1|1'],
  },
  {
    code: 'CURRENCY_MISMATCH',
    title: 'another currency weighs more than another amount',
    ours: [A],
    theirs: [{ ...A, currency: 'EUR', amount: 99 }],
    breaks: ['CURRENCY_MISMATCH 1|1'],
  },
  {
    code: 'DIRECTION_MISMATCH',
    title: 'received here, paid there',
    ours: [A],
    theirs: [{ ...A, direction: 'debit' }],
    breaks: ['DIRECTION_MISMATCH 1|1'],
  },
  {
    code: 'STATUS_MISMATCH',
    title: 'rejected there only',
    ours: [A],
    theirs: [{ ...A, status: 'rejected' }],
    breaks: ['STATUS_MISMATCH 1|1'],
  },
  {
    code: 'DUPLICATE',
    title: 'the same key twice on their side',
    ours: [A],
    theirs: [A, { ...A, bookingDate: '2026-11-03' }],
    breaks: ['DUPLICATE |2'],
  },
  {
    code: 'DUPLICATE',
    title: 'the same key again with another amount',
    ours: [A],
    theirs: [{ ...A, amount: 70 }, A],
    breaks: ['DUPLICATE |1'],
  },
  {
    code: 'REFERENCE_MISMATCH',
    title: 'the same money and day under another reference',
    ours: [{ ...A, party: 'P' }],
    theirs: [{ endToEndId: 'B', party: 'P' }],
    breaks: ['REFERENCE_MISMATCH 1|1'],
  },
  {
    code: 'SPLIT_INCOMPLETE',
    title: 'a listed document that nobody booked',
    ours: [{ references: ['X'], amount: 60 }],
    theirs: [{ remittance: ['X', 'Y'].map((reference) => ({ reference, amountMinor: null })) }],
    breaks: ['SPLIT_INCOMPLETE 1|1'],
  },
  {
    code: 'PARTIAL',
    title: 'two instalments of three',
    ours: [{ references: ['X'] }],
    theirs: [
      { references: ['X'], amount: 30 },
      { references: ['X'], amount: 30, bookingDate: '2026-11-12' },
    ],
    breaks: ['PARTIAL 1|1,2'],
  },
  {
    code: 'RETURNED',
    title: 'a reversal reopens the match it takes back',
    ours: [A],
    theirs: [A, { ...A, direction: 'debit', isReversal: true, bookingDate: '2026-11-09' }],
    breaks: ['RETURNED 1|1,2'],
  },
  {
    code: 'RETURNED',
    title: 'a reversal of what was matched on an earlier day',
    ours: [],
    theirs: [{ ...A, isReversal: true }],
    breaks: ['RETURNED |1'],
  },
  {
    code: 'MATCH_UNDONE',
    title: 'a match that a person took back',
    ours: [A],
    theirs: [A],
    undo: [1],
    breaks: ['MATCH_UNDONE 1|1'],
  },
  {
    code: 'DATA_INVALID',
    title: 'an entry that cannot be one',
    ours: [{ currency: 'XXX' }],
    theirs: [],
    breaks: [],
  },
];

describe('break codes', () => {
  for (const { code, title, ours, theirs, rules, asOf, breaks, undo = [], isBreak = true } of CASES) {
    it(`${code}: ${title}`, async () => {
      const { undoings } = await match(ours, theirs, rules, asOf ?? LATE, KEY, { undo });
      const undone = parseUndone(undoings.map((one) => JSON.stringify(one)).join('\n'));
      const outcome = await match(ours, theirs, rules, asOf ?? LATE, KEY, { undone });
      expect(codes(outcome)).to.deep.equal(breaks);
      expect(outcome.summary.breaks).to.equal(isBreak ? breaks.length : 0);
      if (code === 'DATA_INVALID') {
        expect(outcome.lines).to.deep.equal([
          '{"code":"DATA_INVALID","field":"currency","kind":"refused","line":1,"reason":"ENTRY_CURRENCY_UNKNOWN","side":"ours"}',
        ]);
      }
    });
  }

  it('every code that matching gives has a row above, and both languages', () => {
    const tested = new Set(CASES.map(({ code }) => code));
    for (const name of BREAK_NAMES) {
      const { by, text, zh, remedy } = BREAK_CODES[name];
      if (by === 'matching') expect(tested.has(name), name).to.equal(true);
      for (const words of [text, zh, remedy]) expect(words).to.not.equal('');
      expect(zh).to.match(/[\u4e00-\u9fff]/);
    }
  });

  it('a break names every field that differs, what was expected, what is there, and by how much', async () => {
    const { breaks } = await match(
      [{ ...A, amount: 1_000, party: 'Acme', references: ['INV-1'] }],
      [{ endToEndId: 'EREF+a', amount: 900, party: 'ACME', bookingDate: '2026-11-04', references: ['INV-2'] }],
    );
    expect(breaks[0]?.mismatches).to.deep.equal([
      { field: 'amountMinor', expected: '1000', actual: '900', delta: '-100' },
      { field: 'references', expected: 'INV-1', actual: 'INV-2', delta: null },
      { field: 'valueDate', expected: '2026-11-02', actual: '2026-11-04', delta: '2' },
      { field: 'bookingDate', expected: '2026-11-02', actual: '2026-11-04', delta: '2' },
    ]);
  });

  it('an entry alone says what the other side lacks', async () => {
    const { breaks } = await match([{ ...A, amount: 1_000 }], [{ endToEndId: 'B', amount: 7 }]);
    expect(breaks.map(({ mismatches }) => mismatches)).to.deep.equal([
      [{ field: 'amountMinor', expected: '1000', actual: null, delta: '-1000' }],
      [{ field: 'amountMinor', expected: null, actual: '7', delta: '7' }],
    ]);
  });

  it('a converted amount is compared at the rate, rounded half up, with the decimals of both currencies', async () => {
    const outcome = await match(
      [{ ...A, currency: 'JPY', amount: 10_001 }],
      [{ ...A, currency: 'KWD', amount: 20_001 }],
      fx([{ from: 'JPY', to: 'KWD', date: '2026-11-02', rate: '0.00195' }]),
    );
    expect(outcome.breaks[0]?.mismatches.at(-1)).to.deep.equal({
      field: 'convertedMinor',
      expected: '19502',
      actual: '20001',
      delta: '499',
    });
  });

  it('holidays are no business days', async () => {
    const rules = { ...DEFAULT_RULE_SET, timing: { ...DEFAULT_RULE_SET.timing, holidays: ['2026-11-03'] } };
    const { breaks } = await match([A], [], rules, '2026-11-05');
    expect(breaks[0]).to.include({ code: 'TIMING', clearsBy: '2026-11-05', isBreak: false });
  });
});

/** @see research 3.8: what today's engines got wrong. */
describe('defects of other engines', () => {
  it('1: two identical externals and one internal are one match and one break', async () => {
    for (const twin of [A, { references: ['INV-1'] }, { party: 'P' }]) {
      const outcome = await match([twin], [twin, twin]);
      expect(outcome.matches).to.have.length(1);
      expect(codes(outcome)).to.deep.equal(['DUPLICATE |2']);
    }
  });

  it('2: a group of two currencies never matches', async () => {
    const parts = [
      { amount: 60, party: 'P' },
      { amount: 40, party: 'P', currency: 'EUR' },
    ];
    expect((await match([{ party: 'P' }], parts)).matches).to.deep.equal([]);
    const shared = parts.map((part) => ({ ...part, references: ['X'] }));
    expect((await match([{ references: ['X'] }], shared)).matches).to.deep.equal([]);
  });

  it('3: yen, dinars, 10^15 and 0.1 + 0.2 are exact', async () => {
    const huge = 10n ** 15n;
    const outcome = await match(
      [
        { amount: 12, currency: 'JPY', endToEndId: '1' },
        { amount: 1_234_567, currency: 'KWD', endToEndId: '2' },
        { amount: huge + 1n, endToEndId: '3' },
        { amount: 300_003, party: 'P' },
        { amount: 10n ** 18n, party: 'Q' },
      ],
      [
        { amount: 12, currency: 'JPY', endToEndId: '1' },
        { amount: 1_234_568, currency: 'KWD', endToEndId: '2' },
        { amount: huge, endToEndId: '3' },
        { amount: 100_007, party: 'P' },
        { amount: 199_996, party: 'P' },
        { amount: 10n ** 18n - 1n, party: 'Q' },
        { amount: 1, party: 'Q' },
      ],
    );
    expect(told(outcome)).to.deep.equal(['1|1 endToEndId', '3|3 tolerance', '4|4,5 coveringSet', '5|6,7 coveringSet']);
    expect(outcome.matches[1]?.residualMinor).to.equal('1');
    expect(codes(outcome)).to.deep.equal(['AMOUNT_OVER 2|2']);
  });

  it('4: a short or empty reference matches nothing but itself', async () => {
    const outcome = await match(
      [
        { references: ['1'], party: 'P' },
        { references: [''], party: 'Q' },
      ],
      [
        { references: ['INV-2021'], party: 'P' },
        { references: ['X'], party: 'R' },
      ],
    );
    expect(outcome.matches).to.deep.equal([]);
  });

  it('5: a share of a large amount is held by the absolute tolerance', async () => {
    const outcome = await match([{ ...A, amount: 1_000_000_000 }], [{ ...A, amount: 1_000_000_006 }]);
    expect(codes(outcome)).to.deep.equal(['AMOUNT_OVER 1|1']);
  });

  it('6: one more and one less both break, each with its sign', async () => {
    const { breaks } = await match(
      [A, { endToEndId: 'B' }],
      [
        { ...A, amount: 101 },
        { endToEndId: 'B', amount: 99 },
      ],
    );
    expect(breaks.map(({ code, residualMinor }) => [code, residualMinor])).to.deep.equal([
      ['AMOUNT_OVER', '-1'],
      ['AMOUNT_UNDER', '1'],
    ]);
  });

  it('7: keys that both sides lack are no common key', async () => {
    const outcome = await match(
      [{ party: 'P' }, { endToEndId: 'NONREF', amount: 5 }],
      [{ party: 'P', amount: 200 }, { amount: 6 }],
    );
    expect(codes(outcome)).to.deep.equal([
      'MISSING_EXTERNAL 1|',
      'MISSING_EXTERNAL 2|',
      'MISSING_INTERNAL |1',
      'MISSING_INTERNAL |2',
    ]);
  });

  it('12: what is pending is no break before its date', async () => {
    const { summary } = await match([{ ...A, status: 'pending' }], [], DEFAULT_RULE_SET, '2026-11-02');
    expect(summary).to.deep.include({ breaks: 0, itemsByCode: { PENDING: 1 } });
  });

  it('13: no residual of a fraction blocks a match', async () => {
    const thirds = [33, 33, 34].map((amount) => ({ amount, references: ['X'] }));
    const outcome = await match([{ references: ['X'] }], thirds);
    expect(outcome.matches[0]).to.include({ rule: 'remittance', residualMinor: '0' });
  });
});

/** @see research 1.17, acceptance pack E6: ten payments, their status reports, and two statements. */
describe('the acceptance pack of a payment hub', () => {
  const pay = (number: number): EntryDraft => ({
    endToEndId: `PAY-${number}`,
    amount: 10_000 + number,
    direction: 'debit',
    party: `C${number}`,
  });
  const ours = Array.from({ length: 10 }, (_, at) => pay(at + 1));
  const firstStatement: EntryDraft[] = [
    ...[1, 2, 3, 4, 5].map(pay),
    { ...pay(6), status: 'rejected', text: 'AC01' },
    { ...pay(7), amount: 9_000 },
    pay(8),
    pay(8),
    { endToEndId: 'UNKNOWN', amount: 555, party: 'X' },
    pay(10),
  ];
  const laterReturn: EntryDraft = { ...pay(10), direction: 'credit', isReversal: true, bookingDate: '2026-11-04' };

  it('5 matched, 1 rejected, 1 amount break, 1 duplicate, 1 unmatched on each side, 1 later return', async () => {
    const outcome = await match(ours, [...firstStatement, laterReturn]);
    expect(told(outcome)).to.deep.equal(
      [1, 2, 3, 4, 5].map((line) => `${line}|${line} endToEndId`).concat('8|8 endToEndId'),
    );
    expect(codes(outcome)).to.deep.equal([
      'STATUS_MISMATCH 6|6',
      'AMOUNT_UNDER 7|7',
      'MISSING_EXTERNAL 9|',
      'RETURNED 10|11,12',
      'DUPLICATE |9',
      'MISSING_INTERNAL |10',
    ]);
  });

  it('before the second statement the payment that comes back is matched', async () => {
    const outcome = await match(ours, firstStatement);
    expect(told(outcome)).to.include('10|11 endToEndId');
    expect(outcome.summary.itemsByCode).to.not.have.property('RETURNED');
  });
});
