import { isDate } from '../../chaincode/domain/business-date';
import { currencyDecimals, fromDecimal } from '../../chaincode/domain/money';
import { parseQuantity, quantityText } from '../../chaincode/domain/quantity';
import type { DocumentCode } from './document-codes';
import type { Problems } from './problems';
import { first, type XmlNode } from './xml/xml-node';

const UNIT = /^[A-Z0-9]{2,3}$/;
const LINE_ID = /^[A-Za-z0-9._-]{1,35}$/;

/** Reads values of a checked document; what is wrong goes to `problems`, and a harmless value stands in for it. */
export class Values {
  constructor(readonly problems: Problems) {}

  /** A text that must be there, at most `limit` characters; only the first `limit` are kept of none. */
  text(node: XmlNode, path: string, limit = 200): string {
    return this.optionalText(node, path, limit) ?? this.#missing(node, path, '');
  }

  optionalText(node: XmlNode, path: string, limit = 200): string | null {
    const found = first(node, path);
    if (found === undefined || found.text === '') return null;
    const text = found.text.replace(/\s+/g, ' ');
    if (text.length > limit) this.problems.at(found, 'VALUE_LENGTH');
    return text;
  }

  date(node: XmlNode, path: string): string {
    return this.optionalDate(node, path) ?? this.#missing(node, path, '1900-01-01');
  }

  /** A calendar date; the schema lets a zone follow it, which says nothing here. */
  optionalDate(node: XmlNode, path: string): string | null {
    const found = first(node, path);
    if (found === undefined) return null;
    const date = found.text.slice(0, 10);
    if (!isDate(date)) this.problems.at(found, 'DATE_INVALID');
    return date;
  }

  /** Minor units of the document's currency, zero or above. */
  amount(node: XmlNode, path: string, currency: string): bigint {
    const found = first(node, path);
    return found === undefined ? this.#missing(node, path, 0n) : this.amountOf(found, currency);
  }

  amountOf(found: XmlNode, currency: string): bigint {
    const own = found.attributes['currencyID'] ?? found.attributes['Ccy'] ?? currency;
    if (own !== currency)
      return this.#refused(found, currencyDecimals(own) === undefined ? 'CURRENCY_UNKNOWN' : 'CURRENCY_MIXED', 0n);
    return fromDecimal(found.text, currency) ?? this.#refused(found, amountProblem(found.text), 0n);
  }

  currency(found: XmlNode | undefined, parent: XmlNode, path: string, code: string | undefined): string {
    if (found === undefined || code === undefined) return this.#missing(parent, path, 'XXX');
    return currencyDecimals(code) === undefined ? this.#refused(found, 'CURRENCY_UNKNOWN', code) : code;
  }

  /** A positive quantity with its unit. */
  quantity(node: XmlNode, path: string): { readonly quantity: string; readonly unit: string } {
    const found = first(node, path);
    if (found === undefined) return this.#missing(node, path, { quantity: '0', unit: '' });
    const unit = found.attributes['unitCode'] ?? '';
    if (!UNIT.test(unit)) this.problems.at(found, 'UNIT_INVALID');
    return { quantity: this.decimal(found, 'QUANTITY_INVALID'), unit };
  }

  /** A decimal with at most 9 decimals, above zero unless a price. */
  decimal(found: XmlNode, code: 'QUANTITY_INVALID' | 'AMOUNT_INVALID'): string {
    const text = found.text
      .replace(/^0+(?=\d)/, '')
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, '');
    try {
      const value = parseQuantity(text, '');
      if (value > 0n || code === 'AMOUNT_INVALID') return quantityText(value);
    } catch {
      // Told below, by place and code.
    }
    return this.#refused(found, code === 'AMOUNT_INVALID' ? amountProblem(found.text) : code, '0');
  }

  lineId(node: XmlNode, path: string, seen: Set<string>): string {
    const found = first(node, path);
    if (found === undefined) return this.#missing(node, path, '');
    if (!LINE_ID.test(found.text)) this.problems.at(found, 'LINE_ID_INVALID');
    if (seen.has(found.text)) this.problems.at(found, 'LINE_DUPLICATE');
    seen.add(found.text);
    return found.text;
  }

  #missing<T>(node: XmlNode, path: string, instead: T): T {
    this.problems.at(node, 'ELEMENT_MISSING', path);
    return instead;
  }

  #refused<T>(node: XmlNode, code: DocumentCode, instead: T): T {
    this.problems.at(node, code);
    return instead;
  }
}

function amountProblem(text: string): DocumentCode {
  if (text.startsWith('-')) return 'AMOUNT_NEGATIVE';
  return /^[0-9]{1,18}\.[0-9]+$/.test(text) ? 'AMOUNT_DECIMALS' : 'AMOUNT_INVALID';
}
