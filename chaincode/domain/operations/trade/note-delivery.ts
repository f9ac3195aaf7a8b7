import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import { parseQuantity, quantityText } from '../../quantity';
import { as, type PurchaseOrder, type Shipment } from '../../trade-types';
import { requireCreator } from '../rules';
import { isSameDespatch } from './despatch';
import { loadOrder, nextOrder } from './purchase-order';

interface Delivery {
  readonly order: string;
  readonly shipment: string;
}

function delivered(order: PurchaseOrder, shipment: Shipment): PurchaseOrder['progress']['lines'] {
  return order.progress.lines.map((line) => {
    const arrived = shipment.goods.lines.find(({ id }) => id === line.id);
    if (arrived === undefined) return line;
    return {
      ...line,
      delivered: quantityText(parseQuantity(line.delivered, '') + parseQuantity(arrived.quantity, '')),
    };
  });
}

/** Carries a despatch's proven delivery into the order's progress, once, and links the shipment that proved it. */
export const noteDelivery: Operation<Delivery> = {
  authority: {
    operation: 'noteDelivery',
    record: 'purchaseOrder',
    from: ['fulfilling'],
    to: 'fulfilling',
    creator: 'platform',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { order: input.id('order'), shipment: input.id('shipment') };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { order: id, shipment: shipmentId }): readonly Change[] {
    const { record, order } = loadOrder(context, id, noteDelivery.authority);
    requireCreator(context, order.payment.platform);
    const shipmentRecord = context.record(shipmentId, 'shipment');
    const shipment = as<Shipment>(shipmentRecord.groups);
    if (shipment.goods.order !== id) throw new Rejection('RECORD_TYPE_WRONG', { record: shipmentId });
    const { number } = shipment.goods;
    if (order.progress.deliveries.includes(number)) {
      throw new Rejection('DELIVERY_NOTED_ALREADY', { record: shipmentId });
    }
    if (!order.progress.despatches.some((despatch) => isSameDespatch(despatch, shipment.goods))) {
      throw new Rejection('SHIPMENT_NOT_DESPATCHED', { record: shipmentId });
    }
    if (shipmentRecord.document.status !== 'delivered')
      throw new Rejection('DELIVERY_NOT_PROVEN', { record: shipmentId });
    const progress = {
      ...order.progress,
      lines: delivered(order, shipment),
      deliveries: [...order.progress.deliveries, number],
    };
    const links = { shipments: [...order.links.shipments, shipmentId] };
    return [{ kind: 'update', record, status: 'fulfilling', groups: nextOrder(record, { progress, links }) }];
  },
};

/** Ends an order of which every line is delivered in full. */
export const completePurchaseOrder: Operation<{ readonly order: string }> = {
  authority: {
    operation: 'completePurchaseOrder',
    record: 'purchaseOrder',
    from: ['fulfilling'],
    to: 'completed',
    creator: 'platform',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { order: input.id('order') };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { order: id }): readonly Change[] {
    const { record, order } = loadOrder(context, id, completePurchaseOrder.authority);
    requireCreator(context, order.payment.platform);
    const open = order.progress.lines.find(
      (line, at) =>
        line.delivered !== order.terms.lines[at]?.quantity &&
        parseQuantity(line.delivered, '') !== parseQuantity(order.terms.lines[at]?.quantity ?? '0', ''),
    );
    if (open !== undefined) throw new Rejection('ORDER_NOT_FULFILLED', { line: open.id });
    return [{ kind: 'update', record, status: 'completed', groups: record.groups }];
  },
};
