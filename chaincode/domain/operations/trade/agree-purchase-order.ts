import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { Change, Operation } from '../../operation';
import { requireCreator } from '../rules';
import { missingTerm } from './order-input';
import { loadOrder, nextOrder, orderDate, orderReads } from './purchase-order';

interface OrderRef {
  readonly order: string;
}

function parseRef(json: Json): OrderRef {
  const input = Input.of(json);
  const value = { order: input.id('order') };
  input.end();
  return value;
}

interface Proposal extends OrderRef {
  readonly by: 'seller' | 'buyer';
}

/** Proposes a complete draft in the name of one party, who signs it. */
export const proposePurchaseOrder: Operation<Proposal> = {
  authority: {
    operation: 'proposePurchaseOrder',
    record: 'purchaseOrder',
    from: ['drafted'],
    to: 'proposed',
    creator: 'platform',
    signature: 'seller',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { order: input.id('order'), by: input.oneOf('by', ['seller', 'buyer'] as const) };
    input.end();
    return value;
  },
  reads: ({ order }, supplied) => orderReads(order, supplied),
  apply(context, { order: id, by }): readonly Change[] {
    const { record, order } = loadOrder(context, id, proposePurchaseOrder.authority);
    requireCreator(context, order.payment.platform);
    const missing = missingTerm(order);
    if (missing !== undefined) throw new Rejection('TERMS_INCOMPLETE', { field: missing });
    const party = order.parties[by].partyId as string;
    return [
      {
        kind: 'update',
        record,
        status: 'proposed',
        groups: nextOrder(record, { progress: { ...order.progress, proposedBy: party } }),
        signed: { action: 'proposePurchaseOrder', parties: [party], businessDate: orderDate(context, order) },
      },
    ];
  },
};

/** The buyer's bank states that the buyer qualifies; without it an order is not confirmed. */
export const qualifyBuyer: Operation<OrderRef> = {
  authority: {
    operation: 'qualifyBuyer',
    record: 'purchaseOrder',
    from: ['proposed'],
    to: 'proposed',
    creator: 'buyerBank',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse: parseRef,
  reads: ({ order }, supplied) => orderReads(order, supplied),
  apply(context, { order: id }): readonly Change[] {
    const { record, order } = loadOrder(context, id, qualifyBuyer.authority);
    requireCreator(context, order.payment.buyerBank);
    const progress = { ...order.progress, buyerQualifiedBy: context.creatorMspId };
    return [{ kind: 'update', record, status: 'proposed', groups: nextOrder(record, { progress }) }];
  },
};

/** The party that did not propose signs too: the order is agreed. */
export const confirmPurchaseOrder: Operation<OrderRef> = {
  authority: {
    operation: 'confirmPurchaseOrder',
    record: 'purchaseOrder',
    from: ['proposed'],
    to: 'confirmed',
    creator: 'platform',
    signature: 'buyer',
    lateral: 'bilateral',
  },
  parse: parseRef,
  reads: ({ order }, supplied) => orderReads(order, supplied),
  apply(context, { order: id }): readonly Change[] {
    const { record, order } = loadOrder(context, id, confirmPurchaseOrder.authority);
    requireCreator(context, order.payment.platform);
    if (order.progress.buyerQualifiedBy === null) throw new Rejection('BUYER_NOT_QUALIFIED', { record: id });
    const businessDate = orderDate(context, order);
    const { buyer, seller } = order.parties;
    const other = order.progress.proposedBy === seller.partyId ? buyer.partyId : seller.partyId;
    return [
      {
        kind: 'update',
        record,
        status: 'confirmed',
        groups: nextOrder(record, { progress: { ...order.progress, confirmedOn: businessDate } }),
        signed: { action: 'confirmPurchaseOrder', parties: [other as string], businessDate },
      },
    ];
  },
};

/** Ends an order: a draft by the platform, a proposal by its proposer's signature, an agreed order by both signatures. */
export const cancelPurchaseOrder: Operation<OrderRef> = {
  authority: {
    operation: 'cancelPurchaseOrder',
    record: 'purchaseOrder',
    from: ['drafted', 'proposed', 'confirmed'],
    to: 'cancelled',
    creator: 'platform',
    signature: 'both',
    lateral: 'bilateral',
  },
  parse: parseRef,
  reads: ({ order }, supplied) => orderReads(order, supplied),
  apply(context, { order: id }): readonly Change[] {
    const { record, order } = loadOrder(context, id, cancelPurchaseOrder.authority);
    requireCreator(context, order.payment.platform);
    const change = { kind: 'update', record, status: 'cancelled', groups: record.groups } as const;
    const { status } = record.document;
    if (status === 'drafted') return [change];
    const parties =
      status === 'proposed'
        ? [order.progress.proposedBy as string]
        : [order.parties.buyer.partyId as string, order.parties.seller.partyId as string];
    return [{ ...change, signed: { action: 'cancelPurchaseOrder', parties, businessDate: orderDate(context, order) } }];
  },
};
