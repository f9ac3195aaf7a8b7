import { Option } from 'commander';
import type { SourceFormat, SourceOptions } from '../../gateway/reconciliation/sources/open-source';
import type { AddCommands, Io } from './command';
import { addPostCommand } from './entries-post';

interface ReadFlags {
  readonly format?: SourceFormat;
  readonly mapping?: string;
  readonly profile?: string;
  readonly member?: string;
  readonly mirror?: boolean;
  readonly preview?: boolean;
}

/** `concordat entries read`: books and bank statements of any format as canonical JSON lines. */
export const addEntriesCommands: AddCommands = (program, io, run) => {
  const entries = program
    .command('entries')
    .description('entries of books and statements: exit 0 all done, 1 some lines refused, 2 the file cannot be read');
  addPostCommand(entries, io, run);
  entries
    .command('read <file>')
    .description('camt.052/053/054, MT940/942, CSV, XLSX or a statement of this network as canonical JSON lines')
    .addOption(
      new Option('--format <format>', 'what the file is; found by its content when absent').choices([
        'canonical-csv',
        'canonical-jsonl',
        'camt',
        'mt940',
        'csv',
        'xlsx',
        'statement',
      ]),
    )
    .option('--mapping <file>', 'which column of a CSV or XLSX holds what (JSON)')
    .option('--preview', 'show the headings, what they propose, and how sample rows would be read')
    .option('--profile <name>', "a bank's dialect of field 86")
    .option('--member <mspId>', 'whose view of a statement of this network')
    .option('--mirror', 'turn directions round')
    .action((file: string, flags: ReadFlags) => run(() => read(file, flags, io)));
};

async function read(file: string, { mapping, preview, ...flags }: ReadFlags, io: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const options: SourceOptions = {
    ...flags,
    ...(mapping === undefined ? {} : { mapping: JSON.parse(readFileSync(mapping, 'utf8')) as unknown }),
  };
  const { SourceError } = await import('../../gateway/reconciliation/sources/source-error.js');
  try {
    return preview === true ? await showPreview(file, options, io) : await showEntries(file, options, io);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    io.err(`✗ ${error.message}  ${await meaningOf(error.code)}`);
    return 2;
  }
}

async function showEntries(file: string, options: SourceOptions, { out, err }: Io): Promise<number> {
  const { openSource } = await import('../../gateway/reconciliation/sources/open-source.js');
  const source = await openSource(file, options);
  let [entries, refusals] = [0, 0];
  for await (const batch of source.batches()) {
    for (const entry of batch.entries) out(JSON.stringify(entry, plain));
    for (const { line, field, code } of batch.refused) err(`✗ line ${line} ${field} ${code}  ${await meaningOf(code)}`);
    entries += batch.entries.length;
    refusals += batch.refused.length;
  }
  err(`${source.format}: ${entries} entries, ${refusals} refused, SHA-256 ${source.digest()}`);
  for (const { kind, currency, amountMinor, date } of source.balances())
    err(`${kind} ${date} ${currency} ${amountMinor}`);
  return refusals === 0 ? 0 : 1;
}

async function showPreview(file: string, options: SourceOptions, { out }: Io): Promise<number> {
  const { previewMapping } = await import('../../gateway/reconciliation/sources/open-source.js');
  const { header, proposed, rows } = await previewMapping(file, options);
  out(`columns: ${header.join(' | ')}`);
  out(`proposed: ${JSON.stringify({ columns: proposed })}`);
  for (const { line, cells, entry, refused } of rows) {
    out(`${line}: ${cells.join(' | ')}`);
    if (entry !== null) out(`   → ${JSON.stringify(entry, plain)}`);
    if (refused !== null) out(`   ✗ ${refused.field} ${refused.code}`);
  }
  return rows.some(({ refused }) => refused !== null) ? 1 : 0;
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

async function meaningOf(code: string): Promise<string> {
  const { ENTRY_CODES } = await import('../../gateway/reconciliation/entry-codes.js');
  const row = ENTRY_CODES[code as keyof typeof ENTRY_CODES] as { text: string; zh: string } | undefined;
  return row === undefined ? '' : `${row.text} / ${row.zh}`;
}
