import { Option, type Command } from 'commander';
import type { MatchItem, Reconciliation } from '../../gateway/reconciliation/matching/result';
import type { UndoneEntries } from '../../gateway/reconciliation/matching/undone';
import type { LoadedFiles } from '../../gateway/reconciliation/reconcile-files';
import type { RuleSet } from '../../gateway/reconciliation/rules/rule-set';
import type { AddCommands, Io } from './command';
import { backTestCommand, compare } from './reconcile-back-test';
import { requireDate, rulesOf, whole, withFiles, type Progress, type ReconcileFlags } from './reconcile-inputs';

/** `concordat reconcile`: two files of entries against one another, without any ledger. */
export const addReconcileCommands: AddCommands = (program, io, run) => {
  const command = withInputs(program.command('reconcile <ours> <theirs>'))
    .description(
      'match two files of entries: exit 0 no breaks, 1 breaks, 2 a file, the rules or an option cannot be used',
    )
    .option('--out <folder>', 'write report.jsonl, matches.csv and breaks.csv')
    .option('--dry-run', 'tell the result, write nothing')
    .option('--undo <lines>', 'print the matches of these lines of ours (17,23) as what undoes them, with their proofs')
    .option(
      '--unmatched <file>',
      'undone matches, as --undo prints them: their entries are not matched to one another again',
    )
    .action((ours: string, theirs: string, flags: ReconcileFlags) =>
      run(() => reconcileCommand(ours, theirs, flags, io)),
    );
  command.enablePositionalOptions(); // both take files and rules: after the name it is the subcommand's
  withInputs(command.command('back-test <files...>'))
    .description(
      'past days under two rule sets, files in pairs (ours theirs): matches that appear and disappear, and their digest',
    )
    .action((files: string[], flags: ReconcileFlags) => run(() => backTestCommand(files, flags, io)));
  command
    .command('rules')
    .description('print the default rule set')
    .action(() => run(() => printRules(io)));
};

/** What files are read by, and matched. */
function withInputs(command: Command): Command {
  return command
    .option('--rules <file>', 'rule set (JSON); the default one when absent')
    .option('--compare-rules <file>', 'back-test: which matches appear and disappear under this rule set')
    .option('--as-of <date>', 'day on which timing is judged, yyyy-mm-dd; the latest date in the files when absent')
    .addOption(new Option('--language <language>', 'of the table').choices(['en', 'zh']).default('en'))
    .option('--limit <count>', 'breaks in the table', '20')
    .option('--json', 'the summary as JSON instead of the table')
    .option('--work-tables <place>', 'folder, or postgres://… ; a temporary folder when absent')
    .option('--ours-mapping <file>', 'how the columns of our CSV or XLSX are read (`concordat entries read --preview`)')
    .option('--theirs-mapping <file>', 'the same for theirs')
    .option('--mirror-theirs', 'their file shows their own view of the account: credits are our debits')
    .option('--member <mspId>', 'whose view of a statement of this network')
    .option('--max-entries <count>', 'largest file, in entries', '5000000');
}

async function printRules({ out }: Io): Promise<void> {
  const { DEFAULT_RULE_SET } = await import('../../gateway/reconciliation/rules/default-rule-set.js');
  out(JSON.stringify(DEFAULT_RULE_SET, null, 2));
}

async function reconcileCommand(ours: string, theirs: string, flags: ReconcileFlags, io: Io): Promise<number> {
  const rules = await rulesOf(flags.rules);
  await requireDate(flags.asOf);
  return withFiles([ours, theirs], rules, flags, io, async (loaded, progress, load) => {
    if (flags.compareRules === undefined) return report(loaded, rules, flags, progress, io);
    return compare(loaded, rules, await rulesOf(flags.compareRules), load, flags, io);
  });
}

async function report(
  loaded: LoadedFiles,
  rules: RuleSet,
  flags: ReconcileFlags,
  progress: Progress,
  { out }: Io,
): Promise<number> {
  const { reconcile } = await import('../../gateway/reconciliation/reconcile-files.js');
  const { makeReport } = await import('../../gateway/reconciliation/report/write-report.js');
  const { BreakTable, summaryLines } = await import('../../gateway/reconciliation/report/break-table.js');
  const { ReportFiles } = await import('../../gateway/reconciliation/report/report-files.js');
  const undone = await undoneOf(loaded, rules, flags);
  const asOf = flags.asOf === undefined ? {} : { asOf: flags.asOf };
  const options = { rules, ...asOf, undone, onProgress: progress.tell };
  const result = reconcile(loaded, options);
  progress.tell('report');
  const table = new BreakTable(flags.language, whole(flags.limit, '--limit'));
  if (flags.undo !== undefined) return await tellUndoings(loaded, result, flags.undo, out);
  const files = flags.out !== undefined && flags.dryRun !== true ? new ReportFiles(flags.out) : undefined;
  const summary = await makeReport(
    result,
    loaded.readers,
    files === undefined ? [table] : [table, files],
    files?.report,
  );
  files?.end();
  progress.end();
  if (flags.json === true) out(JSON.stringify(summary, null, 2));
  else for (const line of [...table.lines(), ...summaryLines(summary, flags.language)]) out(line);
  return summary.breaks === 0 ? 0 : 1;
}

async function undoneOf(
  { sides, readers }: LoadedFiles,
  rules: RuleSet,
  { unmatched }: ReconcileFlags,
): Promise<readonly UndoneEntries[]> {
  if (unmatched === undefined) return [];
  const { readFileSync } = await import('node:fs');
  const { parseUndone } = await import('../../gateway/reconciliation/undoing.js');
  const { undoneIn } = await import('../../gateway/reconciliation/matching/undone.js');
  return undoneIn(sides, readers, rules, parseUndone(readFileSync(unmatched, 'utf8')));
}

/** One JSON line for each match: the body that undoes it on the ledger, less the reason, and a line of `--unmatched`. */
async function tellUndoings(
  { sides, readers }: LoadedFiles,
  result: Reconciliation,
  option: string,
  out: Io['out'],
): Promise<number> {
  const { makeReport } = await import('../../gateway/reconciliation/report/write-report.js');
  const { MAX_UNDOINGS, Undoings } = await import('../../gateway/reconciliation/undoing.js');
  const lines = new Set(option.split(',').map((line) => whole(line, '--undo')));
  if (lines.size > MAX_UNDOINGS) throw new Error(`--undo takes at most ${MAX_UNDOINGS} lines`);
  const undoings = new Undoings(lines);
  await makeReport(result, readers, [undoings]);
  const told = await undoings.told(sides, readers);
  for (const one of told) out(JSON.stringify(one));
  const held = new Set(told.flatMap(({ match }) => (JSON.parse(match) as MatchItem).ours));
  const missing = [...lines].filter((line) => !held.has(line));
  if (missing.length > 0) throw new Error(`--undo: no match holds line ${missing.join(', ')} of ours`);
  return 0;
}
