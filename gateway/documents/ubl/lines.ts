import { lineAmountMinor } from '../../../chaincode/domain/operations/trade/order-input';
import type { Values } from '../values';
import { all, first, textOf, type XmlNode } from '../xml/xml-node';

export const MAX_LINES = 500;

/** A line with its price, as an order or an invoice states it. */
export interface PricedLine {
  readonly id: string;
  readonly item: string;
  readonly quantity: string;
  readonly unit: string;
  readonly price: string;
  readonly baseQuantity: string;
  readonly amountMinor: string;
}

/** Reads one priced line and checks quantity × price ÷ base ± charges against its amount. */
export function readPricedLine(
  values: Values,
  node: XmlNode,
  names: { readonly id: string; readonly quantity: string },
  currency: string,
  seen: Set<string>,
): PricedLine {
  const id = values.lineId(node, names.id, seen);
  const { quantity, unit } = values.quantity(node, names.quantity);
  const amount = values.amount(node, 'LineExtensionAmount', currency);
  const { price, baseQuantity } = readPrice(values, node, currency, unit);
  const item = values.optionalText(node, 'Item/Name') ?? values.text(node, 'Item/Description', 500);
  const line = { id, item, quantity, unit, price, baseQuantity, amountMinor: String(amount) };
  if (values.problems.none && expected(values, node, line, currency) !== amount) {
    values.problems.at(first(node, 'LineExtensionAmount') ?? node, 'ARITHMETIC_LINE');
  }
  return line;
}

function expected(values: Values, node: XmlNode, line: PricedLine, currency: string): bigint {
  return lineAmountMinor(line.quantity, line, currency) + charges(values, node, currency);
}

/** Charges less allowances stated directly below an element. */
export function charges(values: Values, node: XmlNode, currency: string): bigint {
  return all(node, 'AllowanceCharge').reduce((sum, charge) => {
    const amount = values.amount(charge, 'Amount', currency);
    return textOf(charge, 'ChargeIndicator') === 'true' ? sum + amount : sum - amount;
  }, 0n);
}

function readPrice(
  values: Values,
  node: XmlNode,
  currency: string,
  unit: string,
): { readonly price: string; readonly baseQuantity: string } {
  const amount = first(node, 'Price/PriceAmount');
  const base = first(node, 'Price/BaseQuantity');
  if (amount === undefined) values.problems.at(node, 'ELEMENT_MISSING', 'Price/PriceAmount');
  else if ((amount.attributes['currencyID'] ?? currency) !== currency) values.problems.at(amount, 'CURRENCY_MIXED');
  if (base !== undefined && (base.attributes['unitCode'] ?? unit) !== unit) values.problems.at(base, 'UNIT_MIXED');
  return {
    price: amount === undefined ? '0' : values.decimal(amount, 'AMOUNT_INVALID'),
    baseQuantity: base === undefined ? '1' : values.decimal(base, 'QUANTITY_INVALID'),
  };
}

/** Reports a document without lines, or with more than the ledger takes. */
export function checkLineCount(values: Values, root: XmlNode, lines: readonly XmlNode[]): void {
  if (lines.length === 0 || lines.length > MAX_LINES) values.problems.at(root, 'LINE_COUNT');
}

/** Sum of the lines' amounts in minor units. */
export function sumOf(lines: readonly { readonly amountMinor: string }[]): bigint {
  return lines.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
}

/** The document's currency: stated, or that of its total. */
export function documentCurrency(values: Values, root: XmlNode, totalPath: string): string {
  const stated = first(root, 'DocumentCurrencyCode');
  if (stated !== undefined) return values.currency(stated, root, 'DocumentCurrencyCode', stated.text);
  const total = first(root, totalPath);
  return values.currency(total, root, totalPath, total?.attributes['currencyID']);
}
