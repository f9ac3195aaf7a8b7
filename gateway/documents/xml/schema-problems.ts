import type { DocumentCode } from '../document-codes';
import type { Problems } from '../problems';
import type { XmlNode } from './xml-node';

/** What the validator says about one place. Its message quotes values, so only names are taken from it. */
export interface SchemaComplaint {
  readonly message: string;
  readonly line: number;
}

const ELEMENT = /^Element '(?:\{[^}]*\})?([^']{1,100})'(?:, attribute '(?:\{[^}]*\})?([^']{1,100})')?/;

/** Adds one problem per complaint, at the element's own path. */
export function addSchemaProblems(complaints: readonly SchemaComplaint[], root: XmlNode, problems: Problems): void {
  for (const { message, line } of complaints) {
    const [, element = '', attribute] = ELEMENT.exec(message) ?? [];
    const node = find(root, element, line);
    const pointer = `${node?.path ?? root.path}${attribute === undefined ? '' : `/@${attribute}`}`;
    problems.add({ pointer, code: codeOf(message, element, attribute), line });
  }
}

/** The named element at that line; lines above 65,535 can be imprecise, then the last one before it. */
function find(node: XmlNode, name: string, line: number): XmlNode | undefined {
  if (node.name === name && node.line === line) return node;
  for (const child of node.children) {
    const found = find(child, name, line);
    if (found !== undefined) return found;
  }
  return undefined;
}

function codeOf(message: string, element: string, attribute: string | undefined): DocumentCode {
  if (/is not expected|is not allowed|No matching global|Character content/.test(message)) return 'ELEMENT_UNEXPECTED';
  if (/Missing child|is required but missing/.test(message)) return 'ELEMENT_MISSING';
  const name = attribute ?? element;
  if (/^(Ccy|currencyID|DocumentCurrencyCode)$/.test(name)) return 'CURRENCY_UNKNOWN';
  if (/(Date|Dt)$/.test(name)) return 'DATE_INVALID';
  if (/(Time|Tm)$/.test(name)) return 'TIME_INVALID';
  if (/(Amount|Amt|Sum)$/.test(name)) return amountCode(message);
  return /Quantity$/.test(name) ? 'QUANTITY_INVALID' : 'VALUE_INVALID';
}

function amountCode(message: string): DocumentCode {
  if (/'minInclusive'/.test(message)) return 'AMOUNT_NEGATIVE';
  return /'fractionDigits'/.test(message) ? 'AMOUNT_DECIMALS' : 'AMOUNT_INVALID';
}
