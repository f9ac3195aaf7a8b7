import { expect } from 'chai';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import type { FeeSchedule } from '../../../gateway/reconciliation/rules/rule-set';
import { codes, match, rulesWith, told, type EntryDraft } from '../../support/reconciliation/books';

const UETR = '3d0ee5ea-4ea0-4f30-8d3c-3c1b1f2a0001';

interface Case {
  readonly title: string;
  readonly ours: readonly EntryDraft[];
  readonly theirs: readonly EntryDraft[];
  readonly matches: readonly string[];
  readonly breaks?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    title: 'a UETR, whatever its case and date',
    ours: [{ uetr: UETR, bookingDate: '2026-01-05' }],
    theirs: [{ uetr: UETR.toUpperCase(), bookingDate: '2026-11-30' }],
    matches: ['1|1 uetr'],
  },
  {
    title: 'an end-to-end id, whatever its prefix, case, width and spaces',
    ours: [{ endToEndId: 'E2E-1' }, { endToEndId: 'e2e-2' }, { endToEndId: ' E2E-3 ' }],
    theirs: [{ endToEndId: 'EREF+E2E-1' }, { endToEndId: 'Ｅ２Ｅ-２' }, { endToEndId: 'E2E-3' }],
    matches: ['1|1 endToEndId', '2|2 endToEndId', '3|3 endToEndId'],
  },
  {
    title: 'a common reference and the same money within the window',
    ours: [{ references: ['INV-1', 'PO-9'] }],
    theirs: [{ references: ['inv-1', 'BANK'], bookingDate: '2026-11-20' }],
    matches: ['1|1 reference'],
  },
  {
    title: 'no reference beyond its window',
    ours: [{ references: ['INV-1'] }],
    theirs: [{ references: ['INV-1'], bookingDate: '2026-12-20' }],
    matches: [],
    breaks: ['TIMING 1|1'],
  },
  {
    title: 'the one document an entry pays is its reference',
    ours: [{ references: ['INV-1'] }],
    theirs: [{ remittance: [{ reference: 'INV-1', amountMinor: 100n }] }],
    matches: ['1|1 reference'],
  },
  {
    title: 'amount and date at the edge of the window',
    ours: [{ party: 'A' }],
    theirs: [{ party: 'a', bookingDate: '2026-11-04' }],
    matches: ['1|1 amountDate'],
  },
  {
    title: 'amount and date one day beyond the window',
    ours: [{ party: 'A' }],
    theirs: [{ party: 'A', bookingDate: '2026-11-05' }],
    matches: [],
    breaks: ['MISSING_EXTERNAL 1|', 'MISSING_INTERNAL |1'],
  },
  {
    title: 'no amount and date with two candidates: no greedy first hit',
    ours: [{ party: 'A' }],
    theirs: [{ party: 'A' }, { party: 'A', bookingDate: '2026-11-03' }],
    matches: [],
    breaks: ['MISSING_EXTERNAL 1|', 'MISSING_INTERNAL |1', 'MISSING_INTERNAL |2'],
  },
  {
    title: 'unique on one side only is not unique',
    ours: [{ party: 'A' }, { party: 'A', bookingDate: '2026-11-04' }],
    theirs: [{ party: 'A', bookingDate: '2026-11-03' }],
    matches: [],
    breaks: ['MISSING_EXTERNAL 1|', 'MISSING_EXTERNAL 2|', 'MISSING_INTERNAL |1'],
  },
  {
    title: 'parties that both sides name must agree',
    ours: [{ party: 'A' }],
    theirs: [{ party: 'B' }],
    matches: [],
    breaks: ['MISSING_EXTERNAL 1|', 'MISSING_INTERNAL |1'],
  },
  {
    title: 'the smaller tolerance, to the minor unit',
    ours: [
      { endToEndId: 'A', amount: 30_000 },
      { endToEndId: 'B', amount: 30_000 },
    ],
    theirs: [
      { endToEndId: 'A', amount: 30_003 },
      { endToEndId: 'B', amount: 30_004 },
    ],
    matches: ['1|1 tolerance'],
    breaks: ['AMOUNT_OVER 2|2'],
  },
  {
    title: '1-N by the documents our entry lists',
    ours: [
      {
        amount: 300,
        remittance: [
          { reference: 'A', amountMinor: 100n },
          { reference: 'B', amountMinor: null },
        ],
      },
    ],
    theirs: [
      { amount: 100, references: ['A'] },
      { amount: 200, references: ['B'] },
    ],
    matches: ['1|1,2 remittance'],
  },
  {
    title: 'N-1 by the documents their entry lists',
    ours: [
      { amount: 100, references: ['A'] },
      { amount: 200, references: ['B'] },
    ],
    theirs: [
      {
        amount: 300,
        remittance: [
          { reference: 'A', amountMinor: 100n },
          { reference: 'B', amountMinor: 200n },
        ],
      },
    ],
    matches: ['1,2|1 remittance'],
  },
  {
    title: 'parts that share the one reference',
    ours: [{ amount: 300, endToEndId: 'X' }],
    theirs: [
      { amount: 120, references: ['X'] },
      { amount: 180, endToEndId: 'X' },
    ],
    matches: ['1|1,2 remittance'],
  },
  {
    title: 'the only covering set within seven days',
    ours: [{ amount: 1_000_003, party: 'A' }],
    theirs: [
      { amount: 300_001, party: 'A', bookingDate: '2026-11-09' },
      { amount: 700_002, party: 'A' },
      { amount: 555_555, party: 'A' },
    ],
    matches: ['1|1,2 coveringSet'],
    breaks: ['MISSING_INTERNAL |3'],
  },
  {
    title: 'no covering set where two would do',
    ours: [{ amount: 1_000, party: 'A' }],
    theirs: [300, 700, 400, 600].map((amount) => ({ amount, party: 'A' })),
    matches: [],
    breaks: [
      'MISSING_EXTERNAL 1|',
      'MISSING_INTERNAL |1',
      'MISSING_INTERNAL |2',
      'MISSING_INTERNAL |3',
      'MISSING_INTERNAL |4',
    ],
  },
  {
    title: 'several against several that balance',
    ours: [
      { amount: 500_009, party: 'A' },
      { amount: 700_001, party: 'A' },
    ],
    theirs: [
      { amount: 400_003, party: 'A' },
      { amount: 650_004, party: 'A' },
      { amount: 150_003, party: 'A' },
    ],
    matches: ['1,2|1,2,3 manyToMany'],
  },
  {
    title: 'a group never crosses currencies',
    ours: [{ amount: 1_000, party: 'A' }],
    theirs: [
      { amount: 300, party: 'A' },
      { amount: 700, party: 'A', currency: 'EUR' },
    ],
    matches: [],
    breaks: ['MISSING_EXTERNAL 1|', 'MISSING_INTERNAL |1', 'MISSING_INTERNAL |2'],
  },
  {
    title: 'a group never crosses directions',
    ours: [{ amount: 1_000, party: 'A' }],
    theirs: [
      { amount: 300, party: 'A' },
      { amount: 700, party: 'A', direction: 'debit' },
    ],
    matches: [],
    breaks: ['MISSING_EXTERNAL 1|', 'MISSING_INTERNAL |1', 'MISSING_INTERNAL |2'],
  },
  {
    title: 'a pending entry that has arrived',
    ours: [{ endToEndId: 'A', status: 'pending' }],
    theirs: [{ endToEndId: 'A' }],
    matches: ['1|1 endToEndId'],
  },
  {
    title: 'a rejection that both sides know',
    ours: [{ endToEndId: 'A', status: 'rejected' }],
    theirs: [{ endToEndId: 'A', status: 'rejected' }],
    matches: ['1|1 endToEndId'],
  },
  {
    title: 'a return that both sides have booked',
    ours: [{ endToEndId: 'A' }, { endToEndId: 'A', isReversal: true, direction: 'debit' }],
    theirs: [{ endToEndId: 'A', isReversal: true, direction: 'debit' }, { endToEndId: 'A' }],
    matches: ['1|2 endToEndId', '2|1 endToEndId'],
  },
];

describe('matching passes', () => {
  for (const { title, ours, theirs, matches, breaks = [] } of CASES) {
    it(title, async () => {
      const outcome = await match(ours, theirs);
      expect(told(outcome)).to.deep.equal(matches);
      expect(codes(outcome)).to.deep.equal(breaks);
    });
  }

  it('each match tells its rule, the rule set and its version, the residual and its rivals', async () => {
    const { matches } = await match([{ endToEndId: 'A', amount: 30_000 }], [{ endToEndId: 'A', amount: 30_002 }]);
    expect(matches).to.deep.equal([
      {
        kind: 'match',
        rule: 'tolerance',
        ruleSet: 'default',
        ruleSetVersion: '1',
        ours: [1],
        theirs: [1],
        currency: 'USD',
        direction: 'credit',
        oursMinor: '30000',
        theirsMinor: '30002',
        residualMinor: '-2',
        rivals: null,
      },
    ]);
  });

  it('an ambiguous entry names its candidates', async () => {
    const { breaks } = await match([{ party: 'A' }], [{ party: 'A' }, { party: 'A', bookingDate: '2026-11-03' }]);
    expect(breaks[0]?.rivals).to.deep.equal({ ours: [], theirs: [1, 2], total: 2 });
  });
});

describe('fee schedules', () => {
  const wire: FeeSchedule = {
    name: 'wire',
    currency: 'USD',
    direction: 'both',
    fixedMinor: '100',
    basisPoints: 10,
    minimumMinor: '150',
    maximumMinor: '500',
    action: 'match',
  };
  const withFee = (fee: Partial<FeeSchedule>) => ({ ...DEFAULT_RULE_SET, fees: [{ ...wire, ...fee }] });

  for (const [title, amount, charged] of [
    ['fixed part and share', 100_000, 200],
    ['share rounded half up', 100_500, 201],
    ['its minimum', 10_000, 150],
    ['its maximum', 10_000_000, 500],
  ] as const) {
    it(`${title}: taken off what is received, added to what is paid`, async () => {
      const outcome = await match(
        [
          { endToEndId: 'A', amount },
          { endToEndId: 'B', amount, direction: 'debit' },
        ],
        [
          { endToEndId: 'A', amount: amount - charged },
          { endToEndId: 'B', amount: amount + charged, direction: 'debit' },
        ],
        withFee({}),
      );
      expect(told(outcome)).to.deep.equal(['1|1 fee:wire', '2|2 fee:wire']);
      expect(outcome.matches.map(({ residualMinor }) => residualMinor)).to.deep.equal([`${charged}`, `-${charged}`]);
    });
  }

  it('one minor unit off the schedule is no fee, nor is the wrong direction', async () => {
    const outcome = await match(
      [
        { endToEndId: 'A', amount: 100_000 },
        { endToEndId: 'B', amount: 100_000 },
      ],
      [
        { endToEndId: 'A', amount: 99_799 },
        { endToEndId: 'B', amount: 100_200 },
      ],
      withFee({}),
    );
    expect(codes(outcome)).to.deep.equal(['AMOUNT_UNDER 1|1', 'AMOUNT_OVER 2|2']);
  });

  it('a schedule that is only reported makes a break that names it', async () => {
    const outcome = await match(
      [{ endToEndId: 'A', amount: 100_000 }],
      [{ endToEndId: 'A', amount: 99_800 }],
      withFee({ action: 'report' }),
    );
    expect(outcome.breaks[0]).to.include({ code: 'FEE_VARIANCE', fee: 'wire', residualMinor: '200' });
  });

  it('another currency has no such fee', async () => {
    const outcome = await match(
      [{ endToEndId: 'A', amount: 100_000, currency: 'EUR' }],
      [{ endToEndId: 'A', amount: 99_800, currency: 'EUR' }],
      withFee({}),
    );
    expect(codes(outcome)).to.deep.equal(['AMOUNT_UNDER 1|1']);
  });
});

describe('bounds of the search', () => {
  const many = (count: number, from: number): EntryDraft[] =>
    Array.from({ length: count }, (_, at) => ({ amount: from + at * at, party: 'A' }));

  for (const [title, rules, bound, pass] of [
    ['candidates of one entry', rulesWith({ kind: 'coveringSet', maxCandidates: 5 }), 'maxCandidates', 'coveringSet'],
    ['steps for one entry', rulesWith({ kind: 'coveringSet', maxSteps: 10 }), 'maxSteps', 'coveringSet'],
    ['entries of a component', rulesWith({ kind: 'manyToMany', maxComponent: 6 }), 'maxComponent', 'manyToMany'],
  ] as const) {
    it(`${title}: nothing is matched there, and the report says where`, async () => {
      const { summary } = await match([{ amount: 5_001, party: 'A' }], many(12, 700), rules);
      const hit = summary.bounds.hits.find(({ bound: name }) => name === bound);
      expect(hit).to.deep.include({ pass, bound, ours: [1], theirs: [1, 2, 3, 4, 5, 6, 7, 8] });
      expect(summary.bounds.total).to.equal(summary.bounds.hits.length);
      expect(summary.matches).to.equal(0);
    });
  }

  it('a reference that too many share is told, not searched', async () => {
    const shared = Array.from({ length: 100 }, () => ({ references: ['ORDER'] }));
    const rules = { ...DEFAULT_RULE_SET, passes: [{ kind: 'reference', dateWindowDays: null } as const] };
    const { summary } = await match(shared, shared, rules);
    expect(summary.bounds.hits[0]).to.deep.include({ pass: 'reference', bound: 'maxLinks', limit: 64, ours: [1] });
    expect(summary.matches).to.equal(0);
  });

  it('every pass tells a reference that too many share', async () => {
    const shared = Array.from({ length: 70 }, (_, at) => ({ references: ['ORDER'], amount: 1_000 + at }));
    const { summary, matches } = await match([{ references: ['ORDER'], amount: 71_415, party: 'A' }], shared);
    const told = new Set(summary.bounds.hits.map(({ pass, bound }) => `${pass} ${bound}`));
    for (const pass of ['amountDate', 'tolerance', 'remittance']) expect(told).to.include(`${pass} maxLinks`);
    expect(matches).to.deep.equal([]);
  });

  it('entries of equal money beyond what one window holds are told, not paired', async () => {
    const same = Array.from({ length: 257 }, (_, at) => ({ party: `P${at}` }));
    const { summary } = await match([{}], same);
    expect(summary.bounds.hits[0]).to.deep.include({
      pass: 'amountDate',
      bound: 'maxCandidates',
      limit: 256,
      ours: [1],
    });
    expect(summary.matches).to.equal(0);
  });

  it('a component that balances in too many ways is told', async () => {
    const same = Array.from({ length: 10 }, (_, at) => ({ amount: 5 + (at % 2), party: 'A' }));
    const rules = { ...DEFAULT_RULE_SET, passes: [DEFAULT_RULE_SET.passes.at(-1)!] };
    const { summary } = await match(same, same, rules);
    expect(summary.bounds.hits[0]).to.deep.include({ pass: 'manyToMany', bound: 'maxPairs', limit: 20_000 });
    expect(summary.matches).to.equal(0);
  });

  it('a search that a bound ended proves no uniqueness', async () => {
    const theirs = [700, 300, 299, 298, 297].map((amount) => ({ amount, party: 'A' }));
    const cut = await match([{ amount: 1_000, party: 'A' }], theirs, rulesWith({ kind: 'coveringSet', maxSteps: 2 }));
    expect(told(cut).filter((line) => line.endsWith('coveringSet'))).to.deep.equal([]);
  });
});
