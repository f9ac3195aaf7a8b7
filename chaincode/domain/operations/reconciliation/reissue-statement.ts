import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import { as } from '../../trade-types';
import { groupsOf, requireCreator, requireStatus } from '../rules';
import { REFUSAL_CODES, type Statement, type StatementRefusal } from './types';

/** Editions of one statement: whoever disagrees after so many goes to arbitration. */
const MAX_ISSUES = 99;
/** Refusals one statement keeps. */
const MAX_REFUSALS = 200;

interface Refusing {
  readonly statement: string;
  readonly code: StatementRefusal['code'];
  readonly text: string;
}

/** A member says why it does not sign: the statement is disputed, until it is issued anew. */
export const refuseStatement: Operation<Refusing> = {
  authority: {
    operation: 'refuseStatement',
    record: 'statement',
    from: ['closed', 'signed'],
    to: 'disputed',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      statement: input.id('statement'),
      code: input.oneOf('code', REFUSAL_CODES),
      text: input.text('text', /^[^\u0000-\u0008]{1,2000}$/u),
    };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { statement: id, code, text }): readonly Change[] {
    const record = context.record(id, 'statement');
    const content = as<Statement>(record.groups);
    requireCreator(context, ...content.statement.pair);
    requireStatus(record, refuseStatement.authority);
    const by = context.creatorMspId;
    if (content.signatures[by] !== undefined) throw new Rejection('STATEMENT_SIGNED_ALREADY');
    const refusal = { by, issue: content.statement.issue.number, code, text };
    const given = [...content.refusals.given, refusal].slice(-MAX_REFUSALS);
    return [{ kind: 'update', record, status: 'disputed', groups: groupsOf({ ...content, refusals: { given } }) }];
  },
};

interface Reissue {
  readonly statement: string;
  readonly reason: string;
}

/**
 * Issues a statement anew, as edition n+1 with a reason, to be signed by both again.
 *
 * Its entries stay: after the close nothing changes. The edition before stays provable by the record's history, and the
 * new one names it.
 */
export const reissueStatement: Operation<Reissue> = {
  authority: {
    operation: 'reissueStatement',
    record: 'statement',
    from: ['countersigned', 'disputed'],
    to: 'closed',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      statement: input.id('statement'),
      reason: input.text('reason', /^[^\u0000-\u0008]{1,2000}$/u),
    };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { statement: id, reason }): readonly Change[] {
    const record = context.record(id, 'statement');
    const content = as<Statement>(record.groups);
    requireCreator(context, ...content.statement.pair);
    requireStatus(record, reissueStatement.authority);
    const number = content.statement.issue.number + 1;
    if (number > MAX_ISSUES) throw new Rejection('REQUEST_TOO_LARGE', { field: '/input', limit: String(MAX_ISSUES) });
    const issue = { number, reason, by: context.creatorMspId, supersedes: record.commitment };
    const statement = { ...content.statement, issue };
    return [{ kind: 'update', record, status: 'closed', groups: groupsOf({ ...content, statement, signatures: {} }) }];
  },
};
