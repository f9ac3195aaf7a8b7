import { isDate } from '../../../../chaincode/domain/business-date';
import type { BookEntry, RefusedLine } from '../../book-entry';
import { minorOf } from '../amount-text';
import { SourceError } from '../source-error';

export const DATE_FORMATS = ['yyyy-mm-dd', 'dd.mm.yyyy', 'dd/mm/yyyy', 'mm/dd/yyyy', 'yyyymmdd', 'yyyy/mm/dd'] as const;

/** The fields of an entry that a column can hold; `amount` is signed, `debit` and `credit` are two columns. */
export const MAPPED_FIELDS = [
  'entryRef',
  'uetr',
  'endToEndId',
  'reference',
  'document',
  'currency',
  'amount',
  'debit',
  'credit',
  'direction',
  'status',
  'bookingDate',
  'valueDate',
  'party',
  'text',
] as const;
export type MappedField = (typeof MAPPED_FIELDS)[number];

/** How the columns of a member's own table are read. */
export interface TableMapping {
  /** Field → heading of its column. */
  readonly columns: Readonly<Partial<Record<MappedField, string>>>;
  readonly dateFormat: (typeof DATE_FORMATS)[number];
  readonly decimal: '.' | ',';
  /** ISO 4217 of every row, where no column says it. */
  readonly currency?: string;
  /** Texts in the column `direction` that mean a debit; everything else there is a credit. */
  readonly debitWords?: readonly string[];
  /** Whether the signs are the other side's. */
  readonly mirrored?: boolean;
}

/** What each member of a mapping may be. */
const MEMBERS: Readonly<Record<keyof TableMapping, (value: unknown) => boolean>> = {
  columns: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  dateFormat: (value) => value === undefined || (DATE_FORMATS as readonly unknown[]).includes(value),
  decimal: (value) => value === undefined || value === '.' || value === ',',
  currency: (value) => value === undefined || (typeof value === 'string' && /^[A-Z]{3}$/.test(value)),
  debitWords: (value) =>
    value === undefined || (Array.isArray(value) && value.every((word) => typeof word === 'string')),
  mirrored: (value) => value === undefined || typeof value === 'boolean',
};

/** @throws SourceError MAPPING_INVALID naming the member. */
export function parseMapping(value: unknown): TableMapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('');
  const members = value as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(members).find((name) => !Object.hasOwn(MEMBERS, name));
  if (unknown !== undefined) throw wrong(unknown);
  for (const [name, fits] of Object.entries(MEMBERS)) if (!fits(members[name])) throw wrong(name);
  const mapping: TableMapping = { dateFormat: 'yyyy-mm-dd', decimal: '.', ...(value as Pick<TableMapping, 'columns'>) };
  requireColumns(mapping);
  return mapping;
}

/** A row says at least how much, in what, and when. */
function requireColumns({ columns, currency }: TableMapping): void {
  for (const [field, heading] of Object.entries(columns)) {
    if (!(MAPPED_FIELDS as readonly string[]).includes(field) || typeof heading !== 'string') {
      throw wrong(`columns.${field}`);
    }
  }
  const has = (field: MappedField): boolean => columns[field] !== undefined;
  if (!has('amount') && !(has('debit') && has('credit'))) throw wrong('columns.amount');
  if (!has('bookingDate') && !has('valueDate')) throw wrong('columns.bookingDate');
  if (!has('currency') && currency === undefined) throw wrong('currency');
}

function wrong(place: string): SourceError {
  return new SourceError('MAPPING_INVALID', place);
}

/** Headings in several languages, normalised → field. */
const HEADINGS: Readonly<Record<MappedField, readonly string[]>> = {
  entryRef: ['transaction id', 'entry reference', 'booking reference', 'id', '流水号', '交易流水号', 'buchungsnummer'],
  uetr: ['uetr'],
  endToEndId: [
    'end to end id',
    'endtoendid',
    'end-to-end id',
    '端到端标识',
    'ende zu ende referenz',
    'end-to-end-referenz',
  ],
  reference: [
    'reference',
    'customer reference',
    'order number',
    'order',
    '参考号',
    '订单号',
    'referenz',
    'kundenreferenz',
  ],
  document: ['invoice', 'invoice number', 'document', '发票号', '单据号', 'rechnung', 'rechnungsnummer', 'beleg'],
  currency: ['currency', 'ccy', '币种', '货币', 'währung', 'waehrung'],
  amount: ['amount', 'amount signed', '金额', '交易金额', 'betrag', 'umsatz'],
  debit: ['debit', 'debit amount', 'withdrawal', '借方', '借方金额', '支出', 'soll', 'lastschrift'],
  credit: ['credit', 'credit amount', 'deposit', '贷方', '贷方金额', '收入', 'haben', 'gutschrift'],
  direction: ['debit/credit', 'dr/cr', 'd/c', 'direction', 'type', '借贷标志', '借贷方向', 'soll/haben', 's/h'],
  status: ['status', '状态'],
  bookingDate: [
    'booking date',
    'date',
    'posting date',
    'transaction date',
    '记账日期',
    '交易日期',
    '日期',
    'buchungstag',
    'buchungsdatum',
  ],
  valueDate: ['value date', '起息日', '起息日期', 'valuta', 'wertstellung', 'valutadatum'],
  party: [
    'counterparty',
    'account',
    'beneficiary',
    'name',
    '对方账号',
    '对方户名',
    'empfänger',
    'auftraggeber',
    'gegenkonto',
    'iban',
  ],
  text: ['description', 'text', 'remittance', 'narrative', '摘要', '附言', '用途', 'verwendungszweck', 'buchungstext'],
};

/** Proposes which column holds what, from the headings; people look at it before it is used. */
export function guessMapping(header: readonly string[]): Partial<Record<MappedField, string>> {
  const taken = new Set<string>();
  const columns: Partial<Record<MappedField, string>> = {};
  for (const field of MAPPED_FIELDS) {
    const found = HEADINGS[field]
      .map((known) => header.find((heading) => !taken.has(heading) && normalised(heading) === known))
      .find((heading) => heading !== undefined);
    if (found === undefined) continue;
    taken.add(found);
    columns[field] = found;
  }
  return columns;
}

function normalised(heading: string): string {
  return heading
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[_\s]+/g, ' ');
}

/** Where each mapped column stands in a header. @throws SourceError SOURCE_HEADER_INVALID naming the column. */
export function placesOf(mapping: TableMapping, header: readonly string[]): ReadonlyMap<MappedField, number> {
  return new Map(
    (Object.entries(mapping.columns) as [MappedField, string][]).map(([field, heading]) => {
      const places = header.flatMap((name, at) => (name.trim() === heading.trim() ? [at] : []));
      if (places.length !== 1) throw new SourceError('SOURCE_HEADER_INVALID', heading.slice(0, 100));
      return [field, places[0] as number];
    }),
  );
}

/** Reads one row as the mapping says; what is wrong is told by the column's own heading. */
export function mappedEntry(
  mapping: TableMapping,
  places: ReadonlyMap<MappedField, number>,
  cells: readonly string[],
  line: number,
): BookEntry | RefusedLine {
  const cell = (field: MappedField): string => cells[places.get(field) ?? -1]?.trim() ?? '';
  const optional = (field: MappedField): string | null => (cell(field) === '' ? null : cell(field));
  const refused = (field: MappedField, code: string): RefusedLine => ({
    line,
    field: mapping.columns[field] ?? field,
    code,
  });
  const currency = optional('currency') ?? mapping.currency ?? '';
  const amount = signedAmount(mapping, cell, currency);
  if ('code' in amount) return refused(amount.field, amount.code);
  const booked = dateOf(cell('bookingDate'), mapping.dateFormat);
  const valued = dateOf(cell('valueDate'), mapping.dateFormat);
  if (booked === undefined) return refused('bookingDate', 'ENTRY_DATE_INVALID');
  if (valued === undefined) return refused('valueDate', 'ENTRY_DATE_INVALID');
  const bookingDate = booked ?? valued;
  if (bookingDate === null) return refused('bookingDate', 'ENTRY_FIELD_MISSING');
  const isCredit = amount.isCredit !== (mapping.mirrored ?? false);
  const document = optional('document');
  return {
    line,
    entryRef: optional('entryRef'),
    uetr: optional('uetr')?.toLowerCase() ?? null,
    endToEndId: optional('endToEndId'),
    references: optional('reference') === null ? [] : [cell('reference')],
    remittance: document === null ? [] : [{ reference: document, amountMinor: null }],
    currency,
    amountMinor: amount.minor,
    direction: isCredit ? 'credit' : 'debit',
    status: /^(pending|vorgemerkt|未记账|在途)$/i.test(cell('status')) ? 'pending' : 'booked',
    isReversal: false,
    bookingDate,
    valueDate: valued ?? bookingDate,
    party: optional('party'),
    text: cell('text').slice(0, 2_000),
  };
}

type Amount =
  { readonly minor: bigint; readonly isCredit: boolean } | { readonly field: MappedField; readonly code: string };

function signedAmount(mapping: TableMapping, cell: (field: MappedField) => string, currency: string): Amount {
  const { columns, decimal, debitWords = ['D', 'DR', 'DEBIT', 'DBIT', 'S', 'SOLL', '借'] } = mapping;
  const read = (field: MappedField): bigint | string => minorOf(unsigned(cell(field)), currency, decimal);
  if (columns.amount !== undefined) {
    const minor = read('amount');
    if (typeof minor === 'string') return { field: 'amount', code: minor };
    const word = cell('direction').toUpperCase();
    const isNegative = isMinus(cell('amount'));
    if (columns.direction === undefined) return { minor, isCredit: !isNegative };
    if (word === '') return { field: 'direction', code: 'ENTRY_FIELD_MISSING' };
    const isDebit = debitWords.some((debit) => debit.toUpperCase() === word);
    return { minor, isCredit: isDebit === isNegative };
  }
  const sides = (['debit', 'credit'] as const).filter(
    (field) => cell(field) !== '' && !/^0*[.,]?0*$/.test(cell(field)),
  );
  const [side] = sides;
  if (side === undefined || sides.length > 1) return { field: 'debit', code: 'ENTRY_FIELD_INVALID' };
  const minor = read(side);
  if (typeof minor === 'string') return { field: side, code: minor };
  return { minor, isCredit: (side === 'credit') !== isMinus(cell(side)) };
}

/** A minus before or after, or accountants' brackets. */
function isMinus(text: string): boolean {
  return /^[-−(]|-$/.test(text.trim());
}

function unsigned(text: string): string {
  return text
    .trim()
    .replace(/^[-−+(]\s*/, '')
    .replace(/[-)]$/, '');
}

/** yyyy-mm-dd; null for an empty cell, undefined for what is no date of the format. */
function dateOf(text: string, format: TableMapping['dateFormat']): string | null | undefined {
  if (text === '') return null;
  const digits = format.replace(/[^a-z]/g, '');
  const match = new RegExp(
    `^${format.replace(/\./g, '\\.').replace(/[a-z]+/g, (part) => `(\\d{${part.length === 4 ? 4 : digits === format ? 2 : '1,2'}})`)}$`,
  ).exec(
    // A sheet's time of day says nothing about the day.
    text.replace(/[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?$/, ''),
  );
  if (format === 'yyyymmdd') {
    const plain = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
    return plain === null ? undefined : checked(plain[1], plain[2], plain[3]);
  }
  if (match === null) return undefined;
  const order = format.split(/[^a-z]/);
  const part = (name: string): string | undefined => match[order.indexOf(name) + 1]?.padStart(2, '0');
  return checked(part('yyyy'), part('mm'), part('dd'));
}

function checked(year = '', month = '', day = ''): string | undefined {
  const date = `${year}-${month}-${day}`;
  return isDate(date) ? date : undefined;
}
