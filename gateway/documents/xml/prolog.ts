import type { DocumentCode } from '../document-codes';

/** Largest document in bytes. */
export const MAX_BYTES = 10 * 1024 * 1024;
/** Largest number of tags, comments and the like: what a document costs in memory grows with these. */
const MAX_TAGS = 500_000;

const BYTE_ORDER_MARK = '\uFEFF';
const DECLARATION = /^<\?xml\s[^?]{0,200}\?>/;
const ENCODING = /\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']/;

/** A text that is safe to parse, or why not with the line. */
export type Checked =
  { readonly text: string } | { readonly code: DocumentCode; readonly line: number } | { readonly notXml: true };

/**
 * Looks at bytes before any parser does: size, encoding, document type declaration.
 *
 * Only UTF-8 passes, because a declaration written in another encoding would hide from a scan of the text. A DOCTYPE
 * can stand in the prolog only, so the prolog is what is scanned; the same words in a comment or in CDATA are harmless.
 * @see XML 1.0 (fifth edition) production 22
 */
export function checkProlog(bytes: Uint8Array): Checked {
  if (bytes.length > MAX_BYTES) return looksLikeXml(bytes) ? { code: 'DOCUMENT_TOO_LARGE', line: 1 } : { notXml: true };
  const text = decode(bytes);
  if (text === undefined) return looksLikeXml(bytes) ? { code: 'DOCUMENT_ENCODING', line: 1 } : { notXml: true };
  if (!/^\s{0,1000}</.test(text)) return { notXml: true };
  const encoding = ENCODING.exec(DECLARATION.exec(text)?.[0] ?? '')?.[1]?.toUpperCase();
  if (encoding !== undefined && encoding !== 'UTF-8' && encoding !== 'US-ASCII') {
    return { code: 'DOCUMENT_ENCODING', line: 1 };
  }
  if (countTags(text) > MAX_TAGS) return { code: 'XML_TOO_MANY', line: 1 };
  const doctype = doctypeAt(text);
  return doctype === undefined ? { text } : { code: 'XML_DOCTYPE', line: lineAt(text, doctype) };
}

/** UTF-8 as text without its byte order mark; undefined for anything else. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  } catch {
    return undefined;
  }
}

/** Whether the first sign is `<` in UTF-8, UTF-16 or a relative of ASCII. */
function looksLikeXml(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 64)).toString('latin1').replace(/\0/g, '');
  return /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)?\s*</.test(start);
}

function countTags(text: string): number {
  let count = 0;
  for (let at = text.indexOf('<'); at !== -1 && count <= MAX_TAGS; at = text.indexOf('<', at + 1)) count++;
  return count;
}

function doctypeAt(text: string): number | undefined {
  let at = 0;
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++;
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined;
    if (end === undefined) return text.startsWith('<!', at) ? at : undefined;
    const stop = text.indexOf(end, at + (end === '-->' ? 4 : 2));
    if (stop === -1) return undefined;
    at = stop + end.length;
  }
}

function lineAt(text: string, end: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
