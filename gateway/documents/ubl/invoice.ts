import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, type XmlNode } from '../xml/xml-node';
import { referredLine } from './despatch-advice';
import { charges, checkLineCount, documentCurrency, readPricedLine, sumOf } from './lines';
import { readParty } from './party';

const TOTAL = 'LegalMonetaryTotal';

/** Reads a UBL invoice. @see UBL 2.4 (Invoice); EN 16931 rules BR-CO-10 to BR-CO-16 */
export function readInvoice(values: Values, root: XmlNode): JsonObject {
  const currency = documentCurrency(values, root, `${TOTAL}/PayableAmount`);
  const nodes = all(root, 'InvoiceLine');
  checkLineCount(values, root, nodes);
  const seen = new Set<string>();
  const lines = nodes.map((node) =>
    readPricedLine(values, node, { id: referredLine(node), quantity: 'InvoicedQuantity' }, currency, seen),
  );
  const totalMinor = checkTotals(values, root, sumOf(lines), currency);
  const issueDate = values.date(root, 'IssueDate');
  const dueDate = values.optionalDate(root, 'DueDate') ?? values.optionalDate(root, 'PaymentMeans/PaymentDueDate');
  if (dueDate !== null && dueDate < issueDate) values.problems.at(root, 'DATE_ORDER', 'DueDate');
  return {
    id: values.text(root, 'ID', 35),
    issueDate,
    dueDate,
    currency,
    note: values.optionalText(root, 'Note', 1_000),
    orderReference: values.optionalText(root, 'OrderReference/ID', 64),
    seller: readParty(values, root, 'AccountingSupplierParty/Party'),
    buyer: readParty(values, root, 'AccountingCustomerParty/Party'),
    lines: lines.map((line) => ({ ...line })),
    totalMinor: String(totalMinor),
  };
}

/** Lines, charges, tax, prepayment and rounding must give what is payable. */
function checkTotals(values: Values, root: XmlNode, lines: bigint, currency: string): bigint {
  const total = first(root, TOTAL);
  if (total === undefined) return lines;
  const part = (name: string): bigint => {
    const node = first(total, name);
    return node === undefined ? 0n : values.amountOf(node, currency);
  };
  const tax = all(root, 'TaxTotal/TaxAmount').reduce((sum, node) => sum + values.amountOf(node, currency), 0n);
  const payable = values.amount(total, 'PayableAmount', currency);
  const due = lines + charges(values, root, currency) + tax - part('PrepaidAmount') + part('PayableRoundingAmount');
  if (!values.problems.none) return payable;
  if (first(total, 'LineExtensionAmount') !== undefined && part('LineExtensionAmount') !== lines) {
    values.problems.at(total, 'ARITHMETIC_TOTAL', 'LineExtensionAmount');
  }
  if (payable !== due) values.problems.at(first(total, 'PayableAmount') ?? total, 'ARITHMETIC_TOTAL');
  return payable;
}
