import type { RuleSet } from './rule-set';

/**
 * What a member starts with: exact first, two days of cut-off skew, cents of rounding, no fees.
 *
 * Fees and rates differ from bank to bank, so none are assumed. 27 % of one production set's dates were off by one or
 * two days, hence the window of two.
 */
export const DEFAULT_RULE_SET: RuleSet = {
  id: 'default',
  version: '1',
  normalise: {
    stripPrefixes: ['EREF+', 'KREF+', 'MREF+', 'SVWZ+', '/EREF/', '/ROC/', '/INV/', '/PREF/'],
    placeholders: ['NOTPROVIDED', 'NOT PROVIDED', 'NONREF', 'NONE', 'N/A', '-', '/'],
  },
  date: 'valueDate',
  timing: { timingBusinessDays: 2, pendingBusinessDays: 5, holidays: [] },
  passes: [
    { kind: 'uetr', dateWindowDays: null },
    { kind: 'endToEndId', dateWindowDays: null },
    { kind: 'reference', dateWindowDays: 30 },
    { kind: 'amountDate', dateWindowDays: 2, parties: 'agree' },
    {
      kind: 'tolerance',
      dateWindowDays: 30,
      absoluteMinor: { CNY: '5', EUR: '5', GBP: '5', HKD: '5', JPY: '5', SGD: '5', USD: '5' },
      relativeBasisPoints: 1,
    },
    { kind: 'remittance', dateWindowDays: 90, sharedReferences: true },
    { kind: 'coveringSet', dateWindowDays: 7, maxParts: 12, maxCandidates: 40, maxSteps: 50_000, chanceOneIn: 10_000 },
    { kind: 'manyToMany', dateWindowDays: 7, maxComponent: 20, chanceOneIn: 10_000 },
  ],
  fees: [],
  fx: { rates: [] },
};
