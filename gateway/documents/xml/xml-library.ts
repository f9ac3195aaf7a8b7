/** The parser's module. It is an ES module with top-level await, so it can be imported only dynamically. */
export type XmlLibrary = typeof import('libxml2-wasm', { with: { 'resolution-mode': 'import' } });
export type XmlDocument = InstanceType<XmlLibrary['XmlDocument']>;
export type XmlElement = InstanceType<XmlLibrary['XmlElement']>;
export type XsdValidator = InstanceType<XmlLibrary['XsdValidator']>;

let loading: Promise<XmlLibrary> | undefined;

/** Loads libxml2 once per process. */
export function loadXmlLibrary(): Promise<XmlLibrary> {
  loading ??= import('libxml2-wasm');
  return loading;
}
