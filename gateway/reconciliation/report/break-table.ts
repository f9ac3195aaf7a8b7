import { toDecimal } from '../../../chaincode/domain/money';
import type { BookEntry } from '../book-entry';
import { BREAK_CODES } from '../matching/break-codes';
import type { ShownBreak } from '../matching/break-items';
import { ENTRY_CODES, type EntryCode } from '../entry-codes';
import type { RefusedItem } from '../matching/result';
import type { ReportSummary } from './report-summary';
import type { ReportSink } from './write-report';

export type Language = 'en' | 'zh';

const WORDS = {
  en: {
    heading: [
      'code',
      'ours',
      'theirs',
      'ccy',
      'our amount',
      'their amount',
      'difference',
      'date',
      'reference',
      'meaning',
    ],
    more: (count: number) => `… and ${count} more; --out writes them all`,
    matches: 'matches',
    breaks: 'breaks',
    waiting: 'not breaks yet (pending, timing)',
    refused: 'lines refused',
    bounds: 'searches ended by a bound',
    root: 'result root',
    rules: 'rules',
    asOf: 'as of',
  },
  zh: {
    heading: ['代码', '我方行', '对方行', '币种', '我方金额', '对方金额', '差额', '日期', '参考号', '含义'],
    more: (count: number) => `…… 另有 ${count} 项；用 --out 输出全部`,
    matches: '匹配',
    breaks: '差异',
    waiting: '暂不计为差异（在途、日切）',
    refused: '无效行',
    bounds: '因界限终止的搜索',
    root: '结果根',
    rules: '规则集',
    asOf: '截至',
  },
} as const;

/** The first breaks of a report as a table for a terminal. */
export class BreakTable implements ReportSink {
  readonly #language: Language;
  readonly #limit: number;
  readonly #rows: string[][] = [];
  #count = 0;

  constructor(language: Language, limit: number) {
    this.#language = language;
    this.#limit = limit;
  }

  break({ item, ours, theirs }: ShownBreak): void {
    if (++this.#count > this.#limit) return;
    const row = BREAK_CODES[item.code];
    const currencies = [ours[0]?.currency, theirs[0]?.currency].filter((currency) => currency !== undefined);
    const difference = new Set(currencies).size === 1 ? toDecimal(-BigInt(item.residualMinor), item.currency) : '';
    this.#rows.push([
      item.code,
      item.ours.join(','),
      item.theirs.join(','),
      item.currency,
      sumOf(ours, item.oursMinor),
      sumOf(theirs, item.theirsMinor),
      difference,
      ...placeOf(ours[0] ?? theirs[0]),
      this.#language === 'zh' ? row.zh : row.text,
    ]);
  }

  refused({ code, side, line, field, reason }: RefusedItem): void {
    if (++this.#count > this.#limit) return;
    const row = reason in ENTRY_CODES ? ENTRY_CODES[reason as EntryCode] : undefined;
    const meaning = row === undefined ? reason : this.#language === 'zh' ? row.zh : row.text;
    const [ours, theirs] = side === 'ours' ? [String(line), ''] : ['', String(line)];
    this.#rows.push([code, ours, theirs, '', '', '', '', '', field, meaning]);
  }

  /** The table's lines; empty without breaks. */
  lines(): string[] {
    if (this.#rows.length === 0) return [];
    const words = WORDS[this.#language];
    const table = [[...words.heading], ...this.#rows].map((row) => row.map(oneLine));
    const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => width(row[column] as string)))) ?? [];
    const lines = table.map((row) =>
      row
        .map((text, at) => padded(text, widths[at] as number, at))
        .join('  ')
        .trimEnd(),
    );
    if (this.#count > this.#limit) lines.push(words.more(this.#count - this.#limit));
    return lines;
  }
}

function sumOf([first]: readonly BookEntry[], minor: string): string {
  return first === undefined ? '' : toDecimal(BigInt(minor), first.currency);
}

/** Date and the reference that people would search for. */
function placeOf(entry: BookEntry | undefined): [string, string] {
  if (entry === undefined) return ['', ''];
  const { valueDate, endToEndId, uetr, references, entryRef } = entry;
  return [valueDate, endToEndId ?? uetr ?? references[0] ?? entryRef ?? ''];
}

/** What a report comes to, in a few lines. */
export function summaryLines(summary: ReportSummary, language: Language): string[] {
  const words = WORDS[language];
  const { itemsByCode, rules, matchesByRule } = summary;
  const counts = (table: Readonly<Record<string, number | undefined>>): string =>
    Object.entries(table)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => `${name} ${count}`)
      .join(', ');
  const all = Object.values(itemsByCode).reduce((sum, count) => sum + count, 0);
  const refused = itemsByCode.DATA_INVALID ?? 0;
  const lines = [
    `${words.rules}: ${rules.id} ${rules.version} (${rules.digest.slice(0, 16)}…), ${words.asOf} ${summary.asOf}`,
    `${words.matches}: ${summary.matches}${summary.matches === 0 ? '' : ` (${counts(matchesByRule)})`}`,
    `${words.breaks}: ${summary.breaks}${all === 0 ? '' : ` (${counts(itemsByCode)})`}`,
    `${words.waiting}: ${all - refused - summary.breaks}`,
  ];
  if (refused > 0) lines.push(`${words.refused}: ${refused}`);
  if (summary.bounds.total > 0) {
    lines.push(`${words.bounds}: ${summary.bounds.total}`);
    for (const { pass, bound, limit, size, ours, theirs } of summary.bounds.hits.slice(0, 5)) {
      lines.push(`  ${pass} ${bound} ${limit}: ${size} (${ours.join(',')} | ${theirs.join(',')})`);
    }
  }
  lines.push(`${words.root}: ${summary.root}`);
  return lines;
}

/** Control characters of a file never reach the terminal; long texts are cut. */
function oneLine(text: string): string {
  const safe = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '?');
  return safe.length > 44 ? `${safe.slice(0, 43)}…` : safe;
}

/** Columns a text takes: wide characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) as number) >= 0x2e80 ? 2 : 1;
  return columns;
}

const AMOUNTS: readonly number[] = [4, 5, 6];

function padded(text: string, columns: number, at: number): string {
  const room = ' '.repeat(Math.max(0, columns - width(text)));
  return AMOUNTS.includes(at) ? room + text : text + room;
}
