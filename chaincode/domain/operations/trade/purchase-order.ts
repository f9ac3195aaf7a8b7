import type { AuthorityRow, LoadedRecord, OperationContext, PublicReads, SuppliedRecord } from '../../operation';
import { as, type OrderRoles, type PurchaseOrder } from '../../trade-types';
import { claimedIds, requireStatus } from '../rules';

/** An order as an operation works on it. */
export interface LoadedOrder {
  readonly record: LoadedRecord;
  readonly order: PurchaseOrder;
}

/** Loads the order an operation is about and checks its status. */
export function loadOrder(context: OperationContext, id: string, authority: AuthorityRow): LoadedOrder {
  const record = context.record(id, 'purchaseOrder');
  requireStatus(record, authority);
  return { record, order: as<PurchaseOrder>(record.groups) };
}

/** The banks' business date of the supplied order, so that deadlines can be judged. */
export function orderReads(id: string, supplied: ReadonlyMap<string, SuppliedRecord>): PublicReads {
  return { businessDays: claimedIds(supplied.get(id), 'payment', 'businessDay'), network: true };
}

/** The open business date between the order's banks. */
export function orderDate(context: OperationContext, order: PurchaseOrder): string {
  return context.businessDay(order.payment.businessDay).date;
}

/** Content of the order's next version; its signatures stay. */
export function nextOrder(record: LoadedRecord, change: Partial<PurchaseOrder>): Record<string, never> {
  return { ...record.groups, ...change } as unknown as Record<string, never>;
}

export function rolesOf({ parties, payment, terms }: PurchaseOrder): OrderRoles {
  const { platform, buyerBank, sellerBank, businessDay } = payment;
  return {
    platform,
    buyerBank,
    sellerBank,
    businessDay,
    neutral: terms.arbitration.neutral,
    buyer: parties.buyer.partyId ?? '',
    seller: parties.seller.partyId ?? '',
  };
}
