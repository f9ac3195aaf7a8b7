import { expect } from 'chai';
import type { BusinessDay } from '../../../../chaincode/domain/business-day';
import type { Lane } from '../../../../chaincode/domain/operations/reconciliation/types';
import { closingSteps, type ClosingState } from '../../../../gateway/closing/closing-plan';

const DAY: BusinessDay = {
  id: 'd'.repeat(32),
  members: ['A', 'B'],
  date: '2026-11-10',
  proposal: null,
  lanes: [],
  version: 1,
  previous: null,
};
const lane = (change: Partial<Lane['lane']> = {}): Lane['lane'] => ({
  agreement: 'a'.repeat(32),
  sender: 'A',
  receiver: 'B',
  debtor: 'A',
  currency: 'USD',
  businessDay: DAY.id,
  days: {},
  closedThrough: '2026-11-09',
  principals: [],
  ...change,
});
const posted = { segments: 1, entries: 1, amountMinor: '1', chain: '' };
const state = (change: Partial<ClosingState> = {}): ClosingState => ({
  member: 'A',
  day: DAY,
  books: [undefined, undefined],
  lanes: [lane()],
  unsigned: [],
  nowMs: Date.parse('2026-11-10T12:00:00Z'),
  graceMinutes: 5,
  beforeCutOff: false,
  ...change,
});
const told = (change: Partial<ClosingState> = {}): string[] =>
  closingSteps(state(change)).map((step) => Object.values(step).join(' '));
const AFTER = { nowMs: Date.parse('2026-11-11T00:05:00Z') };
const day = (change: Partial<BusinessDay>): BusinessDay => ({ ...DAY, ...change });

describe('what closing does next', () => {
  const table: readonly (readonly [string, Partial<ClosingState>, readonly string[]])[] = [
    ['nothing before the cut-off', {}, []],
    ['nothing within the grace', { nowMs: Date.parse('2026-11-11T00:04:59Z') }, []],
    ['proposes the next date', AFTER, ['proposeDate 2026-11-11']],
    ['when asked, before the cut-off', { beforeCutOff: true }, ['proposeDate 2026-11-11']],
    ['waits for the other one', { ...AFTER, day: day({ proposal: { by: 'A', date: '2026-11-11' } }) }, []],
    [
      'follows the other one',
      { ...AFTER, day: day({ proposal: { by: 'B', date: '2026-11-11' } }) },
      ['advanceDate 2026-11-11'],
    ],
    [
      'proposes anew what a calendar has changed since',
      { ...AFTER, day: day({ proposal: { by: 'B', date: '2026-11-12' } }) },
      ['proposeDate 2026-11-11'],
    ],
    ['closes what is over', { day: day({ date: '2026-11-11' }) }, ['closeDay 2026-11-10 USD']],
    [
      'every date since the last close, in order, without weekends',
      { day: day({ date: '2026-11-17' }) },
      ['2026-11-10', '2026-11-11', '2026-11-12', '2026-11-13', '2026-11-16'].map((date) => `closeDay ${date} USD`),
    ],
    [
      'each currency for itself',
      { day: day({ date: '2026-11-11' }), lanes: [lane(), lane({ currency: 'EUR', closedThrough: '2026-11-10' })] },
      ['closeDay 2026-11-10 USD'],
    ],
    [
      'nothing before anybody has posted',
      { day: day({ date: '2026-11-11' }), lanes: [lane({ closedThrough: null })] },
      [],
    ],
    [
      'from the first date that was posted',
      { day: day({ date: '2026-11-12' }), lanes: [lane({ closedThrough: null, days: { '2026-11-06': posted } })] },
      ['2026-11-06', '2026-11-09', '2026-11-10', '2026-11-11'].map((date) => `closeDay ${date} USD`),
    ],
    [
      'a lane that came later closes with the others',
      { day: day({ date: '2026-11-11' }), lanes: [lane(), lane({ closedThrough: null })] },
      ['closeDay 2026-11-10 USD'],
    ],
    ['nothing for a pair without lanes', { day: day({ date: '2026-11-11' }), lanes: [] }, []],
    ['signs what waits', { unsigned: ['s'] }, ['signStatement s']],
  ];
  for (const [title, change, expected] of table) {
    it(title, () => expect(told(change)).to.deep.equal(expected));
  }
});
