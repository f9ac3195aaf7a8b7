import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseCurrency } from '../../money';
import type { AuthorityRow, Change, Operation, OperationContext } from '../../operation';
import { isBic } from '../../trade-terms';
import { as } from '../../trade-types';
import { groupsOf, requireCreator, requireStatus } from '../rules';
import type { ClearingAgreement, ClearingMember, ClearingPair } from './types';

/** Members of one agreement: every clearing reads each pair's statement. */
export const CLEARING_LIMITS = { members: 10 } as const;
const MAX_PAIRS = (CLEARING_LIMITS.members * (CLEARING_LIMITS.members - 1)) / 2;

interface Proposal {
  readonly currency: string;
  readonly legalBasis: string;
  readonly agent: string | null;
  readonly members: readonly ClearingMember[];
  /** Business days of the pairs. */
  readonly businessDays: readonly string[];
}

function parseMember(json: Json, path: string): ClearingMember {
  const input = Input.of(json, path);
  const member = {
    member: input.mspId('member'),
    name: input.text('name', /^[^\u0000-\u001f]{1,140}$/u),
    account: input.text('account', /^[A-Z0-9]{1,34}$/),
    bic: input.text('bic', /^[A-Z0-9]{8,11}$/),
  };
  input.end();
  if (!isBic(member.bic)) throw new Rejection('REQUEST_INVALID', { field: `${path}/bic` });
  return member;
}

function authorityOf(operation: string, from: readonly string[], to: string, creator: string): AuthorityRow {
  return { operation, record: 'clearingAgreement', from, to, creator, signature: 'none', lateral: 'bilateral' };
}

/** A member offers to clear with others: on which legal basis, for which pairs, who is paid where. */
export const proposeClearingAgreement: Operation<Proposal> = {
  authority: authorityOf('proposeClearingAgreement', [], 'proposed', 'anyParticipant'),
  parse(json) {
    const input = Input.of(json);
    const value = {
      currency: input.with('currency', parseCurrency),
      legalBasis: input.text('legalBasis', /^[^\u0000-\u001f]{1,140}$/u),
      agent: input.has('agent') ? input.mspId('agent') : input.optionalText('agent'),
      members: input.list('members', { min: 2, max: CLEARING_LIMITS.members }, parseMember),
      businessDays: input.list('businessDays', { min: 1, max: MAX_PAIRS }, (item, field) => {
        if (typeof item !== 'string' || !/^[0-9a-f]{32}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
        return item;
      }),
    };
    input.end();
    return value;
  },
  reads: ({ businessDays }) => ({ businessDays }),
  apply(context, { currency, legalBasis, agent, members, businessDays }): readonly Change[] {
    const mspIds = members.map(({ member }) => member);
    requireCreator(context, ...mspIds);
    requireMembers(context, mspIds, agent);
    const pairs = businessDays.map((id) => pairOf(context, id, mspIds));
    requireEachOnce(pairs, mspIds);
    const agreement = { currency, legalBasis, agent, members, joined: [context.creatorMspId] };
    const groups = groupsOf({ agreement, progress: { pairs, open: null } } satisfies ClearingAgreement);
    return [{ kind: 'create', type: 'clearingAgreement', participants: mspIds, status: 'proposed', groups }];
  },
};

function requireMembers(context: OperationContext, mspIds: readonly string[], agent: string | null): void {
  const known = new Set(context.network().members.map(({ mspId }) => mspId));
  const fits = new Set(mspIds).size === mspIds.length && mspIds.every((mspId) => known.has(mspId));
  if (!fits || (agent !== null && !mspIds.includes(agent))) {
    throw new Rejection('MEMBER_UNKNOWN', { field: '/input/members' });
  }
}

function pairOf(context: OperationContext, businessDay: string, mspIds: readonly string[]): ClearingPair {
  const { members } = context.businessDay(businessDay);
  if (!members.every((mspId) => mspIds.includes(mspId))) {
    throw new Rejection('MEMBER_UNKNOWN', { field: '/input/businessDays' });
  }
  return { members, businessDay, clearedThrough: null, leftOut: [] };
}

/** No pair twice, and no member that clears with nobody. */
function requireEachOnce(pairs: readonly ClearingPair[], mspIds: readonly string[]): void {
  const names = new Set(pairs.map(({ members }) => members.join('\n')));
  const isCovered = mspIds.every((mspId) => pairs.some(({ members }) => members.includes(mspId)));
  if (names.size !== pairs.length || !isCovered) {
    throw new Rejection('REQUEST_INVALID', { field: '/input/businessDays' });
  }
}

interface AgreementInput {
  readonly agreement: string;
}

function parseId(json: Json): AgreementInput {
  const input = Input.of(json);
  const value = { agreement: input.id('agreement') };
  input.end();
  return value;
}

/** Another member agrees; with the last one the agreement is in force. */
export const joinClearingAgreement: Operation<AgreementInput> = {
  authority: authorityOf('joinClearingAgreement', ['proposed'], 'proposed | agreed', 'anyParticipant'),
  parse: parseId,
  reads: () => ({ network: false }),
  apply(context, { agreement: id }): readonly Change[] {
    const record = context.record(id, 'clearingAgreement');
    requireStatus(record, joinClearingAgreement.authority);
    const content = as<ClearingAgreement>(record.groups);
    const { members, joined } = content.agreement;
    requireCreator(context, ...members.map(({ member }) => member));
    if (joined.includes(context.creatorMspId)) throw new Rejection('STATUS_FORBIDS', { record: id });
    const agreement = { ...content.agreement, joined: [...joined, context.creatorMspId].sort() };
    const status = agreement.joined.length === members.length ? 'agreed' : 'proposed';
    return [{ kind: 'update', record, status, groups: groupsOf({ ...content, agreement }) }];
  },
};

/** Any member ends the agreement, unless a clearing is under way. */
export const endClearingAgreement: Operation<AgreementInput> = {
  authority: authorityOf('endClearingAgreement', ['proposed', 'agreed'], 'ended', 'anyParticipant'),
  parse: parseId,
  reads: () => ({ network: false }),
  apply(context, { agreement: id }): readonly Change[] {
    const record = context.record(id, 'clearingAgreement');
    requireStatus(record, endClearingAgreement.authority);
    const { agreement, progress } = as<ClearingAgreement>(record.groups);
    requireCreator(context, ...agreement.members.map(({ member }) => member));
    if (progress.open !== null) throw new Rejection('CLEARING_UNDER_WAY', { record: progress.open });
    return [{ kind: 'update', record, status: 'ended', groups: record.groups }];
  },
};
