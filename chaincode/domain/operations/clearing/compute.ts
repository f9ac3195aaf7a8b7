import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Change, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { paymentReferences } from '../finance/instruct-payment';
import { groupsOf, requireCreator } from '../rules';
import { CLEARING_LIMITS } from './agreement';
import { clearingSavings, netPositions, settlementInstructions } from './netting';
import {
  openDisclosure,
  parseDisclosure,
  type DisclosedStatement,
  type StatementDisclosure,
} from './statement-disclosure';
import type { Clearing, ClearingAgreement, ClearingPair } from './types';

/** Statements of one clearing: a pair's statement of the date, and of dates left out before. */
const MAX_STATEMENTS = CLEARING_LIMITS.members * CLEARING_LIMITS.members;
/** Dates a pair may be left out before its members settle what keeps them apart. */
const MAX_LEFT_OUT = 31;

interface Computing {
  readonly agreement: string;
  readonly date: string;
  readonly statements: readonly StatementDisclosure[];
}

/**
 * Adds the countersigned statements of a date up to one net for each member, and the payments that settle them.
 *
 * Members outside a pair see its sums and nothing else of its statement, proven against the public commitment. Every
 * pair is accounted for: with a statement, or by name as left out, which everybody signs. Nothing is cleared twice.
 */
export const computeClearing: Operation<Computing> = {
  authority: {
    operation: 'computeClearing',
    record: 'clearing',
    from: [],
    to: 'computed',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      agreement: input.id('agreement'),
      date: input.with('date', parseDate),
      statements: input.list('statements', { min: 1, max: MAX_STATEMENTS }, parseDisclosure),
    };
    input.end();
    return value;
  },
  reads: ({ statements }) => ({ skeletons: statements.map(({ document }) => document.id) }),
  apply(context, input): readonly Change[] {
    const record = context.record(input.agreement, 'clearingAgreement');
    const content = as<ClearingAgreement>(record.groups);
    requireCreator(context, ...record.document.participants);
    if (record.document.status !== 'agreed') {
      throw new Rejection('STATUS_FORBIDS', { record: input.agreement, operation: 'computeClearing' });
    }
    const { open } = content.progress;
    if (open !== null) throw new Rejection('CLEARING_UNDER_WAY', { record: open });
    const statements = input.statements.map((disclosure) => opened(context, disclosure, content));
    const pairs = content.progress.pairs.map((pair) => clearedPair(pair, input.date, statements));
    requireAllTaken(content.progress.pairs, statements);
    const clearing = newClearing(context, input, content, statements, pairs);
    const instructions = clearing.clearing.instructions.map((instruction) => ({
      ...instruction,
      status: 'instructed' as const,
      valueDate: null,
    }));
    const groups = groupsOf({ ...clearing, settlement: { instructions, refusal: null } });
    const progress = { pairs, open: context.newId(0) };
    return [
      { kind: 'create', type: 'clearing', participants: record.document.participants, status: 'computed', groups },
      { kind: 'update', record, status: 'agreed', groups: groupsOf({ ...content, progress }) },
    ];
  },
};

/** A statement as its document and the ledger's public commitment say it. */
function opened(
  context: OperationContext,
  disclosure: StatementDisclosure,
  { agreement }: ClearingAgreement,
): DisclosedStatement {
  const statement = openDisclosure(disclosure);
  const { commitment } = context.skeleton(statement.statement);
  if (commitment !== statement.commitment) throw new Rejection('RECORD_STALE', { record: statement.statement });
  if (statement.currency !== agreement.currency) {
    throw new Rejection('CURRENCY_DIFFERS', { record: statement.statement });
  }
  return statement;
}

/** A pair after this clearing. @throws Rejection DAY_CLOSED, REQUEST_INVALID, REQUEST_TOO_LARGE. */
function clearedPair(pair: ClearingPair, date: string, statements: readonly DisclosedStatement[]): ClearingPair {
  const { businessDay, clearedThrough, leftOut } = pair;
  if (clearedThrough !== null && date <= clearedThrough) throw new Rejection('DAY_CLOSED', { date });
  const own = statements.filter((statement) => statement.businessDay === businessDay);
  const dates = own.map((statement) => statement.date);
  const due = [...leftOut, date];
  const fits = new Set(dates).size === dates.length && dates.every((one) => due.includes(one));
  if (!fits) throw new Rejection('STATEMENT_NOT_DUE', { record: own[0]?.statement ?? businessDay });
  const left = due.filter((one) => !dates.includes(one));
  if (left.length > MAX_LEFT_OUT) {
    throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/statements', limit: String(MAX_LEFT_OUT) });
  }
  return { ...pair, clearedThrough: date, leftOut: left };
}

function requireAllTaken(pairs: readonly ClearingPair[], statements: readonly DisclosedStatement[]): void {
  const stranger = statements.find(({ businessDay }) => !pairs.some((pair) => pair.businessDay === businessDay));
  if (stranger !== undefined) throw new Rejection('STATEMENT_NOT_DUE', { record: stranger.statement });
}

function newClearing(
  { transactionId }: OperationContext,
  { agreement: id, date }: Computing,
  { agreement, progress }: ClearingAgreement,
  disclosed: readonly DisclosedStatement[],
  pairs: readonly ClearingPair[],
): Pick<Clearing, 'clearing' | 'signatures'> {
  const { currency, legalBasis, members, agent } = agreement;
  const statements = disclosed
    .map(({ businessDay: _, currency: __, ...statement }) => statement)
    .sort((one, other) => (one.statement < other.statement ? -1 : 1));
  const positions = netPositions(
    members.map(({ member }) => member),
    statements,
  );
  const payments = settlementInstructions(positions, agent);
  const instructions = payments.map((payment, at) => ({
    ...payment,
    ...paymentReferences(sha256Hex(`concordat.clearing.v1\n${transactionId}\n${at}`)),
  }));
  const leftOut = pairs.flatMap(({ members: pair, leftOut: dates }) => dates.map((left) => ({ pair, date: left })));
  const common = { agreement: id, currency, legalBasis, date, members, pairsBefore: progress.pairs };
  const savings = clearingSavings(statements, payments);
  return { clearing: { ...common, statements, leftOut, positions, savings, instructions }, signatures: {} };
}
