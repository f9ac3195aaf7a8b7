import type { WorkPlace } from '../../gateway/reconciliation/matching/work-tables';
import type { LoadedFiles } from '../../gateway/reconciliation/reconcile-files';
import type { Language } from '../../gateway/reconciliation/report/break-table';
import type { SourceOptions } from '../../gateway/reconciliation/sources/open-source';
import type { RuleSet } from '../../gateway/reconciliation/rules/rule-set';
import type { Io } from './command';

export interface ReconcileFlags {
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

export async function rulesOf(file: string | undefined): Promise<RuleSet> {
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

export function whole(text: string, option: string): number {
  if (!/^(0|[1-9][0-9]{0,8})$/.test(text)) throw new Error(`${option} takes a whole number`);
  return Number(text);
}

/** One line on standard error that changes in a terminal; in a pipe, a line a step. */
export class Progress {
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

/** Reads the same files again, for other rules. */
export type LoadFiles = (rules: RuleSet) => Promise<LoadedFiles>;

/** Loads a pair of files for some work, and leaves nothing behind; a refused file is explained. */
export async function withFiles(
  [ours, theirs]: readonly [string, string],
  rules: RuleSet,
  flags: ReconcileFlags,
  io: Io,
  work: (loaded: LoadedFiles, progress: Progress, load: LoadFiles) => Promise<number>,
): Promise<number> {
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
    return await work(loaded, progress, load);
  } catch (error) {
    throw await explained(error, flags.language);
  } finally {
    progress.end();
    await loaded?.close();
    for (const place of places) await removePlace(place);
  }
}

export async function requireDate(asOf: string | undefined): Promise<void> {
  const { isDate } = await import('../../chaincode/domain/business-date.js');
  if (asOf !== undefined && !isDate(asOf)) throw new Error('--as-of takes a date, yyyy-mm-dd');
}
