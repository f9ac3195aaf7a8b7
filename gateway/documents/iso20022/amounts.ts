import type { Values } from '../values';
import { first, type XmlNode } from '../xml/xml-node';

/** An amount with its currency, in minor units. */
export function readAmount(
  values: Values,
  node: XmlNode,
  path: string,
): { readonly currency: string; readonly amountMinor: string } {
  const found = first(node, path);
  const currency = values.currency(found, node, path, found?.attributes['Ccy']);
  return { currency, amountMinor: String(found === undefined ? 0n : values.amountOf(found, currency)) };
}

/** The day of a date, or of a date and time, as the bank's own zone has it. */
export function readDay(values: Values, node: XmlNode, path: string): string | null {
  return values.optionalDate(node, `${path}/Dt`) ?? values.optionalDate(node, `${path}/DtTm`);
}
