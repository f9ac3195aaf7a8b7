import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { XmlLibrary, XsdValidator } from './xml-library';

const FOLDERS = ['ubl/xsd/common', 'ubl/xsd/maindoc', 'iso20022/xsd'];
const SCHEME = 'concordat-schema:/';

/** One input provider per process: the parser's list of them is global and holds few. */
let sources: ReadonlyMap<string, Uint8Array> | undefined;

function loadSources({ XmlBufferInputProvider, xmlRegisterInputProvider }: XmlLibrary, data: string) {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(join(data, folder))
      .filter((name) => name.endsWith('.xsd'))
      .map((name) => [`${SCHEME}${folder}/${name}`, new Uint8Array(readFileSync(join(data, folder, name)))] as const),
  );
  xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries(files)));
  return new Map(files);
}

/**
 * The schemas of `docs/data`, compiled when first needed and then kept.
 *
 * Imports between schemas are answered from memory under a scheme of our own: the parser never opens a file.
 */
export class Schemas {
  readonly #validators = new Map<string, XsdValidator>();
  readonly #library: XmlLibrary;
  readonly #sources: ReadonlyMap<string, Uint8Array>;

  constructor(library: XmlLibrary, data: string) {
    this.#library = library;
    this.#sources = sources ??= loadSources(library, data);
  }

  /** @throws Error when `docs/data` lacks the schema or it does not compile. */
  validator(path: string): XsdValidator {
    const known = this.#validators.get(path);
    if (known !== undefined) return known;
    const url = `${SCHEME}${path}`;
    const source = this.#sources.get(url);
    if (source === undefined) throw new Error(`no schema ${path}`);
    const validator = this.#library.XsdValidator.fromDoc(this.#library.XmlDocument.fromBuffer(source, { url }));
    this.#validators.set(path, validator);
    return validator;
  }
}
