import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { cell } from '../../statements/csv';
import type { ShownBreak } from '../matching/break-items';
import type { MatchText } from '../matching/match-items';
import type { Mismatch, RefusedItem } from '../matching/result';
import type { ReportSink } from './write-report';

const PART = 262_144;

/** Text gathered into large parts on its way to a file. */
class TextFile {
  readonly #stream: WriteStream;
  #text = '';
  #error: Error | undefined;

  constructor(path: string) {
    this.#stream = createWriteStream(path, { encoding: 'utf8', mode: 0o600 });
    this.#stream.on('error', (error) => (this.#error = error));
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length > PART) this.#pass();
  }

  async drained(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    this.#pass();
    await new Promise<void>((resolve, reject) => {
      this.#stream.once('error', reject);
      this.#stream.end(resolve);
    });
    if (this.#error !== undefined) throw this.#error;
  }

  #pass(): void {
    if (this.#text !== '') this.#stream.write(this.#text);
    this.#text = '';
  }
}

const MATCH_COLUMNS =
    'rule,ruleSet,ruleSetVersion,oursLines,theirsLines,currency,direction,oursMinor,theirsMinor,residualMinor,rivals',
  BREAK_COLUMNS =
    'code,isBreak,oursLines,theirsLines,currency,direction,oursMinor,theirsMinor,residualMinor,' +
    'valueDate,party,endToEndId,uetr,references,mismatches,clearsBy,fee,repeats,rivals,text';

/** `matches.csv` and `breaks.csv` for people, in one folder with the authoritative `report.jsonl`. */
export class ReportFiles implements ReportSink {
  /** Where `report.jsonl` belongs, for `makeReport`. */
  readonly report: string;
  readonly #matches: TextFile;
  readonly #breaks: TextFile;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.report = join(folder, 'report.jsonl');
    this.#matches = new TextFile(join(folder, 'matches.csv'));
    this.#breaks = new TextFile(join(folder, 'breaks.csv'));
    this.#matches.write(`${MATCH_COLUMNS}\r\n`);
    this.#breaks.write(`${BREAK_COLUMNS}\r\n`);
  }

  match({ csv }: MatchText): void {
    this.#matches.write(`${csv}\r\n`);
  }

  break(shown: ShownBreak): void {
    this.#breaks.write(breakRow(shown));
  }

  refused(item: RefusedItem): void {
    this.#breaks.write(refusedRow(item));
  }

  async drained(): Promise<void> {
    for (const file of [this.#matches, this.#breaks]) await file.drained();
  }

  /** Resolves when all is in the files. */
  async end(): Promise<void> {
    for (const file of [this.#matches, this.#breaks]) await file.end();
  }
}

/** A number is no formula, its sign no reason to spoil it. */
const NUMBER = /^-?[0-9]+$/;

function row(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value !== null && NUMBER.test(value) ? value : cell(value ?? ''))).join(',')}\r\n`;
}

function breakRow({ item, ours, theirs }: ShownBreak): string {
  const shown = ours[0] ?? theirs[0];
  const { code, isBreak, currency, direction, oursMinor, theirsMinor, residualMinor, clearsBy, fee, repeats } = item;
  return row([
    code,
    String(isBreak),
    item.ours.join(';'),
    item.theirs.join(';'),
    currency,
    direction,
    oursMinor,
    theirsMinor,
    residualMinor,
    shown?.valueDate ?? '',
    shown?.party ?? '',
    shown?.endToEndId ?? '',
    shown?.uetr ?? '',
    shown?.references.join(';') ?? '',
    item.mismatches.map(told).join('; '),
    clearsBy,
    fee,
    repeats === null ? '' : String(repeats),
    item.rivals === null ? '' : String(item.rivals.total),
    shown?.text ?? '',
  ]);
}

function refusedRow({ code, side, line, field, reason }: RefusedItem): string {
  const [ours, theirs] = side === 'ours' ? [String(line), ''] : ['', String(line)];
  const empty = new Array<string>(10).fill('');
  return row([code, 'false', ours, theirs, ...empty, `${field}: ${reason}`, '', '', '', '', '']);
}

/** One difference in words: `amountMinor: 100 → 90 (-10)`. */
export function told({ field, expected, actual, delta }: Mismatch): string {
  return `${field}: ${expected ?? '–'} → ${actual ?? '–'}${delta === null ? '' : ` (${delta})`}`;
}
