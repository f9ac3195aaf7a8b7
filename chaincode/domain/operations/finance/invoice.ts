import { Rejection } from '../../errors';
import { Input } from '../../input';
import type {
  AuthorityRow,
  Change,
  LoadedRecord,
  Operation,
  OperationContext,
  PublicReads,
  SuppliedRecord,
} from '../../operation';
import { as, type Invoice, type PurchaseOrder, type Receivable } from '../../trade-types';
import { sha256Hex } from '../../hash';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { nextOrder } from '../trade/purchase-order';
import { invoiceFingerprint } from './fingerprint';
import { invoiced, requireOrderPrices } from './invoice-rules';

interface LoadedInvoice {
  readonly record: LoadedRecord;
  readonly content: Invoice;
  /** Open business date of the order's banks. */
  readonly date: string;
}

function loadInvoice(context: OperationContext, id: string, authority: AuthorityRow): LoadedInvoice {
  const record = context.record(id, 'invoice');
  requireStatus(record, authority);
  const content = as<Invoice>(record.groups);
  requireCreator(context, content.roles.platform);
  return { record, content, date: context.businessDay(content.roles.businessDay).date };
}

function orderOf(context: OperationContext, { invoice }: Invoice): { record: LoadedRecord; order: PurchaseOrder } {
  const record = context.record(invoice.order, 'purchaseOrder');
  return { record, order: as<PurchaseOrder>(record.groups) };
}

/** The business date by which the invoice's signatures and dates are judged. */
function invoiceReads(id: string, supplied: ReadonlyMap<string, SuppliedRecord>): PublicReads {
  return { businessDays: claimedIds(supplied.get(id), 'roles', 'businessDay'), network: true };
}

function parseInvoiceId(json: Parameters<typeof Input.of>[0]): { invoice: string } {
  const input = Input.of(json);
  const value = { invoice: input.id('invoice') };
  input.end();
  return value;
}

/** The seller bills what was delivered: order, delivery and invoice are matched three ways. */
export const issueInvoice: Operation<{ readonly invoice: string }> = {
  authority: {
    operation: 'issueInvoice',
    record: 'invoice',
    from: ['drafted'],
    to: 'issued',
    creator: 'platform',
    signature: 'seller',
    lateral: 'bilateral',
  },
  parse: parseInvoiceId,
  reads: ({ invoice }, supplied) => invoiceReads(invoice, supplied),
  apply(context, { invoice: id }): readonly Change[] {
    const { record, content, date } = loadInvoice(context, id, issueInvoice.authority);
    const { record: orderRecord, order } = orderOf(context, content);
    requireOrderPrices(order, content.invoice);
    const lines = invoiced(order, content.invoice.lines, 1n);
    return [
      {
        kind: 'update',
        record,
        status: 'issued',
        groups: groupsOf({ ...content, invoice: { ...content.invoice, issuedOn: date } }),
        signed: { action: 'issueInvoice', parties: [content.roles.seller], businessDate: date },
      },
      {
        kind: 'update',
        record: orderRecord,
        status: orderRecord.document.status,
        groups: nextOrder(orderRecord, { progress: { ...order.progress, lines } }),
      },
    ];
  },
};

interface Acceptance {
  readonly invoice: string;
  /** The key the consortium's members share for fingerprints, hexadecimal; checked against its hash in the registry. */
  readonly fingerprintKey: string;
}

/** The buyer accepts an invoice: the receivable arises, with the fingerprint by which a second financing is found. */
export const acceptInvoice: Operation<Acceptance> = {
  authority: {
    operation: 'acceptInvoice',
    record: 'invoice',
    from: ['issued'],
    to: 'accepted',
    creator: 'platform',
    signature: 'buyer',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { invoice: input.id('invoice'), fingerprintKey: input.digest('fingerprintKey') };
    input.end();
    return value;
  },
  reads: ({ invoice }, supplied) => invoiceReads(invoice, supplied),
  apply(context, { invoice: id, fingerprintKey }): readonly Change[] {
    const { record, content, date } = loadInvoice(context, id, acceptInvoice.authority);
    const key = Buffer.from(fingerprintKey, 'hex');
    if (sha256Hex(key) !== context.network().fingerprintKeyHash) throw new Rejection('FINGERPRINT_KEY_WRONG');
    const { order } = orderOf(context, content);
    const receivable = newReceivable(id, content, order, invoiceFingerprint(key, content), date);
    return [
      {
        kind: 'update',
        record,
        status: 'accepted',
        groups: groupsOf({ ...content, invoice: { ...content.invoice, acceptedOn: date } }),
        signed: { action: 'acceptInvoice', parties: [content.roles.buyer], businessDate: date },
      },
      {
        kind: 'create',
        type: 'receivable',
        participants: record.document.participants,
        status: 'open',
        groups: groupsOf({ ...receivable, signatures: {} }),
      },
    ];
  },
};

function newReceivable(
  id: string,
  { invoice, roles }: Invoice,
  order: PurchaseOrder,
  fingerprint: string,
  acceptedOn: string,
): Receivable {
  const { payee } = order.payment;
  if (payee === null) throw new Rejection('TERMS_INCOMPLETE', { field: '/payment/payee' });
  return {
    claim: {
      order: invoice.order,
      invoice: id,
      invoiceNumber: invoice.number,
      currency: invoice.currency,
      faceValueMinor: invoice.totalMinor,
      openMinor: invoice.totalMinor,
      fingerprint,
      dueDate: invoice.dueDate,
      acceptedOn,
      holder: { partyId: roles.seller, mspId: roles.sellerBank, ...payee },
    },
    financing: { bank: null, purchasePriceMinor: null, terms: null },
    progress: { instalments: [] },
    roles,
  };
}

/** The buyer refuses an invoice with a reason; what it billed can be billed again. */
export const rejectInvoice: Operation<{ readonly invoice: string; readonly reason: string }> = {
  authority: {
    operation: 'rejectInvoice',
    record: 'invoice',
    from: ['issued'],
    to: 'rejected',
    creator: 'platform',
    signature: 'buyer',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { invoice: input.id('invoice'), reason: input.text('reason', /^[^\u0000-\u0008]{1,2000}$/u) };
    input.end();
    return value;
  },
  reads: ({ invoice }, supplied) => invoiceReads(invoice, supplied),
  apply(context, { invoice: id, reason }): readonly Change[] {
    const { record, content, date } = loadInvoice(context, id, rejectInvoice.authority);
    const { record: orderRecord, order } = orderOf(context, content);
    const lines = invoiced(order, content.invoice.lines, -1n);
    return [
      {
        kind: 'update',
        record,
        status: 'rejected',
        groups: groupsOf({ ...content, invoice: { ...content.invoice, reason } }),
        signed: { action: 'rejectInvoice', parties: [content.roles.buyer], businessDate: date },
      },
      {
        kind: 'update',
        record: orderRecord,
        status: orderRecord.document.status,
        groups: nextOrder(orderRecord, { progress: { ...order.progress, lines } }),
      },
    ];
  },
};
