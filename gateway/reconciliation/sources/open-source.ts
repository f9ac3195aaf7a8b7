import { open } from 'node:fs/promises';
import type { EntrySource } from '../book-entry';
import { CamtSource } from './camt/camt-source';
import { CanonicalCsv } from './canonical-csv';
import { CanonicalJsonLines } from './canonical-jsonl';
import { MirroredSource } from './mirrored-source';
import { BANK_PROFILES } from './mt940/narrative';
import { Mt940Source } from './mt940/mt940-source';
import { SourceError } from './source-error';
import { StatementSource } from './statement-source';
import { CsvTable } from './table/csv-table';
import { guessMapping, parseMapping } from './table/mapping';
import { previewTable, TableSource, type PreviewRow, type Table } from './table/table-source';
import { XlsxTable } from './table/xlsx-table';

export const SOURCE_FORMATS = [
  'canonical-csv',
  'canonical-jsonl',
  'camt',
  'mt940',
  'csv',
  'xlsx',
  'statement',
] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

/** How a file is read; plain data. */
export interface SourceOptions {
  /** Found by content when absent. */
  readonly format?: SourceFormat;
  /** Turns directions round: the file is the other side's view. */
  readonly mirror?: boolean;
  /** Name of a bank's dialect of field 86. */
  readonly profile?: string;
  /** How a CSV or XLSX table's columns are read (`TableMapping`). */
  readonly mapping?: unknown;
  readonly delimiter?: string;
  /** Whose view of a statement of this network. */
  readonly member?: string;
}

/** Bytes at a file's beginning that tell its format. */
const HEAD = 65_536;

/**
 * Opens a file of entries, whatever it is; what it is its content says, never its name.
 *
 * @throws SourceError SOURCE_UNREADABLE, SOURCE_FORMAT_UNKNOWN, MAPPING_MISSING, MAPPING_INVALID, PROFILE_UNKNOWN.
 */
export async function openSource(path: string, options: SourceOptions = {}): Promise<EntrySource> {
  const source = sourceOf(path, options.format ?? (await formatOf(path)), options);
  return options.mirror === true ? new MirroredSource(source) : source;
}

function sourceOf(path: string, format: SourceFormat, options: SourceOptions): EntrySource {
  const { profile, member } = options;
  switch (format) {
    case 'canonical-csv':
      return new CanonicalCsv(path);
    case 'canonical-jsonl':
      return new CanonicalJsonLines(path);
    case 'statement':
      return new StatementSource(path, member);
    case 'camt':
      return new CamtSource(path);
    case 'mt940':
      if (profile !== undefined && !BANK_PROFILES.some(({ name }) => name === profile)) {
        throw new SourceError('PROFILE_UNKNOWN', profile.slice(0, 64));
      }
      return new Mt940Source(path, { profile });
    case 'csv':
    case 'xlsx':
      if (options.mapping === undefined) throw new SourceError('MAPPING_MISSING', '');
      return new TableSource(tableOf(path, format, options.delimiter), parseMapping(options.mapping));
  }
}

function tableOf(path: string, format: 'csv' | 'xlsx', delimiter: string | undefined): Table {
  return format === 'csv' ? new CsvTable(path, delimiter) : new XlsxTable(path);
}

/** What a file is, by its first bytes. @throws SourceError SOURCE_UNREADABLE, SOURCE_FORMAT_UNKNOWN. */
export async function formatOf(path: string): Promise<SourceFormat> {
  const head = await headOf(path);
  if (head[0] === 0x50 && head[1] === 0x4b) return 'xlsx';
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = (isWide ? head.toString('utf16le') : head.toString('utf8')).replace(/^\uFEFF/, '').trimStart();
  if (text.startsWith('<')) return 'camt';
  if (text.startsWith('{"channel"') && text.includes('"format":"concordat.statement.')) return 'statement';
  if (/^\{\s*"/.test(text)) return 'canonical-jsonl';
  if (/^:\d{2}[A-Z]?:/m.test(text)) return 'mt940';
  const [first = ''] = text.split(/\r?\n/);
  if (isCanonicalHeader(first)) return 'canonical-csv';
  if (/[;,\t|]/.test(first)) return 'csv';
  throw new SourceError('SOURCE_FORMAT_UNKNOWN', '');
}

function isCanonicalHeader(line: string): boolean {
  const names = line.replaceAll('"', '').split(',');
  return ['currency', 'amountMinor', 'direction', 'bookingDate'].every((name) => names.includes(name));
}

async function headOf(path: string): Promise<Buffer> {
  try {
    const file = await open(path, 'r');
    try {
      const head = Buffer.alloc(HEAD);
      const { bytesRead } = await file.read(head, 0, HEAD, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new SourceError('SOURCE_UNREADABLE', '', { cause: error });
  }
}

/** How a table would be read: its header, what the headings propose, and the first rows under a mapping. @throws SourceError. */
export async function previewMapping(
  path: string,
  options: Pick<SourceOptions, 'mapping' | 'delimiter' | 'format'>,
  rows = 5,
): Promise<{
  readonly header: readonly string[];
  readonly proposed: Readonly<Record<string, string>>;
  readonly rows: readonly PreviewRow[];
}> {
  const format = options.format ?? (await formatOf(path));
  if (format !== 'csv' && format !== 'xlsx') throw new SourceError('SOURCE_FORMAT_UNKNOWN', '');
  const mapping = options.mapping === undefined ? undefined : parseMapping(options.mapping);
  const { header, rows: shown } = await previewTable(tableOf(path, format, options.delimiter), mapping, rows);
  return { header, proposed: guessMapping(header), rows: shown };
}
