import type { Operation } from '../operation';
import { discountReceivable } from './finance/discount-receivable';
import { draftInvoice } from './finance/draft-invoice';
import { instructPayment } from './finance/instruct-payment';
import { acceptInvoice, issueInvoice, rejectInvoice } from './finance/invoice';
import { refundPayment } from './finance/refund-payment';
import { reportPayment } from './finance/report-payment';
import { returnPayment } from './finance/return-payment';

/** Invoices, receivables, payments. */
export const FINANCE_OPERATIONS = [
  draftInvoice,
  issueInvoice,
  acceptInvoice,
  rejectInvoice,
  discountReceivable,
  instructPayment,
  reportPayment,
  returnPayment,
  refundPayment,
] as unknown as readonly Operation<unknown>[];
