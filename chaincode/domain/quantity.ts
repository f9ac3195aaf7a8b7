import { Rejection } from './errors';
import type { Json } from './json';

const SCALE = 9;

/** An exact quantity: integer count of 10⁻⁹ units. */
export type Quantity = bigint;

/** Reads a decimal string with at most 9 decimals, zero or above. @throws Rejection QUANTITY_INVALID. */
export function parseQuantity(value: Json, field: string): Quantity {
  const match = typeof value === 'string' ? /^(0|[1-9][0-9]{0,14})(?:\.([0-9]{1,9}))?$/.exec(value) : null;
  if (match === null) throw new Rejection('QUANTITY_INVALID', { field });
  return BigInt(`${match[1]}${(match[2] ?? '').padEnd(SCALE, '0')}`);
}

/** The shortest decimal string of a quantity. */
export function quantityText(quantity: Quantity): string {
  const text = String(quantity).padStart(SCALE + 1, '0');
  const fraction = text.slice(-SCALE).replace(/0+$/, '');
  return fraction === '' ? text.slice(0, -SCALE) : `${text.slice(0, -SCALE)}.${fraction}`;
}

/** quantity × price ÷ base, rounded half up to whole minor units: the extension amount of a line. */
export function extensionMinor(quantity: Quantity, priceMinor: bigint, baseQuantity: Quantity): bigint {
  return (2n * quantity * priceMinor + baseQuantity) / (2n * baseQuantity);
}
