import { create } from 'xmlbuilder2';
import { isJsonObject, type JsonObject } from '../../chaincode/domain/json';
import { toDecimal } from '../../chaincode/domain/money';
import { lineAmountMinor } from '../../chaincode/domain/operations/trade/order-input';
import type { TradeDocumentReader } from '../../gateway/documents/document-reader';

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';

/** What the seller bills. */
export interface Billing {
  readonly number: string;
  readonly issueDate: string;
  readonly dueDate: string;
  readonly lines: readonly { readonly id: string; readonly quantity: string }[];
}

interface OrderLine {
  readonly id: string;
  readonly item: string;
  readonly unit: string;
  readonly price: string;
  readonly baseQuantity: string;
  readonly quantity: string;
  readonly amountMinor: string;
}

/** A UBL invoice made from an order document for this demonstration, and labelled so in its note. */
export function writeInvoice(reader: TradeDocumentReader, order: Uint8Array, billing: Billing): Uint8Array {
  const read = reader.read(order);
  if (read.kind !== 'document' || !isJsonObject(read.content)) throw new Error('the order document cannot be read');
  const { content } = read;
  const currency = String(content['currency']);
  const lines = billing.lines.map(({ id, quantity }) => billed(content, id, quantity));
  const total = toDecimal(
    lines.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n),
    currency,
  );
  const amount = (value: string): object => ({ '@currencyID': currency, '#': value });
  const invoice = {
    Invoice: {
      '@xmlns': `${UBL}:Invoice-2`,
      '@xmlns:cac': `${UBL}:CommonAggregateComponents-2`,
      '@xmlns:cbc': `${UBL}:CommonBasicComponents-2`,
      'cbc:ID': billing.number,
      'cbc:IssueDate': billing.issueDate,
      'cbc:DueDate': billing.dueDate,
      'cbc:Note': 'Generated for the Concordat demonstration; not a real invoice. 为演示生成，非真实发票。',
      'cbc:DocumentCurrencyCode': currency,
      'cac:OrderReference': { 'cbc:ID': String(content['id']) },
      'cac:AccountingSupplierParty': { 'cac:Party': party(content['seller']) },
      'cac:AccountingCustomerParty': { 'cac:Party': party(content['buyer']) },
      'cac:LegalMonetaryTotal': { 'cbc:LineExtensionAmount': amount(total), 'cbc:PayableAmount': amount(total) },
      'cac:InvoiceLine': lines.map((line) => invoiceLine(line, currency)),
    },
  };
  return Buffer.from(create({ version: '1.0', encoding: 'UTF-8' }, invoice).end({ prettyPrint: true }), 'utf8');
}

function billed(order: JsonObject, id: string, quantity: string): OrderLine {
  const line = (order['lines'] as unknown as readonly OrderLine[]).find((candidate) => candidate.id === id);
  if (line === undefined) throw new Error(`the order has no line ${id}`);
  const amountMinor = String(lineAmountMinor(quantity, line, String(order['currency'])));
  return { ...line, quantity, amountMinor };
}

function invoiceLine(line: OrderLine, currency: string): object {
  const { id, quantity, unit, item, price, baseQuantity, amountMinor } = line;
  return {
    'cbc:ID': id,
    'cbc:InvoicedQuantity': { '@unitCode': unit, '#': quantity },
    'cbc:LineExtensionAmount': { '@currencyID': currency, '#': toDecimal(BigInt(amountMinor), currency) },
    'cac:OrderLineReference': { 'cbc:LineID': id },
    'cac:Item': { 'cbc:Name': item },
    'cac:Price': {
      'cbc:PriceAmount': { '@currencyID': currency, '#': price },
      'cbc:BaseQuantity': { '@unitCode': unit, '#': baseQuantity },
    },
  };
}

function party(value: unknown): object {
  const { name, country } = value as { name: string; country: string };
  return {
    'cac:PartyName': { 'cbc:Name': name },
    'cac:PostalAddress': { 'cac:Country': { 'cbc:IdentificationCode': country } },
  };
}
