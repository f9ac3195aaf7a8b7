import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { parseCurrency, parseMinor } from '../../money';
import type { Change, Operation } from '../../operation';
import { parseQuantity } from '../../quantity';
import type { Invoice, InvoiceLine } from '../../trade-types';
import { groupsOf, requireCreator } from '../rules';
import { loadOrder, rolesOf } from '../trade/purchase-order';
import { requireOrderPrices } from './invoice-rules';

type InvoiceInput = Omit<Invoice['invoice'], 'issuedOn' | 'acceptedOn' | 'reason'>;

function parseLine(input: Input): InvoiceLine {
  if (input.with('quantity', parseQuantity) === 0n) throw new Rejection('QUANTITY_INVALID', { field: 'quantity' });
  const line = {
    id: input.text('id', /^[A-Za-z0-9._-]{1,35}$/),
    quantity: input.text('quantity'),
    amountMinor: String(input.with('amountMinor', parseMinor)),
  };
  input.end();
  return line;
}

/** The seller's platform drafts an invoice; nothing binds until the seller signs it. */
export const draftInvoice: Operation<InvoiceInput> = {
  authority: {
    operation: 'draftInvoice',
    record: 'invoice',
    from: [],
    to: 'drafted',
    creator: 'platform',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      order: input.id('order'),
      number: input.text('number', /^[^\u0000-\u001f]{1,35}$/u),
      issueDate: input.with('issueDate', parseDate),
      dueDate: input.with('dueDate', parseDate),
      currency: input.with('currency', parseCurrency),
      lines: input.list('lines', { min: 1, max: 500 }, (line, path) => parseLine(Input.of(line, path))),
      totalMinor: String(input.with('totalMinor', parseMinor)),
      document: input.optionalText('document', /^[0-9a-f]{64}$/),
    };
    input.end();
    if (value.dueDate < value.issueDate) throw new Rejection('DATE_INVALID', { field: '/input/dueDate' });
    return value;
  },
  reads: () => ({}),
  apply(context, input): readonly Change[] {
    const { record, order } = loadOrder(context, input.order, {
      ...draftInvoice.authority,
      from: ['fulfilling', 'completed'],
    });
    requireCreator(context, order.payment.platform);
    const invoice = { ...input, issuedOn: null, acceptedOn: null, reason: null };
    requireOrderPrices(order, invoice);
    return [
      {
        kind: 'create',
        type: 'invoice',
        participants: record.document.participants,
        status: 'drafted',
        groups: groupsOf({ invoice, roles: rolesOf(order), signatures: {} }),
      },
    ];
  },
};
