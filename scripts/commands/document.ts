import type { AddCommands, Io } from './command';

/** `concordat document parse`: what a trade document says, or what is wrong with it. */
export const addDocumentCommands: AddCommands = (program, io, run) => {
  program
    .command('document')
    .description('trade documents: UBL order, despatch advice, invoice; DCSA events; camt.053, camt.054, pain.002')
    .command('parse <file>')
    .description('canonical JSON of a document ("-" reads standard input); exit 1: bad document, 2: none')
    .action((file: string) => run(() => parse(file, io)));
};

async function parse(file: string, { out, err }: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const { TradeDocumentReader } = await import('../../gateway/documents/document-reader.js');
  const { canonicalJson } = await import('../../chaincode/domain/canonical-json.js');
  const { DOCUMENT_CODES } = await import('../../gateway/documents/document-codes.js');
  const reader = await TradeDocumentReader.open();
  const read = reader.read(readFileSync(file === '-' ? 0 : file));
  if (read.kind === 'document') {
    out(canonicalJson(read.content));
    return 0;
  }
  if (read.kind === 'unreadable') {
    err(`${file}: no document type that is read here 无法识别的文档类型`);
    return 2;
  }
  const words: Readonly<Record<string, { readonly text: string; readonly zh: string; readonly remedy: string }>> =
    DOCUMENT_CODES;
  for (const { code, line, pointer } of read.problems) {
    const { text = '', zh = '', remedy = '' } = words[code] ?? {};
    err(`${file}:${line ?? 1}: ${pointer}: ${code}: ${text} ${zh} ${remedy}`);
  }
  return 1;
}
