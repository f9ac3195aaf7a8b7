import type { XmlElement, XmlLibrary } from './xml-library';
import type { XmlNode } from './xml-node';

const MAX_DEPTH = 64;

/** Says where a document is nested too deeply. */
export class TooDeep extends Error {
  constructor(readonly line: number) {
    super('nested too deeply');
  }
}

/** Copies a parsed document out of the parser's memory. @throws TooDeep below 64 levels. */
export function toTree({ XmlElement, XmlText, XmlCData }: XmlLibrary, root: XmlElement): XmlNode {
  const copy = (element: XmlElement, path: string, depth: number): XmlNode => {
    if (depth > MAX_DEPTH) throw new TooDeep(element.line);
    const elements: XmlElement[] = [];
    let text = '';
    for (let child = element.firstChild; child !== null; child = child.next) {
      if (child instanceof XmlElement) elements.push(child);
      else if (child instanceof XmlText || child instanceof XmlCData) text += child.content;
    }
    const children = withPaths(elements, path).map(([child, place]) => copy(child, place, depth + 1));
    const attributes = Object.fromEntries(element.attrs.map(({ name, value }) => [name, value]));
    const { line, name, namespaceUri: namespace } = element;
    return { name, namespace, line, path, attributes, children, text: text.trim() };
  };
  return copy(root, `/${root.name}`, 1);
}

function withPaths(elements: readonly XmlElement[], parent: string): [XmlElement, string][] {
  const named = elements.map((element) => [element, element.name] as const);
  const totals = new Map<string, number>();
  for (const [, name] of named) totals.set(name, (totals.get(name) ?? 0) + 1);
  const counts = new Map<string, number>();
  return named.map(([element, name]) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return [element, `${parent}/${name}${(totals.get(name) ?? 0) > 1 ? `[${count}]` : ''}`];
  });
}
