import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { isJsonObject, type Json } from '../../json';
import { parseCurrency } from '../../money';
import type { Change, Operation } from '../../operation';
import { as } from '../../trade-types';
import { groupsOf, requireCreator, requireStatus } from '../rules';
import { LEDGER_BREAK_CODES, type LedgerRuleSet, type MatchRun } from './types';

const COUNT = 1_000_000_000,
  MAX_DAYS = 92;
const NAME = /^[^\u0000-\u001f]{1,128}$/u;

function parseRules(input: Input): { id: string; version: string; digest: string } {
  const rules = { id: input.text('id', NAME), version: input.text('version', NAME), digest: input.digest('digest') };
  input.end();
  return rules;
}

type RunInput = Omit<MatchRun['run'], 'by'>;

/** A member says how it matched a date: by which rules, which files, to which result; both can repeat it. */
export const recordMatchRun: Operation<RunInput> = {
  authority: {
    operation: 'recordMatchRun',
    record: 'matchRun',
    from: [],
    to: 'recorded',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      businessDay: input.id('businessDay'),
      date: input.with('date', parseDate),
      currency: input.with('currency', parseCurrency),
      statement: input.optionalText('statement', /^[0-9a-f]{32}$/),
      ruleSet: parseRules(input.object('ruleSet')),
      inputs: input.list('inputs', { min: 1, max: 16 }, parseFile),
      resultRoot: input.digest('resultRoot'),
      matches: input.integer('matches', 0, COUNT),
      items: input.with('items', parseItems),
    };
    input.end();
    return value;
  },
  reads: ({ businessDay }) => ({ businessDays: [businessDay] }),
  apply(context, input): readonly Change[] {
    const { members } = context.businessDay(input.businessDay);
    requireCreator(context, ...members);
    const run = { ...input, by: context.creatorMspId };
    const groups = groupsOf({ run, undone: { list: [] } } satisfies MatchRun);
    return [{ kind: 'create', type: 'matchRun', participants: members, status: 'recorded', groups }];
  },
};

function parseFile(json: Json, path: string): RunInput['inputs'][number] {
  const input = Input.of(json, path);
  const file = {
    name: input.text('name', NAME),
    sha256: input.digest('sha256'),
    entries: input.integer('entries', 0, COUNT),
  };
  input.end();
  return file;
}

function parseItems(json: Json, field: string): Record<string, number> {
  const codes: readonly string[] = [...LEDGER_BREAK_CODES, 'DATA_INVALID'];
  const fits =
    isJsonObject(json) &&
    Object.entries(json).every(
      ([code, count]) => codes.includes(code) && Number.isSafeInteger(count) && Number(count) >= 0,
    );
  if (!fits) throw new Rejection('REQUEST_INVALID', { field });
  return json as unknown as Record<string, number>;
}

interface RuleProposal {
  readonly id: string;
  readonly version: string;
  readonly digest: string;
  readonly member: string;
  readonly maker: string;
  readonly backTest: LedgerRuleSet['ruleSet']['backTest'];
}

/** One person of a member proposes rules, with what they change on past days; the record is the member's own. */
export const proposeRuleSet: Operation<RuleProposal> = {
  authority: {
    operation: 'proposeRuleSet',
    record: 'ruleSet',
    from: [],
    to: 'proposed',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      id: input.text('id', NAME),
      version: input.text('version', NAME),
      digest: input.digest('digest'),
      member: input.mspId('member'),
      maker: input.text('maker', NAME),
      backTest: input.has('backTest') ? parseBackTest(input.object('backTest')) : none(input, 'backTest'),
    };
    input.end();
    return value;
  },
  reads: () => ({}),
  apply(context, { member, ...rules }): readonly Change[] {
    requireCreator(context, member);
    // Only the first version has nothing before it that it could change.
    if (rules.version !== '1' && rules.backTest === null) throw new Rejection('BACK_TEST_MISSING');
    const ruleSet: LedgerRuleSet['ruleSet'] = { ...rules, approver: null };
    return [
      { kind: 'create', type: 'ruleSet', participants: [member], status: 'proposed', groups: groupsOf({ ruleSet }) },
    ];
  },
};

function none(input: Input, name: string): null {
  input.optionalText(name);
  return null;
}

function parseBackTest(input: Input): NonNullable<RuleProposal['backTest']> {
  const backTest = {
    digest: input.digest('digest'),
    days: input.integer('days', 1, MAX_DAYS),
    inputs: input.list('inputs', { min: 1, max: MAX_DAYS * 2 }, (item, field) => {
      if (typeof item !== 'string' || !/^[0-9a-f]{64}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
      return item;
    }),
    before: input.digest('before'),
    kept: input.integer('kept', 0, COUNT),
    appear: input.integer('appear', 0, COUNT),
    disappear: input.integer('disappear', 0, COUNT),
  };
  input.end();
  return backTest;
}

interface Approval {
  readonly ruleSet: string;
  /** The digest of the back-test that the person has read; null where there is none. */
  readonly backTest: string | null;
  readonly approver: string;
}

/** Another person of the member takes them into use; people are told apart by the member's own gateway. */
export const approveRuleSet: Operation<Approval> = {
  authority: {
    operation: 'approveRuleSet',
    record: 'ruleSet',
    from: ['proposed'],
    to: 'approved',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      ruleSet: input.id('ruleSet'),
      backTest: input.optionalText('backTest', /^[0-9a-f]{64}$/),
      approver: input.text('approver', NAME),
    };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { ruleSet: id, backTest, approver }): readonly Change[] {
    const record = context.record(id, 'ruleSet');
    requireCreator(context, ...record.document.participants);
    requireStatus(record, approveRuleSet.authority);
    const { ruleSet } = as<LedgerRuleSet>(record.groups);
    if (ruleSet.maker === approver) throw new Rejection('SECOND_PERSON_MISSING');
    if (backTest !== (ruleSet.backTest?.digest ?? null)) throw new Rejection('BACK_TEST_DIFFERS');
    const groups = groupsOf({ ruleSet: { ...ruleSet, approver } });
    return [{ kind: 'update', record, status: 'approved', groups }];
  },
};
