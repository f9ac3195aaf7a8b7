import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import { parseQuantity, quantityText } from '../../quantity';
import type { Despatch, LineProgress, PurchaseOrder, ShipmentLine } from '../../trade-types';
import { requireCreator, requireMember } from '../rules';
import { parseDespatch } from './despatch';
import { loadOrder, nextOrder, orderDate, orderReads } from './purchase-order';

interface DespatchInput {
  readonly order: string;
  readonly despatch: Despatch;
}

/** Adds despatched quantities to the order's lines. @throws Rejection LINE_UNKNOWN, DESPATCH_EXCEEDS_ORDER. */
function despatched(order: PurchaseOrder, lines: readonly ShipmentLine[]): LineProgress[] {
  const byId = new Map(lines.map((line) => [line.id, line]));
  const known = lines.every(({ id, unit }) =>
    order.terms.lines.some((goods) => goods.id === id && goods.unit === unit),
  );
  if (byId.size !== lines.length || !known) throw new Rejection('LINE_UNKNOWN', { field: '/input/lines' });
  return order.progress.lines.map((progress) => {
    const sent = byId.get(progress.id);
    if (sent === undefined) return progress;
    const total = parseQuantity(progress.despatched, '') + parseQuantity(sent.quantity, '');
    const ordered = order.terms.lines.find(({ id }) => id === progress.id)?.quantity ?? '0';
    if (total > parseQuantity(ordered, '')) throw new Rejection('DESPATCH_EXCEEDS_ORDER', { line: progress.id });
    return { ...progress, despatched: quantityText(total) };
  });
}

/**
 * The seller sends goods, as far as its order goes; the carrier's own record of them is `createShipment`'s.
 *
 * Two transactions, because every endorsing peer sees the whole request: an order supplied beside a shipment would
 * show the carrier its prices.
 */
export const despatchGoods: Operation<DespatchInput> = {
  authority: {
    operation: 'despatchGoods',
    record: 'purchaseOrder',
    from: ['confirmed', 'fulfilling'],
    to: 'fulfilling',
    creator: 'platform',
    signature: 'seller',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { order: input.id('order'), despatch: parseDespatch(input) };
    input.end();
    return value;
  },
  reads: ({ order }, supplied) => orderReads(order, supplied),
  apply(context, { order: id, despatch }): readonly Change[] {
    const { record, order } = loadOrder(context, id, despatchGoods.authority);
    requireCreator(context, order.payment.platform);
    requireMember(context, despatch.carrier, 'logistics', '/input/carrier');
    const { despatches } = order.progress;
    if (despatches.some(({ number }) => number === despatch.number)) {
      throw new Rejection('DESPATCH_DUPLICATE', { record: id });
    }
    const progress = {
      ...order.progress,
      lines: despatched(order, despatch.lines),
      despatches: [...despatches, despatch],
    };
    return [
      {
        kind: 'update',
        record,
        status: 'fulfilling',
        groups: nextOrder(record, { progress }),
        signed: {
          action: 'despatchGoods',
          parties: [order.parties.seller.partyId as string],
          businessDate: orderDate(context, order),
        },
      },
    ];
  },
};
