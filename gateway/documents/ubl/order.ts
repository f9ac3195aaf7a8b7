import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, type XmlNode } from '../xml/xml-node';
import { charges, checkLineCount, documentCurrency, readPricedLine, sumOf } from './lines';
import { readParty } from './party';

const TOTAL = 'AnticipatedMonetaryTotal';

/** Reads a UBL order. @see UBL 2.4 section 3.2.39 (Order) */
export function readOrder(values: Values, root: XmlNode): JsonObject {
  const currency = documentCurrency(values, root, `${TOTAL}/PayableAmount`);
  const nodes = all(root, 'OrderLine/LineItem');
  checkLineCount(values, root, nodes);
  const seen = new Set<string>();
  const lines = nodes.map((node) => readPricedLine(values, node, { id: 'ID', quantity: 'Quantity' }, currency, seen));
  checkTotal(values, root, sumOf(lines), currency);
  return {
    id: values.text(root, 'ID', 64),
    issueDate: values.date(root, 'IssueDate'),
    currency,
    buyer: readParty(values, root, 'BuyerCustomerParty/Party'),
    seller: readParty(values, root, 'SellerSupplierParty/Party'),
    deliveryPeriod: readPeriod(values, root),
    deliveryTerms:
      values.optionalText(root, 'DeliveryTerms/ID') ?? values.optionalText(root, 'DeliveryTerms/SpecialTerms', 500),
    deliveryLocation: values.optionalText(root, 'DeliveryTerms/DeliveryLocation/ID'),
    lines: lines.map((line) => ({ ...line })),
    totalMinor: String(sumOf(lines)),
  };
}

/** The order's total must be its lines with the charges of the whole order; a record takes no such charges. */
function checkTotal(values: Values, root: XmlNode, lines: bigint, currency: string): void {
  const total = first(root, TOTAL);
  if (total === undefined) return;
  const stated = first(total, 'LineExtensionAmount');
  if (stated !== undefined && values.amountOf(stated, currency) !== lines && values.problems.none) {
    values.problems.at(stated, 'ARITHMETIC_TOTAL');
  }
  const payable = values.amount(total, 'PayableAmount', currency);
  if (values.problems.none && payable !== lines + charges(values, root, currency)) {
    values.problems.at(first(total, 'PayableAmount') ?? total, 'ARITHMETIC_TOTAL');
  }
}

function readPeriod(values: Values, root: XmlNode): JsonObject | null {
  const node = first(root, 'Delivery/RequestedDeliveryPeriod');
  if (node === undefined) return null;
  const from = values.optionalDate(node, 'StartDate');
  const to = values.optionalDate(node, 'EndDate');
  if (from !== null && to !== null && to < from) values.problems.at(node, 'DATE_ORDER');
  return { from, to };
}
