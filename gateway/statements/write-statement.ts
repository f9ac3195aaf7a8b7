import { createHash } from 'node:crypto';
import type { StatementFormat } from '../routes/dependencies';
import { camt053 } from './camt053';
import { csv } from './csv';
import { jsonLines } from './json-lines';
import type { StatementSource } from './statement-source';

const WRITERS: Readonly<Record<StatementFormat, (source: StatementSource) => Iterable<string>>> = {
  jsonl: jsonLines,
  csv,
  camt053,
};

export const STATEMENT_FORMATS: readonly StatementFormat[] = ['jsonl', 'csv', 'camt053'];

/** A statement in one format, chunk by chunk: memory grows with a segment, not with the day. */
export function writeStatement(format: StatementFormat, source: StatementSource): Iterable<string> {
  return WRITERS[format](source);
}

/** SHA-256 of a statement's file, hexadecimal. */
export function digestOf(format: StatementFormat, source: StatementSource): string {
  const hash = createHash('sha256');
  for (const chunk of writeStatement(format, source)) hash.update(chunk, 'utf8');
  return hash.digest('hex');
}
