import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import { parseQuantity, quantityText } from '../../quantity';
import type { LineProgress, PurchaseOrder, Shipment, ShipmentLine } from '../../trade-types';
import { groupsOf, participantsOf, requireCreator, requireMember } from '../rules';
import { loadOrder, nextOrder, orderDate, orderReads } from './purchase-order';

interface Despatch {
  readonly order: string;
  readonly number: string;
  readonly despatchedOn: string;
  readonly carrier: string;
  readonly lines: readonly ShipmentLine[];
  readonly document: string | null;
}

function parseShipmentLine(input: Input): ShipmentLine {
  if (input.with('quantity', parseQuantity) === 0n) throw new Rejection('QUANTITY_INVALID', { field: 'quantity' });
  const line = {
    id: input.text('id', /^[A-Za-z0-9._-]{1,35}$/),
    quantity: input.text('quantity'),
    unit: input.text('unit', /^[A-Z0-9]{2,3}$/),
  };
  input.end();
  return line;
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

/** The seller sends goods: a shipment without prices for the carrier, and the order's progress, in one transaction. */
export const despatchGoods: Operation<Despatch> = {
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
    const value = {
      order: input.id('order'),
      number: input.text('number', /^[^\u0000-\u001f]{1,64}$/u),
      despatchedOn: input.with('despatchedOn', parseDate),
      carrier: input.mspId('carrier'),
      document: input.optionalText('document', /^[0-9a-f]{64}$/),
      lines: input.list('lines', { min: 1, max: 500 }, (line, path) => parseShipmentLine(Input.of(line, path))),
    };
    input.end();
    return value;
  },
  reads: ({ order }, supplied) => orderReads(order, supplied),
  apply(context, input): readonly Change[] {
    const { record, order } = loadOrder(context, input.order, despatchGoods.authority);
    const { platform, buyerBank, sellerBank } = order.payment;
    requireCreator(context, platform);
    requireMember(context, input.carrier, 'logistics', '/input/carrier');
    const { carrier, despatchedOn, document, lines, number } = input;
    const progress = {
      ...order.progress,
      lines: despatched(order, lines),
      despatches: [...order.progress.despatches, { number, carrier, despatchedOn }],
    };
    const links = { shipments: [...order.links.shipments, context.newId(1)] };
    const shipment: Shipment = {
      goods: { order: input.order, orderCommitment: record.commitment, number, despatchedOn, lines, carrier, document },
      events: { list: [], deliveredOn: null },
    };
    return [
      {
        kind: 'update',
        record,
        status: 'fulfilling',
        groups: nextOrder(record, { progress, links }),
        signed: {
          action: 'despatchGoods',
          parties: [order.parties.seller.partyId as string],
          businessDate: orderDate(context, order),
        },
      },
      {
        kind: 'create',
        type: 'shipment',
        participants: participantsOf(platform, buyerBank, sellerBank, carrier),
        status: 'despatched',
        groups: groupsOf(shipment),
      },
    ];
  },
};
