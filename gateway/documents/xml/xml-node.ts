/** An element of a checked document. Plain data: it outlives the parser's memory. */
export interface XmlNode {
  /** Local name; the schema has already checked the namespace. */
  readonly name: string;
  readonly namespace: string;
  /** From 1. */
  readonly line: number;
  /** XPath without prefixes; a position only where several siblings share a name. */
  readonly path: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** Own text, trimmed. */
  readonly text: string;
}

/** All descendants along a path of local names, `OrderLine/LineItem`. */
export function all(node: XmlNode, path: string): readonly XmlNode[] {
  return path
    .split('/')
    .reduce<readonly XmlNode[]>(
      (nodes, name) => nodes.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [node],
    );
}

/** The first descendant along a path. */
export function first(node: XmlNode, path: string): XmlNode | undefined {
  let at: XmlNode | undefined = node;
  for (const name of path.split('/')) at = at?.children.find((child) => child.name === name);
  return at ?? all(node, path)[0];
}

/** The text of the first descendant along a path; null when it is missing or empty. */
export function textOf(node: XmlNode | undefined, path: string): string | null {
  const text = node === undefined ? undefined : first(node, path)?.text;
  return text === undefined || text === '' ? null : text;
}
