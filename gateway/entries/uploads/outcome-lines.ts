import { gunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { cell } from '../../statements/csv';
import { isGood } from '../judge-lines';
import type { SettledLine } from '../post-batches';
import type { EntryOutcomeLine } from './upload';

/** Columns of the CSV; the NDJSON has members of the same names. */
const COLUMNS = [
  'line',
  'endToEndId',
  'outcome',
  'transactionId',
  'segment',
  'code',
  'possibleDuplicate',
] as const satisfies readonly (keyof EntryOutcomeLine)[];

export type OutcomeFormat = 'ndjson' | 'csv';

/** The outcomes of a batch as they are kept: small, since ids of transactions and segments repeat. */
export function packOutcomes(batch: readonly SettledLine[]): Promise<Uint8Array> {
  return promisify(gzip)(batch.map((line) => `${JSON.stringify(toLine(line))}\n`).join(''));
}

/** What is kept as a file that is written while it is read; `only` leaves out lines of other outcomes. */
export async function* outcomeFile(
  batches: AsyncIterable<Uint8Array>,
  format: OutcomeFormat,
  only?: string,
): AsyncGenerator<Uint8Array> {
  if (format === 'csv') yield Buffer.from(`${COLUMNS.join(',')}\r\n`);
  for await (const bytes of batches) {
    const lines = (await promisify(gunzip)(bytes)).toString('utf8').trimEnd().split('\n');
    const told = lines.map((line) => JSON.parse(line) as EntryOutcomeLine);
    const wanted = only === undefined ? told : told.filter(({ outcome }) => outcome === only);
    yield Buffer.from(wanted.map((line) => (format === 'csv' ? toRow(line) : `${JSON.stringify(line)}\n`)).join(''));
  }
}

function toLine({ line, outcome, place, code }: SettledLine): EntryOutcomeLine {
  const good = isGood(line) ? line : undefined;
  return {
    line: line.line,
    endToEndId: isGood(line) ? line.entry.endToEndId : line.endToEndId,
    outcome,
    transactionId: place?.transactionId ?? null,
    segment: place?.recordId ?? null,
    code: code ?? null,
    possibleDuplicate: outcome === 'duplicate' ? null : (good?.twin?.endToEndId ?? null),
  };
}

function toRow(line: EntryOutcomeLine): string {
  return `${COLUMNS.map((name) => cell(String(line[name] ?? ''))).join(',')}\r\n`;
}
