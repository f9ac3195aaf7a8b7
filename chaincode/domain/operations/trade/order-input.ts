import { parseDate } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { parseInterestTerms } from '../../interest';
import type { Json } from '../../json';
import { currencyDecimals, parseCurrency, parseMinor } from '../../money';
import { parseQuantity } from '../../quantity';
import { INCOTERMS_2020, TRIGGERS } from '../../trade-terms';
import type {
  Instalment,
  LinePrice,
  OrderLine,
  OrderParty,
  OrderPayment,
  OrderPrice,
  OrderTerms,
  PurchaseOrder,
} from '../../trade-types';

/** What the parties agree on: a purchase order without its progress. */
export type OrderContent = Omit<PurchaseOrder, 'progress' | 'links'>;

const COUNTRY = /^[A-Z]{2}$/,
  UNIT = /^[A-Z0-9]{2,3}$/,
  LOCODE = /^[A-Z]{2}[A-Z2-9]{3}$/,
  LINE_ID = /^[A-Za-z0-9._-]{1,35}$/;
const MAX_LINES = 500;

/**
 * Reads an order's content; terms that parties may still have to enter can be null.
 *
 * @throws Rejection REQUEST_INVALID, CURRENCY_UNKNOWN, QUANTITY_INVALID, AMOUNT_INVALID, DATE_INVALID, CODE_UNKNOWN,
 *   LINE_UNKNOWN, ARITHMETIC_WRONG.
 */
export function parseOrder(input: Input): OrderContent {
  const parties = input.object('parties');
  const content: OrderContent = {
    parties: { buyer: parseParty(parties.object('buyer')), seller: parseParty(parties.object('seller')) },
    terms: parseTerms(input.object('terms')),
    price: parsePrice(input.object('price')),
    payment: parsePayment(input.object('payment')),
  };
  parties.end();
  checkArithmetic(content);
  return content;
}

function parseParty(input: Input): OrderParty {
  const party = {
    partyId: input.optionalText('partyId', /^[A-Za-z0-9._:-]{1,64}$/),
    name: input.text('name'),
    country: input.text('country', COUNTRY),
    addressLines: input.list('addressLines', { min: 0, max: 10 }, (line, path) => textItem(line, path)),
  };
  input.end();
  return party;
}

function textItem(value: Json, field: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > 200)
    throw new Rejection('REQUEST_INVALID', { field });
  return value;
}

function parseTerms(input: Input): OrderTerms {
  const terms: OrderTerms = {
    number: input.text('number', /^[^\u0000-\u001f]{1,64}$/u),
    issueDate: input.with('issueDate', parseDate),
    currency: input.with('currency', parseCurrency),
    lines: input.list('lines', { min: 1, max: MAX_LINES }, (line, path) => parseLine(Input.of(line, path))),
    incoterms: nullable(input, 'incoterms', parseIncoterms),
    deliveryWindow: nullable(input, 'deliveryWindow', parseWindow),
    ports: parsePorts(input.object('ports')),
    ruleSet: input.oneOf('ruleSet', ['URDTT-1.0', 'none'] as const),
    governingLaw: input.optionalText('governingLaw'),
    arbitration: parseArbitration(input.object('arbitration')),
    document: input.optionalText('document', /^[0-9a-f]{64}$/),
  };
  input.end();
  return terms;
}

function nullable<T>(input: Input, name: string, parse: (input: Input) => T): T | null {
  if (input.has(name)) return parse(input.object(name));
  input.optionalText(name);
  return null;
}

function parseIncoterms(input: Input): NonNullable<OrderTerms['incoterms']> {
  const rule = input.text('rule');
  if (!(INCOTERMS_2020 as readonly string[]).includes(rule)) {
    throw new Rejection('CODE_UNKNOWN', { field: '/input/terms/incoterms/rule', list: 'Incoterms 2020' });
  }
  const value = { rule, place: input.text('place'), edition: input.oneOf('edition', ['2020'] as const) };
  input.end();
  return value;
}

function parseWindow(input: Input): { from: string; to: string } {
  const window = { from: input.with('from', parseDate), to: input.with('to', parseDate) };
  input.end();
  if (window.to < window.from) throw new Rejection('DATE_INVALID', { field: '/input/terms/deliveryWindow/to' });
  return window;
}

function parsePorts(input: Input): OrderTerms['ports'] {
  const ports = { loading: input.optionalText('loading', LOCODE), discharge: input.optionalText('discharge', LOCODE) };
  input.end();
  return ports;
}

function parseArbitration(input: Input): OrderTerms['arbitration'] {
  const arbitration = { seat: input.optionalText('seat'), neutral: input.mspId('neutral') };
  input.end();
  return arbitration;
}

function parseLine(input: Input): OrderLine {
  const quantity = input.text('quantity');
  if (input.with('quantity', parseQuantity) === 0n) throw new Rejection('QUANTITY_INVALID', { field: 'quantity' });
  const line = {
    id: input.text('id', LINE_ID),
    item: input.text('item'),
    hsCode: input.optionalText('hsCode', /^[0-9]{6,10}$/),
    quantity,
    unit: input.text('unit', UNIT),
  };
  input.end();
  return line;
}

function parsePrice(input: Input): OrderPrice {
  const price = {
    lines: input.list('lines', { min: 1, max: MAX_LINES }, (line, path) => parseLinePrice(Input.of(line, path))),
    totalMinor: String(input.with('totalMinor', (value, field) => parseMinor(value, field))),
  };
  input.end();
  return price;
}

function parseLinePrice(input: Input): LinePrice {
  input.with('price', parseQuantity);
  if (input.with('baseQuantity', parseQuantity) === 0n)
    throw new Rejection('QUANTITY_INVALID', { field: 'baseQuantity' });
  const line = {
    id: input.text('id', LINE_ID),
    price: input.text('price'),
    baseQuantity: input.text('baseQuantity'),
    amountMinor: String(input.with('amountMinor', (value, field) => parseMinor(value, field, 0n))),
  };
  input.end();
  return line;
}

function parsePayment(input: Input): OrderPayment {
  const payment = {
    instalments: input.list('instalments', { min: 0, max: 12 }, (item, path) => parseInstalment(Input.of(item, path))),
    payee: nullable(input, 'payee', (payee) => {
      const value = {
        name: payee.text('name'),
        account: payee.text('account', /^[A-Z0-9]{5,34}$/),
        bic: payee.text('bic', /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/),
      };
      payee.end();
      return value;
    }),
    platform: input.mspId('platform'),
    buyerBank: input.mspId('buyerBank'),
    sellerBank: input.mspId('sellerBank'),
    businessDay: input.id('businessDay'),
    ...lateInterest(input),
  };
  input.end();
  return payment;
}

/** Stands nowhere when it is not agreed: orders without it stay as they were. */
function lateInterest(input: Input): Pick<OrderPayment, 'lateInterest'> {
  const terms = nullable(input, 'lateInterest', parseInterestTerms);
  return terms === null ? {} : { lateInterest: terms };
}

function parseInstalment(input: Input): Instalment {
  const instalment = {
    shareBasisPoints: input.integer('shareBasisPoints', 1, 10_000),
    trigger: input.oneOf('trigger', TRIGGERS),
    delayDays: input.integer('delayDays', 0, 3_650),
    date: input.has('date') ? input.with('date', parseDate) : input.optionalText('date'),
  };
  input.end();
  if ((instalment.trigger === 'date') !== (instalment.date !== null)) {
    throw new Rejection('REQUEST_INVALID', { field: '/input/payment/instalments/date' });
  }
  return instalment;
}

/** quantity × price ÷ base in minor units, rounded half up; exact integers throughout. */
export function lineAmountMinor(quantity: string, price: LinePrice, currency: string): bigint {
  const scale = 10n ** BigInt(currencyDecimals(currency) ?? 2);
  const numerator = parseQuantity(quantity, '') * parseQuantity(price.price, '') * scale;
  const denominator = parseQuantity(price.baseQuantity, '') * 1_000_000_000n;
  return (2n * numerator + denominator) / (2n * denominator);
}

function checkArithmetic({ terms, price }: OrderContent): void {
  const ids = terms.lines.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw new Rejection('LINE_UNKNOWN', { field: '/input/terms/lines' });
  if (price.lines.length !== ids.length) throw new Rejection('LINE_UNKNOWN', { field: '/input/price/lines' });
  let total = 0n;
  price.lines.forEach((line, index) => {
    const goods = terms.lines.find(({ id }) => id === line.id);
    if (goods === undefined || line.id !== ids[index])
      throw new Rejection('LINE_UNKNOWN', { field: `/input/price/lines/${index}/id` });
    if (lineAmountMinor(goods.quantity, line, terms.currency) !== BigInt(line.amountMinor)) {
      throw new Rejection('ARITHMETIC_WRONG', { field: `/input/price/lines/${index}/amountMinor` });
    }
    total += BigInt(line.amountMinor);
  });
  if (total !== BigInt(price.totalMinor)) throw new Rejection('ARITHMETIC_WRONG', { field: '/input/price/totalMinor' });
}

/** The first term that must not be missing when an order is proposed, as a pointer; undefined when all are there. */
export function missingTerm({ parties, terms, payment }: OrderContent): string | undefined {
  const shares = payment.instalments.reduce((sum, { shareBasisPoints }) => sum + shareBasisPoints, 0);
  const rows: readonly (readonly [boolean, string])[] = [
    [parties.buyer.partyId === null, '/parties/buyer/partyId'],
    [parties.seller.partyId === null, '/parties/seller/partyId'],
    ...terms.lines.map(({ hsCode }, at) => [hsCode === null, `/terms/lines/${at}/hsCode`] as const),
    [terms.incoterms === null, '/terms/incoterms'],
    [terms.deliveryWindow === null, '/terms/deliveryWindow'],
    [terms.governingLaw === null, '/terms/governingLaw'],
    [terms.arbitration.seat === null, '/terms/arbitration/seat'],
    [payment.payee === null, '/payment/payee'],
    [shares !== 10_000, '/payment/instalments'],
  ];
  return rows.find(([missing]) => missing)?.[1];
}

/** Every missing term, for the people who enter them. */
export function missingTerms(content: OrderContent): string[] {
  const missing: string[] = [];
  let left = content;
  for (let next = missingTerm(left); next !== undefined && missing.length < 600; next = missingTerm(left)) {
    missing.push(next);
    left = filled(left, next);
  }
  return missing;
}

function filled(content: OrderContent, pointer: string): OrderContent {
  const copy = JSON.parse(JSON.stringify(content)) as Record<string, never>;
  const parts = pointer.split('/').slice(1);
  const last = parts.pop() as string;
  let at: Record<string, unknown> = copy;
  for (const part of parts) at = at[part] as Record<string, unknown>;
  at[last] = last === 'instalments' ? [{ shareBasisPoints: 10_000 }] : 'x';
  return copy as unknown as OrderContent;
}
