import { createHash } from 'node:crypto';
import type { StatementDigests } from '../../chaincode/domain/operations/reconciliation/types';
import { camt053 } from './camt053';
import { csv } from './csv';
import { StatementIndex } from './statement-index';
import { jsonLines } from './json-lines';
import type { FormatWriter, StatementSource, StreamedStatement } from './statement-source';

/** The formats whose digests both members sign. */
export const STATEMENT_FORMATS = ['jsonl', 'csv', 'camt053'] as const;
export type SignedFormat = (typeof STATEMENT_FORMATS)[number];

const WRITERS: Readonly<Record<SignedFormat, FormatWriter>> = { jsonl: jsonLines, csv, camt053 };

/** A statement in one format, chunk by chunk, from entries in memory. */
export function* writeStatement(format: SignedFormat, source: StatementSource): Generator<string> {
  const writer = WRITERS[format];
  yield writer.begin(source);
  for (const part of source.segments()) yield writer.segment(source, part);
  yield writer.end(source);
}

/** The same from entries that are read as they are written: memory holds a segment, whatever the day's size. */
export async function* streamStatement(format: SignedFormat, source: StreamedStatement): AsyncGenerator<string> {
  const writer = WRITERS[format];
  yield writer.begin(source);
  for await (const part of source.segments()) yield writer.segment(source, part);
  yield writer.end(source);
}

/** SHA-256 of a statement's file, hexadecimal. */
export function digestOf(format: SignedFormat, source: StatementSource): string {
  const hash = createHash('sha256');
  for (const chunk of writeStatement(format, source)) hash.update(chunk, 'utf8');
  return hash.digest('hex');
}

/** What both members sign over: the digests of all files and of the index of end-to-end ids. */
export function digestsOf(source: StatementSource): StatementDigests {
  const digests = new Digests(source);
  try {
    for (const part of source.segments()) digests.add(part);
    return digests.end();
  } finally {
    digests.close();
  }
}

/** The same in one pass over entries that are read as they come. */
export async function streamedDigests(source: StreamedStatement): Promise<StatementDigests> {
  const digests = new Digests(source);
  try {
    for await (const part of source.segments()) digests.add(part);
    return digests.end();
  } finally {
    digests.close();
  }
}

class Digests {
  readonly #head: StatementSource | StreamedStatement;
  readonly #hashes = STATEMENT_FORMATS.map((format) => ({ writer: WRITERS[format], hash: createHash('sha256') }));
  readonly #index: StatementIndex;

  constructor(head: StatementSource | StreamedStatement) {
    this.#head = head;
    this.#index = new StatementIndex(head);
    for (const { writer, hash } of this.#hashes) hash.update(writer.begin(head), 'utf8');
  }

  add(part: Parameters<FormatWriter['segment']>[1]): void {
    for (const { writer, hash } of this.#hashes) hash.update(writer.segment(this.#head, part), 'utf8');
    this.#index.add(part);
  }

  end(): StatementDigests {
    const [jsonl, csvDigest, camt] = this.#hashes.map(({ writer, hash }) =>
      hash.update(writer.end(this.#head), 'utf8').digest('hex'),
    );
    const { digest: index } = this.#index.commitment();
    return { jsonl: jsonl as string, csv: csvDigest as string, camt053: camt as string, index };
  }

  close(): void {
    this.#index.close();
  }
}
