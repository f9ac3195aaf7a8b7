import { isDate } from '../../../chaincode/domain/business-date';
import { canonicalBytes } from '../../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../../chaincode/domain/hash';
import { isJsonObject, type Json } from '../../../chaincode/domain/json';
import { currencyDecimals } from '../../../chaincode/domain/money';
import { RuleFields } from './rule-fields';
import { PASS_ORDER, type FeeSchedule, type FxRate, type Pass, type RuleSet } from './rule-set';
import { RulesRefused, type RulesProblem } from './rules-codes';

const MAX_BYTES = 1_048_576,
  MAX_WINDOW_DAYS = 366,
  MAX_BASIS_POINTS = 10_000,
  /** A rule set may ask for more certainty than this, never for less. */
  MIN_ONE_IN = 1_000,
  MAX_ONE_IN = 1_000_000_000;
/** The search over both sides' subsets of one component takes 2^n steps: 24 entries are what a second holds. */
export const MAX_COMPONENT = 24;

const MINOR = /^(0|[1-9][0-9]{0,17})$/,
  NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
  VERSION = /^[1-9][0-9]{0,8}$/,
  RATE = /^(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?$/,
  REFERENCE = /^[\u0020-\u007e]{1,35}$/;

/**
 * Reads a rule set's bytes; whatever it cannot do is refused here, never while files are matched.
 *
 * @throws RulesRefused RULES_TOO_LARGE, RULES_NOT_JSON, then every wrong field at once.
 */
export function parseRuleSet(bytes: Uint8Array): RuleSet {
  if (bytes.length > MAX_BYTES) throw new RulesRefused([{ code: 'RULES_TOO_LARGE', pointer: '' }]);
  let value: Json;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json;
  } catch {
    throw new RulesRefused([{ code: 'RULES_NOT_JSON', pointer: '' }]);
  }
  return checkRuleSet(value);
}

/** Reads a rule set from data. @throws RulesRefused with every wrong field. */
export function checkRuleSet(value: Json): RuleSet {
  if (!isJsonObject(value)) throw new RulesRefused([{ code: 'RULES_NOT_JSON', pointer: '' }]);
  const problems: RulesProblem[] = [];
  const fields = new RuleFields(value, '', problems);
  const rules = ruleSet(fields);
  fields.end();
  if (problems.length > 0) throw new RulesRefused(problems);
  return rules;
}

/** SHA-256 of the rule set's canonical JSON, hexadecimal: what the ledger holds of it. */
export function ruleSetDigest(rules: RuleSet): string {
  return sha256Hex(canonicalBytes(rules as unknown as Json));
}

function ruleSet(fields: RuleFields): RuleSet {
  const normalise = fields.object('normalise');
  const timing = fields.object('timing');
  const rules: RuleSet = {
    id: fields.text('id', NAME),
    version: fields.text('version', VERSION),
    normalise: {
      stripPrefixes: texts(normalise, 'stripPrefixes'),
      placeholders: texts(normalise, 'placeholders'),
    },
    date: fields.choice('date', ['valueDate', 'bookingDate']),
    timing: {
      timingBusinessDays: timing.count('timingBusinessDays', 60),
      pendingBusinessDays: timing.count('pendingBusinessDays', 60),
      holidays: timing.list('holidays', (list, at) => list.date(at)),
    },
    passes: passes(fields),
    fees: unique(fields, 'fees', fee, ({ name }) => name),
    fx: fx(fields),
  };
  normalise.end();
  timing.end();
  return rules;
}

function texts(fields: RuleFields, name: string): string[] {
  return fields.list(name, (list, at) => {
    const text = list.text(at, REFERENCE);
    if (text !== text.toUpperCase()) list.refuse('RULES_FIELD_INVALID', at);
    return text;
  });
}

function passes(fields: RuleFields): Pass[] {
  let last = -1;
  const seen = new Set<string>();
  const list = fields.list('passes', (members, at): Pass | undefined => {
    const own = members.object(at);
    const kind = own.value('kind');
    const order = PASS_ORDER.findIndex((name) => name === kind);
    if (order < 0) own.refuse('RULES_PASS_UNKNOWN', 'kind');
    else if (seen.has(String(kind))) own.refuse('RULES_PASS_REPEATED', 'kind');
    else if (order < last) own.refuse('RULES_PASS_ORDER', 'kind');
    seen.add(String(kind));
    last = Math.max(last, order);
    if (order < 0) return undefined;
    const pass = aPass(PASS_ORDER[order] as Pass['kind'], own);
    own.end();
    return pass;
  });
  return list.filter((pass) => pass !== undefined);
}

function aPass(kind: Pass['kind'], fields: RuleFields): Pass {
  const window = (): number => fields.count('dateWindowDays', MAX_WINDOW_DAYS);
  const chance = (): number => fields.count('chanceOneIn', MAX_ONE_IN, MIN_ONE_IN);
  const anyWindow = (): number | null => fields.countOrNull('dateWindowDays', MAX_WINDOW_DAYS);
  switch (kind) {
    case 'uetr':
    case 'endToEndId':
    case 'reference':
      return { kind, dateWindowDays: anyWindow() };
    case 'amountDate':
      return { kind, dateWindowDays: window(), parties: fields.choice('parties', ['agree', 'ignore']) };
    case 'tolerance':
      return {
        kind,
        dateWindowDays: anyWindow(),
        absoluteMinor: byCurrency(fields.object('absoluteMinor')),
        relativeBasisPoints: fields.count('relativeBasisPoints', MAX_BASIS_POINTS),
      };
    case 'remittance':
      return { kind, dateWindowDays: anyWindow(), sharedReferences: fields.flag('sharedReferences') };
    case 'coveringSet':
      return {
        kind,
        dateWindowDays: window(),
        maxParts: fields.count('maxParts', 64, 2),
        maxCandidates: fields.count('maxCandidates', 256, 2),
        maxSteps: fields.count('maxSteps', 1_000_000, 1),
        chanceOneIn: chance(),
      };
    case 'manyToMany':
      return {
        kind,
        dateWindowDays: window(),
        maxComponent: fields.count('maxComponent', MAX_COMPONENT, 4),
        chanceOneIn: chance(),
      };
  }
}

function byCurrency(fields: RuleFields): Record<string, string> {
  const amounts: Record<string, string> = {};
  for (const currency of [...fields.names()].sort()) {
    if (currencyDecimals(currency) === undefined) fields.refuse('RULES_FIELD_INVALID', currency);
    amounts[currency] = fields.text(currency, MINOR);
  }
  return amounts;
}

function fee(fields: RuleFields): FeeSchedule {
  return {
    name: fields.text('name', NAME),
    currency: fields.currency('currency'),
    direction: fields.choice('direction', ['credit', 'debit', 'both']),
    fixedMinor: fields.text('fixedMinor', MINOR),
    basisPoints: fields.count('basisPoints', MAX_BASIS_POINTS),
    minimumMinor: fields.text('minimumMinor', MINOR),
    maximumMinor: fields.textOrNull('maximumMinor', MINOR),
    action: fields.choice('action', ['match', 'report']),
  };
}

function fx(fields: RuleFields): RuleSet['fx'] {
  const own = fields.object('fx');
  const rules = {
    rates: unique(own, 'rates', rate, ({ from, to, date }) => `${from} ${to} ${date}`),
  };
  own.end();
  return rules;
}

function rate(fields: RuleFields): FxRate {
  const found = {
    from: fields.currency('from'),
    to: fields.currency('to'),
    date: fields.date('date'),
    rate: fields.text('rate', RATE),
  };
  if (found.from === found.to || !isDate(found.date)) fields.refuse('RULES_FIELD_INVALID', 'to');
  return found;
}

function unique<T>(fields: RuleFields, name: string, read: (own: RuleFields) => T, key: (item: T) => string): T[] {
  const seen = new Set<string>();
  return fields.list(name, (members, at) => {
    const own = members.object(at);
    const item = read(own);
    if (seen.has(key(item))) own.refuse('RULES_NAME_REPEATED', '');
    seen.add(key(item));
    own.end();
    return item;
  });
}
