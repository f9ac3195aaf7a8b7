import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseCurrency, parseMinor } from '../../money';
import type { Change, Operation, SuppliedRecord } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { nextDay } from './business-day';
import { ENTRY_TYPES, type Lane, type StandingAgreement } from './types';

type Proposal = Omit<StandingAgreement['agreement'], 'sender'>;

/** A member offers to post entries to another; nothing can be posted before the other agrees. */
export const proposeAgreement: Operation<Proposal> = {
  authority: {
    operation: 'proposeAgreement',
    record: 'standingAgreement',
    from: [],
    to: 'proposed',
    creator: 'sender',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      receiver: input.mspId('receiver'),
      debtor: input.mspId('debtor'),
      currency: input.with('currency', parseCurrency),
      types: input.list('types', { min: 1, max: ENTRY_TYPES.length }, parseType),
      entryLimitMinor: String(input.with('entryLimitMinor', parseMinor)),
      dayLimitMinor: String(input.with('dayLimitMinor', parseMinor)),
      businessDay: input.id('businessDay'),
    };
    input.end();
    return value;
  },
  reads: ({ businessDay }) => ({ businessDays: [businessDay] }),
  apply(context, input): readonly Change[] {
    const { members } = context.businessDay(input.businessDay);
    requireCreator(context, ...members);
    const sender = context.creatorMspId;
    const isPair = members.includes(input.receiver) && input.receiver !== sender && members.includes(input.debtor);
    if (!isPair) throw new Rejection('MEMBER_UNKNOWN', { field: '/input/receiver' });
    const groups = groupsOf({ agreement: { ...input, sender } });
    return [{ kind: 'create', type: 'standingAgreement', participants: members, status: 'proposed', groups }];
  },
};

function parseType(item: Json, field: string): (typeof ENTRY_TYPES)[number] {
  const type = ENTRY_TYPES.find((candidate) => candidate === item);
  if (type === undefined) throw new Rejection('CODE_UNKNOWN', { field, list: 'entry types' });
  return type;
}

interface AgreementInput {
  readonly agreement: string;
}

function parseAgreementId(json: Json): AgreementInput {
  const input = Input.of(json);
  const value = { agreement: input.id('agreement') };
  input.end();
  return value;
}

function dayOf({ agreement }: AgreementInput, supplied: ReadonlyMap<string, SuppliedRecord>) {
  return { businessDays: claimedIds(supplied.get(agreement), 'agreement', 'businessDay') };
}

/** The receiver agrees: the lane opens, and is entered in the pair's list, which the daily close goes by. */
export const agreeAgreement: Operation<AgreementInput> = {
  authority: {
    operation: 'agreeAgreement',
    record: 'standingAgreement',
    from: ['proposed'],
    to: 'agreed',
    creator: 'receiver',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse: parseAgreementId,
  reads: dayOf,
  apply(context, { agreement: id }): readonly Change[] {
    const record = context.record(id, 'standingAgreement');
    requireStatus(record, agreeAgreement.authority);
    const { agreement } = as<StandingAgreement>(record.groups);
    requireCreator(context, agreement.receiver);
    const day = context.businessDay(agreement.businessDay);
    const { sender, receiver, debtor, currency, businessDay } = agreement;
    const lane: Lane['lane'] = {
      agreement: id,
      sender,
      receiver,
      debtor,
      currency,
      businessDay,
      days: {},
      closedThrough: null,
      principals: [],
    };
    return [
      { kind: 'update', record, status: 'agreed', groups: record.groups },
      {
        kind: 'create',
        type: 'lane',
        participants: record.document.participants,
        status: 'open',
        groups: groupsOf({ lane }),
      },
      nextDay(day, { lanes: [...day.lanes, context.newId(1)] }),
    ];
  },
};

/** Either side ends an agreement; what was posted under it stays posted. */
export const endAgreement: Operation<AgreementInput> = {
  authority: {
    operation: 'endAgreement',
    record: 'standingAgreement',
    from: ['proposed', 'agreed'],
    to: 'ended',
    creator: 'eitherMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse: parseAgreementId,
  reads: () => ({}),
  apply(context, { agreement: id }): readonly Change[] {
    const record = context.record(id, 'standingAgreement');
    requireStatus(record, endAgreement.authority);
    const { agreement } = as<StandingAgreement>(record.groups);
    requireCreator(context, agreement.sender, agreement.receiver);
    return [{ kind: 'update', record, status: 'ended', groups: record.groups }];
  },
};
