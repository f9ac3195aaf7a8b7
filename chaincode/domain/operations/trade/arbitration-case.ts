import { Rejection } from '../../errors';
import { Input } from '../../input';
import { isJsonObject, type Json } from '../../json';
import type { AuthorityRow, Change, Operation, OperationContext } from '../../operation';
import { commitmentOf, openGroups, type RecordDocument, type SaltedGroups } from '../../record';
import { as } from '../../trade-types';
import { groupsOf, participantsOf, requireCreator, requireStatus } from '../rules';
import { ownHead } from './give-notice';

/** A case before the arbitration member, filed by notice. */
export interface ArbitrationCase {
  readonly order: string;
  readonly orderVersion: number;
  readonly orderCommitment: string;
  readonly claimant: string;
  readonly neutral: string;
  readonly records: readonly string[];
  readonly statementOfClaim: string;
  readonly closing: string | null;
}

interface Filing {
  readonly order: string;
  readonly claimant: string;
  /** Name the claimant's notice head stands under. */
  readonly head: string;
  readonly records: readonly string[];
  readonly statementOfClaim: string;
}

/** Files a case about an order; takes the claimant and the neutral member only. */
export const fileCase: Operation<Filing> = {
  authority: {
    operation: 'fileCase',
    record: 'case',
    from: [],
    to: 'filed',
    creator: 'giver',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      order: input.id('order'),
      claimant: input.mspId('claimant'),
      head: input.has('head') ? input.mspId('head') : (input.optionalText('head') ?? input.mspId('claimant')),
      records: input.list('records', { min: 1, max: 200 }, (item, field) => {
        if (typeof item !== 'string' || !/^[0-9a-f]{32}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
        return item;
      }),
      statementOfClaim: input.text('statementOfClaim', /^[^\u0000-\u0008]{1,10000}$/u),
    };
    input.end();
    return value;
  },
  reads: ({ order, head }) => ({ skeletons: [order], noticeHeads: [{ orderId: order, participants: [head] }] }),
  apply(context, { order, claimant, head, records, statementOfClaim }): readonly Change[] {
    requireCreator(context, claimant);
    const skeleton = context.skeleton(order);
    requireCreator(context, ...skeleton.participants);
    const { neutral } = ownHead(context, order, head);
    const content: ArbitrationCase = {
      order,
      orderVersion: skeleton.version,
      orderCommitment: skeleton.commitment,
      claimant,
      neutral,
      records,
      statementOfClaim,
      closing: null,
    };
    return [
      {
        kind: 'create',
        type: 'case',
        participants: participantsOf(claimant, neutral),
        status: 'filed',
        groups: groupsOf({ case: content }),
      },
    ];
  },
};

function neutralStep(
  authority: AuthorityRow,
  takesClosing: boolean,
): Operation<{ readonly case: string; readonly closing: string | null }> {
  return {
    authority,
    parse(json) {
      const input = Input.of(json);
      const value = {
        case: input.id('case'),
        closing: takesClosing ? input.text('closing', /^[^\u0000-\u0008]{1,10000}$/u) : null,
      };
      input.end();
      return value;
    },
    reads: () => ({ network: false }),
    apply(context, { case: id, closing }): readonly Change[] {
      const record = context.record(id, 'case');
      requireStatus(record, authority);
      const content = as<{ case: ArbitrationCase }>(record.groups).case;
      requireCreator(context, content.neutral);
      return [{ kind: 'update', record, status: authority.to, groups: groupsOf({ case: { ...content, closing } }) }];
    },
  };
}

export const acceptCase = neutralStep(
  {
    operation: 'acceptCase',
    record: 'case',
    from: ['filed'],
    to: 'accepted',
    creator: 'neutral',
    signature: 'none',
    lateral: 'unilateral',
  },
  false,
);

export const closeCase = neutralStep(
  {
    operation: 'closeCase',
    record: 'case',
    from: ['accepted'],
    to: 'closed',
    creator: 'neutral',
    signature: 'none',
    lateral: 'unilateral',
  },
  true,
);

/** A record's bodies as handed to the arbitration member: every version's document, and groups as far as disclosed. */
export interface DisclosedRecord {
  readonly versions: readonly { readonly document: RecordDocument; readonly groups: SaltedGroups }[];
}

interface Disclosure {
  readonly case: string;
  readonly neutral: string;
  readonly record: string;
  readonly versions: DisclosedRecord['versions'];
}

/**
 * Hands a record's complete sequence to the arbitration member; any participant of the record may.
 *
 * Accepted only if it hashes to the current commitment, version by version; takes the arbitration member's peer alone.
 */
export const disclose: Operation<Disclosure> = {
  authority: {
    operation: 'disclose',
    record: 'disclosure',
    from: [],
    to: 'disclosed',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      case: input.id('case'),
      neutral: input.mspId('neutral'),
      record: input.id('record'),
      versions: input.list('versions', { min: 1, max: 1_000 }, (item, field) => parseVersion(item, field)),
    };
    input.end();
    return value;
  },
  reads: ({ case: caseId, record }) => ({ skeletons: [caseId, record], network: true }),
  apply(context, input): readonly Change[] {
    requireCreator(context, ...context.skeleton(input.record).participants);
    requireNeutral(context, input);
    requireWholeSequence(input, context.skeleton(input.record).commitment);
    const value = { versions: input.versions } as unknown as Json;
    return [
      { kind: 'copy', id: context.newId(0), recordId: input.record, caseId: input.case, to: input.neutral, value },
    ];
  },
};

function requireNeutral(context: OperationContext, { case: caseId, neutral }: Disclosure): void {
  const member = context.network().members.find(({ mspId }) => mspId === neutral);
  if (member?.kind !== 'arbitration' || !context.skeleton(caseId).participants.includes(neutral)) {
    throw new Rejection('MEMBER_UNKNOWN', { field: '/input/neutral', kind: 'arbitration' });
  }
}

function parseVersion(item: Json, field: string): DisclosedRecord['versions'][number] {
  const fits =
    isJsonObject(item) &&
    isJsonObject(item['document']) &&
    isJsonObject(item['groups']) &&
    Array.isArray((item['document'] as { groups?: unknown }).groups) &&
    Object.keys(item).length === 2 &&
    Object.values(item['groups']).every((fields) => Array.isArray(fields) && fields.every(isJsonObject));
  if (!fits) throw new Rejection('REQUEST_INVALID', { field });
  return item as unknown as DisclosedRecord['versions'][number];
}

/** Each version must name the one before it by commitment, down to version 1: nothing left out, nothing put in. */
function requireWholeSequence({ record, versions }: Disclosure, current: string): void {
  let previous: string | null = null;
  versions.forEach(({ document, groups }, index) => {
    const fits = document.id === record && document.version === index + 1 && document.previous === previous;
    if (!fits) throw new Rejection('DISCLOSURE_MISMATCH', { record, version: String(index + 1) });
    openGroups(document, groups);
    previous = commitmentOf(document);
  });
  if (previous !== current) throw new Rejection('DISCLOSURE_MISMATCH', { record, version: String(versions.length) });
}
