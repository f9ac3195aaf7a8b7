interface CodeRow {
  readonly text: string;
  readonly zh: string;
  readonly remedy: string;
}

const row = (text: string, zh: string, remedy: string): CodeRow => ({ text, zh, remedy });

/** Why a rule set is not kept; each names its place. */
export const RULES_CODES = {
  RULES_NOT_JSON: row('the rule set is not a JSON object', '规则集不是 JSON 对象', 'Send one JSON object in UTF-8.'),
  RULES_TOO_LARGE: row(
    'the rule set is larger than 1 MB',
    '规则集超过 1 MB',
    'Leave out rates and holidays of the past.',
  ),
  RULES_FIELD_MISSING: row('a required field of the rule set is missing', '规则集缺少必填字段', 'Add the named field.'),
  RULES_FIELD_UNKNOWN: row(
    'the rule set has a field that no rule reads',
    '规则集包含未知字段',
    'Remove the named field; docs/RECONCILIATION.md lists them.',
  ),
  RULES_FIELD_INVALID: row(
    'a field of the rule set has no valid value',
    '规则集字段取值无效',
    'Correct the named field.',
  ),
  RULES_LIMIT_EXCEEDED: row(
    'a bound of the rule set is above what is supported',
    '规则集的界限超出支持范围',
    'Lower the named bound; docs/RECONCILIATION.md lists the largest.',
  ),
  RULES_PASS_UNKNOWN: row('there is no such pass', '没有此匹配步骤', 'Use a pass of docs/RECONCILIATION.md.'),
  RULES_PASS_REPEATED: row('a pass appears twice', '匹配步骤重复', 'Name each pass once.'),
  RULES_PASS_ORDER: row(
    'the passes are not in their fixed order',
    '匹配步骤顺序不正确',
    'Put the passes in the documented order.',
  ),
  RULES_NAME_REPEATED: row('two fee schedules or rates have one name', '费率或汇率名称重复', 'Give each its own name.'),
} as const satisfies Readonly<Record<string, CodeRow>>;

export type RulesCode = keyof typeof RULES_CODES;

/** One thing that a rule set may not say: what, and where (JSON pointer). */
export interface RulesProblem {
  readonly code: RulesCode;
  readonly pointer: string;
}

/** A rule set that is not kept, with everything found wrong. */
export class RulesRefused extends Error {
  override readonly name = 'RulesRefused';
  constructor(readonly problems: readonly RulesProblem[]) {
    super(problems.map(({ code, pointer }) => `${code} at ${pointer === '' ? '/' : pointer}`).join('; '));
  }
}
