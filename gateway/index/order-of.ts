import type { Json } from '../../chaincode/domain/json';
import { isJsonObject } from '../../chaincode/domain/json';
import type { Groups, RecordDocument, RecordType } from '../../chaincode/domain/record';

/** Where a record names the purchase order it belongs to: group and field, holding an id or an object with `id`. */
const ORDER_FIELD: Partial<Record<RecordType, readonly [group: string, field: string]>> = {
  shipment: ['goods', 'order'],
  invoice: ['invoice', 'order'],
  receivable: ['claim', 'order'],
  payment: ['payment', 'order'],
  notice: ['notice', 'order'],
  case: ['case', 'order'],
};

/** The purchase order a record belongs to; an order belongs to itself; null for records of no order. */
export function orderOf(document: RecordDocument, groups: Groups): string | null {
  if (document.type === 'purchaseOrder') return document.id;
  const place = ORDER_FIELD[document.type];
  const value: Json | undefined = place && groups[place[0]]?.[place[1]];
  if (typeof value === 'string') return value;
  return isJsonObject(value) && typeof value['id'] === 'string' ? value['id'] : null;
}
