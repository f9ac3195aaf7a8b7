import { Rejection } from '../../errors';
import { parseQuantity, quantityText } from '../../quantity';
import type { Invoice, InvoiceLine, LineProgress, PurchaseOrder } from '../../trade-types';
import { lineAmountMinor } from '../trade/order-input';

/**
 * Checks an invoice against its order: currency, lines, prices, sum.
 *
 * @throws Rejection INVOICE_DIFFERS_FROM_ORDER, LINE_UNKNOWN, ARITHMETIC_WRONG.
 */
export function requireOrderPrices(order: PurchaseOrder, invoice: Invoice['invoice']): void {
  if (invoice.currency !== order.terms.currency) {
    throw new Rejection('INVOICE_DIFFERS_FROM_ORDER', { field: '/input/currency' });
  }
  if (new Set(invoice.lines.map(({ id }) => id)).size !== invoice.lines.length) {
    throw new Rejection('LINE_UNKNOWN', { field: '/input/lines' });
  }
  let total = 0n;
  for (const { id, quantity, amountMinor } of invoice.lines) {
    const price = order.price.lines.find((line) => line.id === id);
    if (price === undefined) throw new Rejection('LINE_UNKNOWN', { line: id });
    if (lineAmountMinor(quantity, price, invoice.currency) !== BigInt(amountMinor)) {
      throw new Rejection('INVOICE_DIFFERS_FROM_ORDER', { line: id });
    }
    total += BigInt(amountMinor);
  }
  if (BigInt(invoice.totalMinor) !== total) throw new Rejection('ARITHMETIC_WRONG', { field: '/input/totalMinor' });
}

/** Adds an invoice's quantities to the order's progress, or takes them back. @throws Rejection INVOICE_EXCEEDS_DELIVERY. */
export function invoiced(order: PurchaseOrder, lines: readonly InvoiceLine[], sign: 1n | -1n): LineProgress[] {
  return order.progress.lines.map((progress) => {
    const line = lines.find(({ id }) => id === progress.id);
    if (line === undefined) return progress;
    const total = parseQuantity(progress.invoiced, '') + sign * parseQuantity(line.quantity, '');
    if (total > parseQuantity(progress.delivered, '')) {
      throw new Rejection('INVOICE_EXCEEDS_DELIVERY', { line: progress.id });
    }
    return { ...progress, invoiced: quantityText(total) };
  });
}
