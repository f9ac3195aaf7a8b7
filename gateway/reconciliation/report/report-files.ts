import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cell } from '../../statements/csv';
import type { ShownBreak } from '../matching/break-items';
import type { MatchText } from '../matching/match-items';
import type { Mismatch, RefusedItem } from '../matching/result';
import type { ReportSink } from './write-report';

const PART = 262_144;

/** Text gathered into large parts on its way to a file, each encoded into one and the same buffer. */
class TextFile {
  readonly #file: number;
  #bytes = Buffer.allocUnsafeSlow(PART * 4);
  #text = '';

  constructor(path: string) {
    this.#file = openSync(path, 'w', 0o600);
  }

  write(text: string): void {
    this.#text += text;
    if (this.#text.length > PART) this.#pass();
  }

  end(): void {
    this.#pass();
    closeSync(this.#file);
  }

  #pass(): void {
    if (this.#text.length * 3 > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(this.#text.length * 3);
    const used = this.#bytes.write(this.#text, 0, 'utf8');
    for (let at = 0; at < used;) at += writeSync(this.#file, this.#bytes, at, used - at);
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

  /** Ends both files; all is in them then. */
  end(): void {
    for (const file of [this.#matches, this.#breaks]) file.end();
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
