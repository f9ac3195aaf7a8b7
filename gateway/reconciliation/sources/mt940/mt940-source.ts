import { isDate } from '../../../../chaincode/domain/business-date';
import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../../book-entry';
import { minorOf } from '../amount-text';
import { RawLines } from '../raw-lines';
import { SourceError } from '../source-error';
import { narrativeOf, referenceOf } from './narrative';

const TAG = /^:(\d{2}[A-Z]?):(.*)$/s;
const BALANCE = /^([CD])(\d{6})([A-Z]{3})(\d{1,15}(?:,\d{0,3})?)\s*$/;
/** Value date, entry date, mark, funds code, amount, type, references. @see SWIFT MT940, field 61 */
const STATEMENT_LINE =
  /^(\d{6})(\d{4})?\s?(RC|RD|EC|ED|C|D)([A-Z])?\s?(\d{1,15}(?:,\d{0,3})?)\s?(?:([NFS][A-Z0-9]{3})([^\r\n]*))?$/;
const BATCH = 512;
/** Lines of one field. */
const MAX_FIELD_LINES = 200;
const KNOWN = new Set(['20', '21', '25', '25P', '28', '28C', '60F', '60M', '61', '62F', '62M', '64', '65', '86']);
const INTERIM = new Set(['34F', '13', '13D', '90D', '90C']);

interface Field {
  readonly tag: string;
  readonly line: number;
  readonly lines: string[];
}

/**
 * MT940 and MT942 in the dialects of many banks: pages, envelopes and encodings as they come, a field of no known form
 * refused by its line and tag, and the balances checked against the entries.
 */
export class Mt940Source implements EntrySource {
  readonly #lines: RawLines;
  readonly #profile: string | undefined;
  readonly #balances: StatedBalance[] = [];
  #entries: BookEntry[] = [];
  #refused: RefusedLine[] = [];
  #isInterim = false;
  #hasField = false;
  #currency: string | undefined;
  #account: string | null = null;
  /** Opening balance and the sum of what came after it; undefined when nothing can be checked. */
  #running: bigint | undefined;
  /** The entry whose field 86 may still come. */
  #pending: { entry: BookEntry; details: string | null } | undefined;
  #isAfterClosing = false;

  constructor(path: string, options: { readonly profile?: string | undefined } = {}) {
    this.#lines = new RawLines(path);
    this.#profile = options.profile;
  }

  get format(): string {
    return this.#isInterim ? 'mt942' : 'mt940';
  }

  digest(): string {
    return this.#lines.digest();
  }

  balances(): readonly StatedBalance[] {
    return this.#balances;
  }

  /** @throws SourceError SOURCE_UNREADABLE, SOURCE_ENCODING, SOURCE_LINE_TOO_LONG, SOURCE_FORMAT_UNKNOWN. */
  async *batches(): AsyncIterable<SourceBatch> {
    let field: Field | undefined;
    for await (const { line, text } of this.#lines) {
      const [, tag, rest] = TAG.exec(text) ?? [];
      const isEnd = /^-\}?$/.test(text.trim()) || /^\{\d:/.test(text);
      if (tag !== undefined || isEnd) {
        if (field !== undefined) this.#field(field);
        field = tag === undefined ? undefined : { tag, line, lines: [rest ?? ''] };
        if (isEnd) this.#flush();
      } else if (field !== undefined) {
        if (field.lines.push(text) > MAX_FIELD_LINES) throw new SourceError('SOURCE_LINE_TOO_LONG', String(line));
      }
      if (this.#entries.length + this.#refused.length >= BATCH) yield this.#take();
    }
    if (field !== undefined) this.#field(field);
    this.#flush();
    if (!this.#hasField) throw new SourceError('SOURCE_FORMAT_UNKNOWN', '');
    yield this.#take();
  }

  #take(): SourceBatch {
    const batch = { entries: this.#entries, refused: this.#refused };
    [this.#entries, this.#refused] = [[], []];
    return batch;
  }

  #refuse({ tag, line }: Pick<Field, 'tag' | 'line'>, code: string): void {
    this.#refused.push({ line, field: `:${tag}:`, code });
  }

  #field(field: Field): void {
    const { tag } = field;
    if (tag !== '86') this.#flush();
    if (INTERIM.has(tag)) this.#isInterim = true;
    else if (!KNOWN.has(tag)) return this.#refuse(field, 'MT940_TAG_UNKNOWN');
    this.#hasField = true;
    const value = (field.lines[0] ?? '').trimEnd();
    switch (tag) {
      case '20':
        this.#begin();
        break;
      case '25':
      case '25P':
        this.#named(field, value);
        break;
      case '34F':
        this.#currency = /^([A-Z]{3})/.exec(value)?.[1] ?? this.#currency;
        break;
      case '60F':
      case '60M':
        this.#opening(field, value);
        break;
      case '61':
        this.#statementLine(field, value);
        break;
      case '62F':
      case '62M':
        this.#closing(field, value);
        break;
      case '86':
        this.#narrative(field);
    }
  }

  #begin(): void {
    this.#account = null;
    this.#currency = undefined;
    this.#running = undefined;
    this.#isAfterClosing = false;
  }

  /** An account in the middle of entries is none: a line was damaged. */
  #named(field: Field, value: string): void {
    if (this.#account === null) this.#account = value.trim();
    else this.#refuse(field, 'MT940_TAG_UNEXPECTED');
  }

  #opening(field: Field, value: string): void {
    const balance = this.#balance(field, value);
    if (balance === undefined) return;
    this.#currency = balance.currency;
    this.#running = balance.amountMinor;
    this.#balances.push({ kind: field.tag === '60F' ? 'opening' : 'interimOpening', ...balance });
  }

  #closing(field: Field, value: string): void {
    const balance = this.#balance(field, value);
    this.#isAfterClosing = true;
    if (balance === undefined) return;
    this.#balances.push({ kind: field.tag === '62F' ? 'closing' : 'interimClosing', ...balance });
    const isOff = this.#running !== undefined && this.#running !== balance.amountMinor;
    if (isOff) this.#refuse(field, 'BALANCE_NOT_ADDING_UP');
    this.#running = undefined;
  }

  #balance(field: Field, value: string): Omit<StatedBalance, 'kind'> | undefined {
    const [, mark, date = '', currency = '', amount = ''] = BALANCE.exec(value) ?? [];
    if (mark === undefined) return void this.#refuse(field, 'ENTRY_FIELD_INVALID');
    const amountMinor = minorOf(amount, currency, ',');
    if (typeof amountMinor === 'string') {
      this.#currency = currency;
      return void this.#refuse(field, amountMinor);
    }
    const day = dateOf(date);
    if (day === undefined) return void this.#refuse(field, 'ENTRY_DATE_INVALID');
    return { currency, amountMinor: mark === 'D' ? -amountMinor : amountMinor, date: day };
  }

  #statementLine(field: Field, value: string): void {
    const match = STATEMENT_LINE.exec(value);
    if (match === null) return this.#broken(field, 'ENTRY_FIELD_INVALID');
    const [, valued = '', booked, mark = '', , amount = '', , references = ''] = match;
    const valueDate = dateOf(valued);
    const bookingDate = booked === undefined ? valueDate : entryDate(booked, valueDate);
    if (valueDate === undefined || bookingDate === undefined) return this.#broken(field, 'ENTRY_DATE_INVALID');
    const currency = this.#currency ?? '';
    const amountMinor = minorOf(amount, currency, ',');
    if (typeof amountMinor === 'string') return this.#broken(field, amountMinor);
    const isCredit = mark === 'C' || mark === 'RD' || mark === 'EC';
    const [own, bank] = references.split('//');
    const entry: BookEntry = {
      line: field.line,
      entryRef: referenceOf(bank),
      uetr: null,
      endToEndId: null,
      references: [...new Set([own, bank].flatMap((one) => referenceOf(one) ?? []))],
      remittance: [],
      currency,
      amountMinor,
      direction: isCredit ? 'credit' : 'debit',
      status: mark.startsWith('E') ? 'pending' : 'booked',
      isReversal: mark.startsWith('R'),
      bookingDate,
      valueDate,
      party: null,
      text: '',
    };
    this.#hold(entry, field);
  }

  /** Adds a posting to the running balance, and waits for its field 86. */
  #hold(entry: BookEntry, { lines }: Field): void {
    const { status, direction, amountMinor } = entry;
    if (this.#running !== undefined && status === 'booked') {
      this.#running += direction === 'credit' ? amountMinor : -amountMinor;
    }
    const details = lines.slice(1).join(' ').trim();
    this.#pending = { entry, details: details === '' ? null : details };
  }

  /** What is not taken cannot be added up either. */
  #broken(field: Field, code: string): void {
    this.#running = undefined;
    this.#refuse(field, code);
  }

  #narrative({ lines }: Field): void {
    if (this.#pending === undefined || this.#isAfterClosing) return; // about the account, not about an entry
    const { entry, details } = this.#pending;
    const { endToEndId, references, party, isReturn, text } = narrativeOf(lines, this.#profile);
    this.#pending = {
      entry: {
        ...entry,
        endToEndId,
        party,
        isReversal: entry.isReversal || isReturn,
        references: [...new Set([...entry.references, ...references])],
        text: [details, text]
          .filter((one) => one !== null && one !== '')
          .join(' ')
          .slice(0, 2_000),
      },
      details: null,
    };
  }

  #flush(): void {
    if (this.#pending === undefined) return;
    const { entry, details } = this.#pending;
    this.#entries.push(details === null ? entry : { ...entry, text: details.slice(0, 2_000) });
    this.#pending = undefined;
  }
}

/** yymmdd; years from 80 on are of the last century. */
function dateOf(text: string): string | undefined {
  const century = Number(text.slice(0, 2)) >= 80 ? '19' : '20';
  const date = `${century}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  return isDate(date) ? date : undefined;
}

/** mmdd in the year that lies next to the value date. */
function entryDate(text: string, valueDate: string | undefined): string | undefined {
  if (valueDate === undefined) return undefined;
  const year = Number(valueDate.slice(0, 4));
  const distance = Number(text.slice(0, 2)) - Number(valueDate.slice(5, 7));
  const own = distance > 6 ? year - 1 : distance < -6 ? year + 1 : year;
  const date = `${own}-${text.slice(0, 2)}-${text.slice(2, 4)}`;
  return isDate(date) ? date : undefined;
}
