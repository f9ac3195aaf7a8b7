import { dataFolder } from '../data-folder';
import type { DocumentCode } from '../document-codes';
import { Problems } from '../problems';
import { checkProlog } from './prolog';
import { addSchemaProblems, type SchemaComplaint } from './schema-problems';
import { Schemas } from './schemas';
import { loadXmlLibrary, type XmlDocument, type XmlLibrary } from './xml-library';
import type { XmlNode } from './xml-node';
import { TooDeep, toTree } from './xml-tree';

/** What parsing gives: the tree with schema complaints found so far, or that it is no XML at all. */
export type ReadXml =
  | { readonly kind: 'xml'; readonly root: XmlNode; readonly problems: Problems; readonly known: boolean }
  | { readonly kind: 'broken'; readonly problems: Problems }
  | { readonly kind: 'notXml' };

/** Chooses the schema for a root element, as a path in `docs/data`; undefined when the type is not read here. */
export type SchemaOf = (name: string, namespace: string) => string | undefined;

/**
 * Reads XML from strangers: no document type declaration, no entity, no network, no file; size and depth limited; lines
 * kept. Schemas validate before anything else looks at the content.
 */
export class XmlReader {
  readonly #library: XmlLibrary;
  readonly #schemas: Schemas;

  private constructor(library: XmlLibrary, schemas: Schemas) {
    this.#library = library;
    this.#schemas = schemas;
  }

  static async open(data = dataFolder()): Promise<XmlReader> {
    const library = await loadXmlLibrary();
    return new XmlReader(library, new Schemas(library, data));
  }

  /** Never throws for bytes of any kind. */
  read(bytes: Uint8Array, schemaOf: SchemaOf): ReadXml {
    const checked = checkProlog(bytes);
    if ('notXml' in checked) return { kind: 'notXml' };
    if ('code' in checked) return broken(checked.code, checked.line);
    const { ParseOption, XmlDocument, XmlLibError } = this.#library;
    // The text may name US-ASCII; libxml2 gets UTF-8, which is the same for every text that kept its promise.
    const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_BIG_LINES;
    let document: XmlDocument | undefined;
    try {
      document = XmlDocument.fromBuffer(Buffer.from(checked.text, 'utf8'), {
        option: option | ParseOption.XML_PARSE_IGNORE_ENC,
      });
      return this.#checked(document, schemaOf);
    } catch (error) {
      if (error instanceof TooDeep) return broken('XML_TOO_DEEP', error.line);
      if (!(error instanceof XmlLibError)) throw error;
      const [detail] = error.details;
      const deep = detail?.message.includes('Excessive depth') ?? false;
      return broken(deep ? 'XML_TOO_DEEP' : 'XML_MALFORMED', detail?.line ?? 1);
    } finally {
      document?.dispose();
    }
  }

  #checked(document: XmlDocument, schemaOf: SchemaOf): ReadXml {
    if (document.dtd !== null) return broken('XML_DOCTYPE', 1);
    const root = toTree(this.#library, document.root);
    const schema = schemaOf(root.name, root.namespace);
    const problems = new Problems();
    if (schema !== undefined) addSchemaProblems(this.#complaints(document, schema), root, problems);
    return { kind: 'xml', root, problems, known: schema !== undefined };
  }

  #complaints(document: XmlDocument, schema: string): readonly SchemaComplaint[] {
    const validator = this.#schemas.validator(schema);
    try {
      validator.validate(document);
      return [];
    } catch (error) {
      if (!(error instanceof this.#library.XmlValidateError)) throw error;
      return error.details;
    }
  }
}

function broken(code: DocumentCode, line: number): ReadXml {
  const problems = new Problems();
  problems.add({ pointer: '/', code, line: Math.max(1, line) });
  return { kind: 'broken', problems };
}
