import type { JsonObject } from '../../../chaincode/domain/json';
import type { Values } from '../values';
import { all, first, type XmlNode } from '../xml/xml-node';
import { checkLineCount } from './lines';

/** Reads a UBL despatch advice; each line is known by the order's line it fulfils. @see UBL 2.4 (DespatchAdvice) */
export function readDespatchAdvice(values: Values, root: XmlNode): JsonObject {
  const nodes = all(root, 'DespatchLine');
  checkLineCount(values, root, nodes);
  const seen = new Set<string>();
  return {
    id: values.text(root, 'ID', 64),
    issueDate: values.date(root, 'IssueDate'),
    orderReference: values.optionalText(root, 'OrderReference/ID', 64),
    lines: nodes.map((node) => ({
      id: values.lineId(node, referredLine(node), seen),
      ...values.quantity(node, 'DeliveredQuantity'),
    })),
  };
}

/** Path of the order's line id where the line names one, else of its own. */
export function referredLine(node: XmlNode): string {
  return first(node, 'OrderLineReference/LineID') === undefined ? 'ID' : 'OrderLineReference/LineID';
}
