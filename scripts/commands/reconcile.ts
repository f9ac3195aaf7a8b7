import { Option } from 'commander';
import type { BackTest } from '../../gateway/reconciliation/back-test';
import type { WorkPlace } from '../../gateway/reconciliation/matching/work-tables';
import type { MatchItem, Reconciliation } from '../../gateway/reconciliation/matching/result';
import type { UndoneEntries } from '../../gateway/reconciliation/matching/undone';
import type { LoadedFiles } from '../../gateway/reconciliation/reconcile-files';
import type { Language } from '../../gateway/reconciliation/report/break-table';
import type { SourceOptions } from '../../gateway/reconciliation/sources/open-source';
import type { RuleSet } from '../../gateway/reconciliation/rules/rule-set';
import type { AddCommands, Io } from './command';

interface ReconcileFlags {
  readonly rules?: string;
  readonly asOf?: string;
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly compareRules?: string;
  readonly undo?: string;
  readonly unmatched?: string;
  readonly language: Language;
  readonly limit: string;
  readonly workTables?: string;
  readonly maxEntries: string;
  readonly json?: boolean;
  readonly oursMapping?: string;
  readonly theirsMapping?: string;
  readonly mirrorTheirs?: boolean;
  readonly member?: string;
}

/** `concordat reconcile`: two files of entries against one another, without any ledger. */
export const addReconcileCommands: AddCommands = (program, io, run) => {
  const command = program
    .command('reconcile <ours> <theirs>')
    .description(
      'match two files of entries: exit 0 no breaks, 1 breaks, 2 a file, the rules or an option cannot be used',
    )
    .option('--rules <file>', 'rule set (JSON); the default one when absent')
    .option('--as-of <date>', 'day on which timing is judged, yyyy-mm-dd; the latest date in the files when absent')
    .option('--out <folder>', 'write report.jsonl, matches.csv and breaks.csv')
    .option('--dry-run', 'tell the result, write nothing')
    .option('--compare-rules <file>', 'back-test: which matches appear and disappear under this rule set')
    .option('--undo <lines>', 'print the matches of these lines of ours (17,23) as what undoes them, with their proofs')
    .option(
      '--unmatched <file>',
      'undone matches, as --undo prints them: their entries are not matched to one another again',
    )
    .addOption(new Option('--language <language>', 'of the table').choices(['en', 'zh']).default('en'))
    .option('--limit <count>', 'breaks in the table', '20')
    .option('--json', 'the summary as JSON instead of the table')
    .option('--work-tables <place>', 'folder, or postgres://… ; a temporary folder when absent')
    .option('--ours-mapping <file>', 'how the columns of our CSV or XLSX are read (`concordat entries read --preview`)')
    .option('--theirs-mapping <file>', 'the same for theirs')
    .option('--mirror-theirs', 'their file shows their own view of the account: credits are our debits')
    .option('--member <mspId>', 'whose view of a statement of this network')
    .option('--max-entries <count>', 'largest file, in entries', '5000000')
    .action((ours: string, theirs: string, flags: ReconcileFlags) =>
      run(() => reconcileCommand(ours, theirs, flags, io)),
    );
  command
    .command('rules')
    .description('print the default rule set')
    .action(() => run(() => printRules(io)));
};

async function printRules({ out }: Io): Promise<void> {
  const { DEFAULT_RULE_SET } = await import('../../gateway/reconciliation/rules/default-rule-set.js');
  out(JSON.stringify(DEFAULT_RULE_SET, null, 2));
}

async function reconcileCommand(ours: string, theirs: string, flags: ReconcileFlags, io: Io): Promise<number> {
  const rules = await rulesOf(flags.rules);
  const { isDate } = await import('../../chaincode/domain/business-date.js');
  if (flags.asOf !== undefined && !isDate(flags.asOf)) throw new Error('--as-of takes a date, yyyy-mm-dd');
  const progress = new Progress(io);
  const { loadFiles } = await import('../../gateway/reconciliation/reconcile-files.js');
  const { LOAD_LIMITS } = await import('../../gateway/reconciliation/matching/load-side.js');
  const places: WorkPlace[] = [];
  const limits = { ...LOAD_LIMITS, maxEntries: whole(flags.maxEntries, '--max-entries') };
  const files = {
    ours: { path: ours, options: await optionsOf(flags.oursMapping, flags) },
    theirs: { path: theirs, options: await optionsOf(flags.theirsMapping, flags, flags.mirrorTheirs) },
  };
  const load = async (under: RuleSet): Promise<LoadedFiles> => {
    const place = await placeOf(flags.workTables);
    places.push(place);
    return loadFiles(files, { rules: under, place, limits, onProgress: progress.tell });
  };
  let loaded: LoadedFiles | undefined;
  try {
    loaded = await load(rules);
    if (flags.compareRules === undefined) return await report(loaded, rules, flags, progress, io);
    return await compare(loaded, rules, await rulesOf(flags.compareRules), load, flags, io);
  } catch (error) {
    throw await explained(error, flags.language);
  } finally {
    progress.end();
    await loaded?.close();
    for (const place of places) await removePlace(place);
  }
}

async function optionsOf(
  mapping: string | undefined,
  { member }: ReconcileFlags,
  mirror?: boolean,
): Promise<SourceOptions> {
  const { readFileSync } = await import('node:fs');
  return {
    ...(mapping === undefined ? {} : { mapping: JSON.parse(readFileSync(mapping, 'utf8')) as unknown }),
    ...(member === undefined ? {} : { member }),
    ...(mirror === undefined ? {} : { mirror }),
  };
}

/** The code of a refused file, its line, and its meaning in the reader's language. */
async function explained(error: unknown, language: Language): Promise<unknown> {
  const { SideRefused } = await import('../../gateway/reconciliation/reconcile-files.js');
  const { ENTRY_CODES } = await import('../../gateway/reconciliation/entry-codes.js');
  if (!(error instanceof SideRefused) || !(error.reason.code in ENTRY_CODES)) return error;
  const { text, zh, remedy } = ENTRY_CODES[error.reason.code as keyof typeof ENTRY_CODES];
  return new Error(`${error.message}: ${language === 'zh' ? zh : `${text}. ${remedy}`}`, { cause: error });
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

/** Rules that read the files differently need them read again. */
async function compare(
  loaded: LoadedFiles,
  rules: RuleSet,
  other: RuleSet,
  load: (rules: RuleSet) => Promise<LoadedFiles>,
  flags: ReconcileFlags,
  { out }: Io,
): Promise<number> {
  const { reconcile } = await import('../../gateway/reconciliation/reconcile-files.js');
  const { backTest } = await import('../../gateway/reconciliation/back-test.js');
  const asOf = flags.asOf === undefined ? {} : { asOf: flags.asOf };
  const before = reconcile(loaded, { rules, ...asOf });
  const isReadAlike = rules.date === other.date && JSON.stringify(rules.normalise) === JSON.stringify(other.normalise);
  const again = isReadAlike ? loaded : await load(other);
  try {
    const found = backTest(before, reconcile(again, { rules: other, ...asOf }));
    if (flags.json === true) out(JSON.stringify(found, null, 2));
    else for (const line of backTestLines(found, whole(flags.limit, '--limit'))) out(line);
  } finally {
    if (again !== loaded) await again.close();
  }
  return 0;
}

function backTestLines({ before, after, kept, appear, disappear }: BackTest, limit: number): string[] {
  const side = ({ id, version, digest, matches }: BackTest['before']): string =>
    `${id} ${version} (${digest.slice(0, 16)}…): ${matches}`;
  const list = (sign: string, items: BackTest['appear']): string[] => [
    ...items
      .slice(0, limit)
      .map(
        ({ rule, ours, theirs, residualMinor }) =>
          `${sign} ${rule} ${ours.join(',')} | ${theirs.join(',')} ${residualMinor}`,
      ),
    ...(items.length > limit ? [`${sign} … ${items.length - limit}`] : []),
  ];
  return [
    `before 之前  ${side(before)}`,
    `after 之后   ${side(after)}`,
    `kept 保留 ${kept}, appear 新增 ${appear.length}, disappear 消失 ${disappear.length}`,
    ...list('+', appear),
    ...list('-', disappear),
  ];
}

async function rulesOf(file: string | undefined): Promise<RuleSet> {
  if (file === undefined)
    return (await import('../../gateway/reconciliation/rules/default-rule-set.js')).DEFAULT_RULE_SET;
  const { readFileSync } = await import('node:fs');
  const { parseRuleSet } = await import('../../gateway/reconciliation/rules/parse-rule-set.js');
  return parseRuleSet(readFileSync(file));
}

async function placeOf(option: string | undefined): Promise<WorkPlace> {
  const { randomBytes } = await import('node:crypto');
  const run = randomBytes(6).toString('hex');
  if (option !== undefined && /^postgres(ql)?:\/\//.test(option)) return { kind: 'postgres', url: option, run };
  const { mkdtempSync, mkdirSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { tmpdir } = await import('node:os');
  if (option !== undefined) mkdirSync(option, { recursive: true });
  return { kind: 'sqlite', folder: mkdtempSync(join(option ?? tmpdir(), 'concordat-reconcile-')) };
}

async function removePlace(place: WorkPlace): Promise<void> {
  if (place.kind !== 'sqlite') return;
  const { rmSync } = await import('node:fs');
  rmSync(place.folder, { recursive: true, force: true });
}

function whole(text: string, option: string): number {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) throw new Error(`${option} takes a whole number`);
  return Number(text);
}

/** One line on standard error that changes in a terminal; in a pipe, a line a step. */
class Progress {
  readonly #io: Io;
  readonly #isTerminal = process.stderr.isTTY;
  #last = '';

  constructor(io: Io) {
    this.#io = io;
  }

  readonly tell = (step: string, entries?: number): void => {
    const text = entries === undefined ? step : `${step} ${entries}`;
    if (this.#isTerminal) process.stderr.write(`\r\u001b[K${text}`);
    else if (step !== this.#last) this.#io.err(step);
    this.#last = step;
  };

  end(): void {
    if (this.#isTerminal && this.#last !== '') process.stderr.write('\r\u001b[K');
    this.#last = '';
  }
}
