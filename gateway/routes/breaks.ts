import type { Json, JsonObject } from '../../chaincode/domain/json';
import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import { backTestBytes, summariseBackTest } from '../reconciliation/back-test-days';
import { checkRuleSet, ruleSetDigest } from '../reconciliation/rules/parse-rule-set';
import { RulesRefused } from '../reconciliation/rules/rules-codes';
import { HttpProblem } from '../http/problem';
import type { DtoClass } from '../http/validation/validate';
import type { Call, Route } from '../http/route';
import type { RouteDeps } from './dependencies';
import {
  AssignmentDto,
  BreaksDto,
  CaseReferenceDto,
  CommentDto,
  ForcedClosingDto,
  MatchRunDto,
  ResolutionDto,
  RuleApprovalDto,
  RuleSetDto,
  RunReferenceDto,
  UnmatchDto,
} from './dto/breaks';
import { operationRoute, plain, type OperationInput, type OperationRow } from './operation-route';
import { ownRecord } from './records';

/** Match runs, rule sets and the life cycle of breaks. */
export function breakRoutes(deps: RouteDeps): readonly Route[] {
  return [...runRows(deps), ...ruleRows(deps), ...stepRows(deps)].map((row) => operationRoute(row, deps));
}

function runRows(deps: RouteDeps): readonly OperationRow[] {
  return [
    {
      operation: 'recordMatchRun',
      path: '/v1/match-runs',
      tag: 'breaks',
      summary: 'Put a matching on the ledger: rules, inputs, result',
      permission: 'reconcile',
      body: MatchRunDto,
      shows: 'matchRun',
      createdUnder: 'match-runs',
      build: ({ body }) => ({ input: plain(body), recordIds: [] }),
    },
    {
      operation: 'unmatch',
      path: '/v1/match-runs/{id}/undone-matches',
      tag: 'breaks',
      summary: 'Undo one match of a run, proved to be in it; later runs under the same rules keep its entries apart',
      permission: 'reconcile',
      body: UnmatchDto,
      shows: 'matchRun',
      build: async ({ params, body, caller }) => {
        const { id } = await ownRecord(deps, 'matchRun', params['id']);
        const input = { run: id, ...(plain(body) as object), user: caller.userId };
        return { input: input as unknown as Json, recordIds: [id] };
      },
    },
    {
      operation: 'openBreaks',
      path: '/v1/breaks',
      tag: 'breaks',
      summary: 'Open what a run found unmatched, up to 50 at once',
      permission: 'reconcile',
      body: BreaksDto,
      build: async ({ body }) => {
        const { run, breaks } = body as BreaksDto;
        const { id } = await ownRecord(deps, 'matchRun', run);
        return { input: { run: id, breaks } as unknown as Json, recordIds: [id] };
      },
    },
  ];
}

function ruleRows(deps: RouteDeps): readonly OperationRow[] {
  return [
    {
      operation: 'proposeRuleSet',
      path: '/v1/rule-sets',
      tag: 'breaks',
      summary: 'Propose rules to match by; another person takes them into use',
      permission: 'reconcile',
      body: RuleSetDto,
      shows: 'ruleSet',
      createdUnder: 'rule-sets',
      build: (call) => proposedRules(deps, call),
    },
    {
      operation: 'approveRuleSet',
      path: '/v1/rule-sets/{id}/approval',
      tag: 'breaks',
      summary: 'Take proposed rules into use, as another person than who proposed them',
      permission: 'reconcile',
      body: RuleApprovalDto,
      shows: 'ruleSet',
      build: async ({ params, body, caller }) => {
        const { id } = await ownRecord(deps, 'ruleSet', params['id']);
        const { backTest = null } = body as RuleApprovalDto;
        return { input: { ruleSet: id, backTest, approver: caller.userId }, recordIds: [id] };
      },
    },
  ];
}

/** The rules are kept as a document under their digest; the ledger has the digest. @throws HttpProblem RULE_SET_INVALID. */
async function proposedRules(deps: RouteDeps, { body, caller }: Call): Promise<OperationInput> {
  const { rules, backTest: result } = body as RuleSetDto;
  const checked = checkedRules(rules);
  const digest = ruleSetDigest(checked);
  const { id, version } = checked;
  const bytes = canonicalBytes(checked as unknown as Json);
  const kept = { mediaType: 'application/json', source: caller.userId, channel: 'rule-set', parserVersion: '1' };
  const backTest = result === undefined ? null : summariseBackTest(result as Json, digest);
  if (backTest === undefined)
    throw new HttpProblem('RULE_SET_INVALID', { reason: 'the back-test is not of these rules' });
  await deps.documents.put({ ...kept, bytes });
  // What the second person reads: the approval names its digest.
  if (result !== undefined) await deps.documents.put({ ...kept, bytes: backTestBytes(result as JsonObject) });
  const input = { id, version, digest, member: deps.member, maker: caller.userId, backTest };
  return { input: input as unknown as Json, recordIds: [] };
}

function checkedRules(rules: object): ReturnType<typeof checkRuleSet> {
  try {
    return checkRuleSet(rules as Json);
  } catch (error) {
    if (!(error instanceof RulesRefused)) throw error;
    throw new HttpProblem('RULE_SET_INVALID', { reason: error.message.slice(0, 200) });
  }
}

interface StepRow {
  readonly operation: string;
  readonly name: string;
  readonly summary: string;
  readonly body?: DtoClass;
  /** Member of the input that names the person, where the step takes one. */
  readonly person?: 'user' | 'maker' | 'approver';
}

const STEPS: readonly StepRow[] = [
  {
    operation: 'assignBreak',
    name: 'assignment',
    summary: 'Hand the ball to the other member',
    body: AssignmentDto,
    person: 'user',
  },
  { operation: 'proposeResolution', name: 'proposal', summary: 'Propose a resolution', body: ResolutionDto },
  { operation: 'agreeResolution', name: 'agreement', summary: 'Agree to the other member’s proposal' },
  {
    operation: 'declineResolution',
    name: 'refusal',
    summary: 'Decline it, with a reason',
    body: CommentDto,
    person: 'user',
  },
  { operation: 'closeBreak', name: 'closing', summary: 'Close what was agreed and done' },
  {
    operation: 'clearTiming',
    name: 'clearance',
    summary: 'Say which later run found it matched',
    body: RunReferenceDto,
  },
  { operation: 'expireTiming', name: 'expiry', summary: 'Its date has passed: it is a break now' },
  { operation: 'escalateBreak', name: 'escalation', summary: 'Escalate it after the deadline' },
  { operation: 'disputeBreak', name: 'dispute', summary: 'Dispute it', body: CommentDto, person: 'user' },
  {
    operation: 'referBreak',
    name: 'referral',
    summary: 'Refer it to the arbitration member under a case',
    body: CaseReferenceDto,
  },
  {
    operation: 'requestForcedClosing',
    name: 'forced-closing',
    summary: 'Ask to close it without the other member; a second person does it',
    body: ForcedClosingDto,
    person: 'maker',
  },
  {
    operation: 'approveForcedClosing',
    name: 'forced-closing/approval',
    summary: 'Close it by force, as the second person',
    person: 'approver',
  },
  { operation: 'reopenBreak', name: 'reopening', summary: 'Open it again on a later run', body: RunReferenceDto },
  {
    operation: 'commentBreak',
    name: 'comments',
    summary: 'A word to the other member',
    body: CommentDto,
    person: 'user',
  },
];

function stepRows(deps: RouteDeps): readonly OperationRow[] {
  return STEPS.map(({ operation, name, summary, body, person }) => ({
    operation,
    path: `/v1/breaks/{id}/${name}`,
    tag: 'breaks',
    summary,
    permission: 'reconcile' as const,
    ...(body === undefined ? {} : { body }),
    shows: 'break',
    build: async ({ params, body: sent, caller }: Call) => {
      const { id } = await ownRecord(deps, 'break', params['id']);
      const named = person === undefined ? {} : { [person]: caller.userId };
      return { input: { break: id, ...(plain(sent) as object), ...named } as Json, recordIds: [id] };
    },
  }));
}
