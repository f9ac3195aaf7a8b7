import { parseDate } from '../../business-date';
import { canonicalJson } from '../../canonical-json';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseQuantity } from '../../quantity';
import type { Despatch, ShipmentLine } from '../../trade-types';

/** Reads a despatch's fields from an operation's input. @throws Rejection REQUEST_INVALID, QUANTITY_INVALID, DATE_INVALID. */
export function parseDespatch(input: Input): Despatch {
  return {
    number: input.text('number', /^[^\u0000-\u001f]{1,64}$/u),
    despatchedOn: input.with('despatchedOn', parseDate),
    carrier: input.mspId('carrier'),
    document: input.optionalText('document', /^[0-9a-f]{64}$/),
    lines: input.list('lines', { min: 1, max: 500 }, (line, path) => parseLine(Input.of(line, path))),
  };
}

function parseLine(input: Input): ShipmentLine {
  if (input.with('quantity', parseQuantity) === 0n) throw new Rejection('QUANTITY_INVALID', { field: 'quantity' });
  const line = {
    id: input.text('id', /^[A-Za-z0-9._-]{1,35}$/),
    quantity: input.text('quantity'),
    unit: input.text('unit', /^[A-Z0-9]{2,3}$/),
  };
  input.end();
  return line;
}

/** Whether a shipment holds exactly what a despatch of its order says. */
export function isSameDespatch(one: Despatch, other: Despatch): boolean {
  return textOf(one) === textOf(other);
}

function textOf({ number, despatchedOn, carrier, lines, document }: Despatch): string {
  return canonicalJson({ carrier, despatchedOn, document, lines: lines as unknown as Json, number });
}
