import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { Change, Operation, OperationContext } from '../../operation';
import type { OrderProgress } from '../../trade-types';
import { groupsOf, participantsOf, requireCreator, requireMember } from '../rules';
import { parseOrder, type OrderContent } from './order-input';
import { loadOrder, nextOrder } from './purchase-order';

function checkMembers(context: OperationContext, { payment, terms }: OrderContent): void {
  requireMember(context, payment.platform, 'platform', '/input/payment/platform');
  requireMember(context, payment.buyerBank, 'bank', '/input/payment/buyerBank');
  requireMember(context, payment.sellerBank, 'bank', '/input/payment/sellerBank');
  requireMember(context, terms.arbitration.neutral, 'arbitration', '/input/terms/arbitration/neutral');
  const pair = [payment.buyerBank, payment.sellerBank].sort();
  if (context.businessDay(payment.businessDay).members.join() !== pair.join()) {
    throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay: payment.businessDay });
  }
}

function emptyProgress({ terms }: OrderContent): OrderProgress {
  return {
    lines: terms.lines.map(({ id }) => ({ id, despatched: '0', delivered: '0', invoiced: '0' })),
    despatches: [],
    deliveries: [],
    buyerQualifiedBy: null,
    proposedBy: null,
    confirmedOn: null,
  };
}

/** Opens an order as an unsigned draft and the heads of the notices each participant may give about it. */
export const draftPurchaseOrder: Operation<OrderContent> = {
  authority: {
    operation: 'draftPurchaseOrder',
    record: 'purchaseOrder',
    from: [],
    to: 'drafted',
    creator: 'platform',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse: parseContent,
  reads: ({ payment }) => ({ businessDays: [payment.businessDay], network: true }),
  apply(context, content): readonly Change[] {
    requireCreator(context, content.payment.platform);
    checkMembers(context, content);
    const { platform, buyerBank, sellerBank } = content.payment;
    const participants = participantsOf(platform, buyerBank, sellerBank);
    const { neutral } = content.terms.arbitration;
    const orderId = context.newId(0);
    return [
      {
        kind: 'create',
        type: 'purchaseOrder',
        participants,
        status: 'drafted',
        groups: groupsOf({ ...content, progress: emptyProgress(content), links: { shipments: [] }, signatures: {} }),
      },
      ...participants.map((mspId): Change => ({
        kind: 'noticeHead',
        value: { orderId, mspId, neutral, count: 0, last: null },
        guards: participantsOf(mspId, neutral),
      })),
    ];
  },
};

interface Completion {
  readonly order: string;
  readonly content: OrderContent;
}

/** Replaces the content of a draft; participants and the neutral member stay as they are. */
export const completeTerms: Operation<Completion> = {
  authority: {
    operation: 'completeTerms',
    record: 'purchaseOrder',
    from: ['drafted'],
    to: 'drafted',
    creator: 'platform',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { order: input.id('order'), content: parseOrder(input.object('content')) };
    input.end();
    return value;
  },
  reads: ({ content }) => ({ businessDays: [content.payment.businessDay], network: true }),
  apply(context, { order: id, content }): readonly Change[] {
    const { record, order } = loadOrder(context, id, completeTerms.authority);
    requireCreator(context, order.payment.platform);
    checkMembers(context, content);
    const { payment, terms } = content;
    const same =
      payment.platform === order.payment.platform &&
      payment.buyerBank === order.payment.buyerBank &&
      payment.sellerBank === order.payment.sellerBank &&
      terms.arbitration.neutral === order.terms.arbitration.neutral;
    if (!same) throw new Rejection('REQUEST_INVALID', { field: '/input/content/payment' });
    const groups = nextOrder(record, { ...content, progress: emptyProgress(content) });
    return [{ kind: 'update', record, status: 'drafted', groups }];
  },
};

function parseContent(json: Json): OrderContent {
  const input = Input.of(json);
  const content = parseOrder(input);
  input.end();
  return content;
}
