import type { Draft } from './reconcile-books';
import {
  type Planted,
  type Plant,
  LAST,
  uetrOf,
  e2eOf,
  invoiceOf,
  base,
  later,
  ownAmount,
  spelled,
  pair,
  keyed,
  usual,
  parts,
  split,
  manyToMany,
  ambiguous,
  wrongAmount,
} from './reconcile-happenings';

export type { Plant } from './reconcile-happenings';

/** Everything that happens, regular first; shares are of happenings, not of lines. */
export const PLANTS: readonly Plant[] = [
  {
    name: 'uetr',
    share: usual(0.6),
    make: (dice, number) =>
      keyed(dice, number, null, () => ({ uetr: uetrOf(number).toUpperCase() }), { uetr: uetrOf(number) }),
  },
  {
    name: 'endToEndId',
    share: usual(0.3),
    make: (dice, number) => keyed(dice, number, null, () => ({ endToEndId: spelled(dice, e2eOf(number)) })),
  },
  {
    name: 'reference',
    share: usual(0.05),
    make: (dice, number) => {
      const left = { ...base(dice), endToEndId: e2eOf(number), references: [invoiceOf(number)] };
      const { endToEndId: _own, ...right } = { ...left, day: later(dice, left.day) };
      return pair(null, left, { ...right, references: ['STMT', spelled(dice, invoiceOf(number))] });
    },
  },
  {
    name: 'amountDate',
    share: usual(0.02),
    make: (dice, number) => {
      const left = { ...base(dice), amount: ownAmount(number) };
      return pair(null, left, { ...left, day: later(dice, left.day), endToEndId: 'NOTPROVIDED' });
    },
  },
  {
    name: 'fee',
    share: usual(0.004),
    make: (dice, number) =>
      keyed(
        dice,
        number,
        null,
        ({ amount, direction }) => ({ amount: amount + (direction === 'credit' ? -1_500 : 1_500) }),
        { currency: 'USD', amount: dice.between(100_000, 9_000_000) },
      ),
  },
  {
    name: 'tolerance',
    share: usual(0.002),
    make: (dice, number) =>
      keyed(dice, number, null, ({ amount }) => ({ amount: amount + dice.one([-5, -1, 1, 5]) }), {
        amount: dice.between(100_000, 9_000_000),
      }),
  },
  {
    name: 'remittance',
    share: usual(0.002, 0.03),
    make: (dice, number) =>
      split(
        dice,
        number,
        8,
        (one, amounts) => ({
          ...one,
          remittance: amounts.map((amount, at) => [invoiceOf(number, at), amount] as const),
        }),
        (one, _, at) => ({ ...one, references: [invoiceOf(number, at)] }),
      ),
  },
  {
    name: 'sharedReference',
    share: usual(0.001, 0.015),
    make: (dice, number) =>
      split(
        dice,
        number,
        5,
        (one) => ({ ...one, endToEndId: e2eOf(number) }),
        (one) => ({ ...one, references: [e2eOf(number)] }),
      ),
  },
  {
    name: 'coveringSet',
    share: usual(0.001, 0.015),
    make: (dice, number) =>
      split(
        dice,
        number,
        6,
        (one) => one,
        (one) => one,
      ),
  },
  { name: 'manyToMany', share: usual(0.001, 0.015), make: (dice) => manyToMany(dice) },
  {
    name: 'missingExternal',
    share: usual(0.003),
    make: (dice, number) => [
      { code: 'MISSING_EXTERNAL', left: [{ ...base(dice), endToEndId: e2eOf(number) }], right: [] },
    ],
  },
  {
    name: 'missingInternal',
    share: usual(0.003),
    make: (dice, number) => [
      { code: 'MISSING_INTERNAL', left: [], right: [{ ...base(dice), endToEndId: e2eOf(number) }] },
    ],
  },
  {
    name: 'amountOver',
    share: usual(0.0015),
    make: (dice, number) =>
      keyed(dice, number, 'AMOUNT_OVER', ({ amount }) => ({ amount: amount + wrongAmount(dice) })),
  },
  {
    name: 'amountUnder',
    share: usual(0.0015),
    make: (dice, number) =>
      keyed(dice, number, 'AMOUNT_UNDER', ({ amount }) => ({ amount: amount - wrongAmount(dice) }), {
        amount: dice.between(1_000_000, 9_000_000),
      }),
  },
  {
    name: 'feeVariance',
    share: usual(0.001),
    make: (dice, number) =>
      keyed(
        dice,
        number,
        'FEE_VARIANCE',
        ({ amount, direction }) => ({ amount: amount + (direction === 'credit' ? -2_500 : 2_500) }),
        { currency: 'USD', amount: dice.between(100_000, 9_000_000) },
      ),
  },
  {
    name: 'currency',
    share: usual(0.0005),
    make: (dice, number) => keyed(dice, number, 'CURRENCY_MISMATCH', () => ({ currency: 'GBP' })),
  },
  {
    name: 'direction',
    share: usual(0.0005),
    make: (dice, number) =>
      keyed(dice, number, 'DIRECTION_MISMATCH', ({ direction }) => ({
        direction: direction === 'credit' ? 'debit' : 'credit',
      })),
  },
  {
    name: 'status',
    share: usual(0.0005),
    make: (dice, number) => keyed(dice, number, 'STATUS_MISMATCH', () => ({ status: 'rejected' })),
  },
  {
    name: 'referenceMismatch',
    share: usual(0.001),
    make: (dice, number) =>
      keyed(dice, number, 'REFERENCE_MISMATCH', () => ({ endToEndId: `OTHER-${number}` }), {
        amount: ownAmount(number),
      }),
  },
  {
    name: 'duplicate',
    share: usual(0.002),
    make: (dice, number) => {
      const [first] = keyed(dice, number, 'DUPLICATE', () => ({})) as [Planted];
      return [{ ...first, right: [...first.right, ...first.right] }];
    },
  },
  {
    name: 'returned',
    share: usual(0.001),
    make: (dice, number) => {
      const [first] = keyed(dice, number, 'RETURNED', () => ({})) as [Planted];
      const paid = first.right[0] as Draft;
      const back = { ...paid, direction: paid.direction === 'credit' ? ('debit' as const) : ('credit' as const) };
      return [{ ...first, right: [paid, { ...back, isReversal: true, day: paid.day + dice.between(1, 4) }] }];
    },
  },
  {
    name: 'pending',
    share: usual(0.001),
    make: (dice, number) => [
      {
        code: 'PENDING',
        left: [{ ...base(dice), endToEndId: e2eOf(number), status: 'pending', day: LAST - dice.below(3) }],
        right: [],
      },
    ],
  },
  {
    name: 'timing',
    share: usual(0.001),
    make: (dice, number) => [
      { code: 'TIMING', left: [{ ...base(dice), endToEndId: e2eOf(number), day: LAST - dice.below(2) }], right: [] },
    ],
  },
  {
    name: 'splitIncomplete',
    share: usual(0.0005),
    make: (dice, number) => {
      const one = { ...base(dice), amount: dice.between(50_000, 5_000_000) };
      const amounts = parts(dice, one.amount, 3);
      const left = amounts.slice(1).map((amount, at) => ({ ...one, amount, references: [invoiceOf(number, at + 1)] }));
      return [
        {
          code: 'SPLIT_INCOMPLETE',
          left,
          right: [{ ...one, remittance: amounts.map((amount, at) => [invoiceOf(number, at), amount] as const) }],
        },
      ];
    },
  },
  {
    name: 'partial',
    share: usual(0.0005),
    make: (dice, number) => {
      const one = { ...base(dice), amount: dice.between(50_000, 5_000_000), references: [invoiceOf(number)] };
      const right = parts(dice, one.amount, 3)
        .slice(1)
        .map((amount) => ({ ...one, amount, day: later(dice, one.day) }));
      return [{ code: 'PARTIAL', left: [one], right }];
    },
  },
  { name: 'ambiguous', share: usual(0.0005), make: ambiguous },
];
