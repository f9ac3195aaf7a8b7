import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { NoticeHead } from '../../notice-head';
import type { Change, Operation, OperationContext } from '../../operation';
import { groupsOf, participantsOf, requireCreator } from '../rules';

export const NOTICE_KINDS = ['dispute', 'demand', 'withdrawal'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** What a notice says; `sequence` and `previous` chain one member's notices about one order. */
export interface Notice {
  readonly kind: NoticeKind;
  readonly order: string;
  readonly version: number;
  readonly commitment: string;
  readonly reason: string;
  readonly sequence: number;
  readonly previous: string | null;
  /** Notice taken back; its id. */
  readonly withdraws: string | null;
  readonly giver: string;
  readonly neutral: string;
}

interface NoticeInput {
  readonly kind: NoticeKind;
  readonly order: string;
  readonly giver: string;
  /** Name the giver's head stands under: its own, or that of the member it followed. */
  readonly head: string;
  readonly reason: string;
  readonly withdraws: string | null;
}

/**
 * A participant's act against the other side: it needs nobody's endorsement but its own and the neutral member's.
 *
 * The head counts one member's notices about one order; payment looks at the heads.
 */
export const giveNotice: Operation<NoticeInput> = {
  authority: {
    operation: 'giveNotice',
    record: 'notice',
    from: [],
    to: 'given',
    creator: 'giver',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      kind: input.oneOf('kind', NOTICE_KINDS),
      order: input.id('order'),
      giver: input.mspId('giver'),
      head: input.has('head') ? input.mspId('head') : (input.optionalText('head') ?? input.mspId('giver')),
      reason: input.text('reason', /^[^\u0000-\u0008]{1,2000}$/u),
      withdraws: input.optionalText('withdraws', /^[0-9a-f]{32}$/),
    };
    input.end();
    return value;
  },
  reads: ({ order, head }) => ({ skeletons: [order], noticeHeads: [{ orderId: order, participants: [head] }] }),
  apply(context, { kind, order, giver, head: name, reason, withdraws }): readonly Change[] {
    requireCreator(context, giver);
    const skeleton = context.skeleton(order);
    requireCreator(context, ...skeleton.participants);
    const head = ownHead(context, order, name);
    if (kind === 'withdrawal')
      requireOpenNotice(context.record(withdraws ?? '', 'notice').groups['notice'], order, giver);
    else if (withdraws !== null) throw new Rejection('REQUEST_INVALID', { field: '/input/withdraws' });
    const notice: Notice = {
      kind,
      order,
      version: skeleton.version,
      commitment: skeleton.commitment,
      reason,
      sequence: head.count + 1,
      previous: head.last,
      withdraws,
      giver,
      neutral: head.neutral,
    };
    return [
      {
        kind: 'create',
        type: 'notice',
        participants: participantsOf(giver, head.neutral),
        status: 'given',
        groups: groupsOf({ notice }),
      },
      { kind: 'noticeHead', value: { ...head, count: head.count + 1, last: context.newId(0) }, guards: [] },
    ];
  },
};

/** The creator's own head about an order. @throws Rejection RECORD_NOT_FOUND, CREATOR_NOT_ENTITLED. */
export function ownHead(context: OperationContext, order: string, name: string): NoticeHead {
  const head = context.noticeHead(order, name);
  requireCreator(context, head.holder ?? head.mspId);
  return head;
}

function requireOpenNotice(fields: Readonly<Record<string, unknown>> | undefined, order: string, giver: string): void {
  const notice = fields as unknown as Notice | undefined;
  if (notice === undefined || notice.order !== order || notice.giver !== giver || notice.kind === 'withdrawal') {
    throw new Rejection('NOTICE_KIND_FORBIDS');
  }
}
