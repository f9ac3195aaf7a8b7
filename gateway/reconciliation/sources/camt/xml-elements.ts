import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { SourceError } from '../source-error';

/** One element with its text and children; only as much as one entry holds. */
export interface Element {
  readonly name: string;
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  readonly children: Element[];
}

/** Elements one collected part may hold, how deep a document may be, and characters of one text. */
const LIMITS = { elements: 200_000, depth: 64, text: 100_000 } as const;

/** What a reader of a large document is told. */
export interface ElementHandler {
  /** The document's element. */
  root(name: string, namespace: string): void;
  /** Whether an element is collected whole; its parents are never held. */
  collects(name: string): boolean;
  collected(element: Element): void;
  /** An element that is not collected has ended. */
  ended(name: string): void;
}

/**
 * Reads an XML file part by part: a million entries take the memory of one.
 *
 * No document type, so no entities and nothing from elsewhere; depth, parts and texts are bounded.
 */
export class XmlElements {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #digest: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  digest(): string {
    if (this.#digest === undefined) throw new Error('the file was not read to its end');
    return this.#digest;
  }

  /**
   * Yields after every chunk, so that what was collected can be taken.
   *
   * @throws SourceError SOURCE_UNREADABLE, SOURCE_ENCODING, SOURCE_XML_BROKEN, SOURCE_XML_FORBIDDEN, SOURCE_XML_LIMIT.
   */
  async *read(handler: ElementHandler): AsyncGenerator<void> {
    const parser = new Collector(handler);
    const decoder = new TextDecoder('utf-8', { fatal: true });
    try {
      for await (const chunk of createReadStream(this.#path)) {
        this.#hash.update(chunk as Buffer);
        parser.write(decoder.decode(chunk as Buffer, { stream: true }));
        yield;
      }
      parser.write(decoder.decode());
      parser.close();
    } catch (error) {
      if (error instanceof SourceError) throw error;
      if (error instanceof TypeError) throw new SourceError('SOURCE_ENCODING', '', { cause: error });
      throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
    }
    this.#digest = this.#hash.digest('hex');
    yield;
  }
}

class Collector {
  readonly #parser = new SaxesParser({ xmlns: true, position: true });
  readonly #handler: ElementHandler;
  /** Open elements of the part that is being collected. */
  readonly #open: Element[] = [];
  #depth = 0;
  #elements = 0;

  constructor(handler: ElementHandler) {
    this.#handler = handler;
    const parser = this.#parser;
    parser.on('doctype', () => this.#fail('SOURCE_XML_FORBIDDEN'));
    parser.on('error', () => this.#fail('SOURCE_XML_BROKEN'));
    parser.on('opentag', ({ local, uri, attributes }) => this.#opened(local, uri, attributes));
    parser.on('text', (text) => this.#text(text));
    parser.on('cdata', (text) => this.#text(text));
    parser.on('closetag', ({ local }) => this.#closed(local));
  }

  write(text: string): void {
    this.#parser.write(text);
  }

  close(): void {
    this.#parser.close();
    if (this.#depth !== 0) this.#fail('SOURCE_XML_BROKEN');
  }

  #fail(code: string): never {
    throw new SourceError(code, String(this.#parser.line));
  }

  #opened(name: string, namespace: string, attributes: Readonly<Record<string, { readonly value: string }>>): void {
    if (++this.#depth > LIMITS.depth) this.#fail('SOURCE_XML_LIMIT');
    if (this.#depth === 1) this.#handler.root(name, namespace);
    const parent = this.#open.at(-1);
    if (parent === undefined && !this.#handler.collects(name)) return;
    if (++this.#elements > LIMITS.elements) this.#fail('SOURCE_XML_LIMIT');
    const values = Object.fromEntries(Object.entries(attributes).map(([key, { value }]) => [key, value]));
    const element: Element = { name, line: this.#parser.line, attributes: values, text: '', children: [] };
    parent?.children.push(element);
    this.#open.push(element);
  }

  #text(text: string): void {
    const element = this.#open.at(-1);
    if (element === undefined) return;
    element.text += text;
    if (element.text.length > LIMITS.text) this.#fail('SOURCE_XML_LIMIT');
  }

  #closed(name: string): void {
    this.#depth--;
    const element = this.#open.pop();
    if (element === undefined) return this.#handler.ended(name);
    if (this.#open.length > 0) return;
    this.#elements = 0;
    this.#handler.collected(element);
  }
}

/** The first element at a path of names below; undefined when there is none. */
export function at(element: Element | undefined, path: string): Element | undefined {
  let found = element;
  for (const name of path.split('/')) found = found?.children.find((child) => child.name === name);
  return found;
}

/** Every element at a path. */
export function every(element: Element | undefined, path: string): Element[] {
  let found = element === undefined ? [] : [element];
  for (const name of path.split('/')) {
    found = found.flatMap(({ children }) => children.filter((child) => child.name === name));
  }
  return found;
}

/** The trimmed text at a path; null when there is none. */
export function textAt(element: Element | undefined, path: string): string | null {
  const text = at(element, path)?.text.trim() ?? '';
  return text === '' ? null : text;
}
