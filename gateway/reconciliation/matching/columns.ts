/** What an entry is, in one byte. */
export const DEBIT = 1,
  PENDING = 2,
  REJECTED = 4,
  REVERSAL = 8;

/** A null amount of a remitted document. */
export const NO_AMOUNT = -1n;

/**
 * One side's entries as matching reads them: about 60 bytes an entry, whatever its texts are.
 *
 * Keys, references and parties are 64-bit keyed hashes of the normalised texts (two halves; both zero for none), so
 * equality is all that can be asked of them; the texts stand in the work tables.
 */
export class Columns {
  count = 0;
  line = new Uint32Array(0);
  amount = new BigInt64Array(0);
  /** Days since 1970-01-01. */
  day = new Int32Array(0);
  /** Three letters to the base 32. */
  currency = new Uint16Array(0);
  flags = new Uint8Array(0);
  /** CRC-32 of the entry's content without its place: gives equal keys an order that rows' order does not change. */
  content = new Uint32Array(0);
  uetr = new Uint32Array(0);
  endToEnd = new Uint32Array(0);
  party = new Uint32Array(0);
  /** Entry → where its references end in `references`; the entry before tells where they begin. */
  referencesEnd = new Uint32Array(0);
  remittanceEnd = new Uint32Array(0);
  references = new Uint32Array(0);
  remittedReference = new Uint32Array(0);
  remittedAmount = new BigInt64Array(0);

  referencesStart(entry: number): number {
    return entry === 0 ? 0 : (this.referencesEnd[entry - 1] as number);
  }

  remittanceStart(entry: number): number {
    return entry === 0 ? 0 : (this.remittanceEnd[entry - 1] as number);
  }

  /** Makes room for one more entry with this many references and documents; untouched room takes no memory. */
  reserve(references: number, documents: number): void {
    const { count } = this;
    if (count >= this.line.length) this.#growEntries(Math.max(1_024, count * 2));
    const refs = this.referencesStart(count) + references;
    if (refs * 2 > this.references.length) this.references = grown(this.references, Math.max(2_048, refs * 4));
    const docs = this.remittanceStart(count) + documents;
    if (docs > this.remittedAmount.length) {
      const size = Math.max(256, docs * 2);
      this.remittedReference = grown(this.remittedReference, size * 2);
      this.remittedAmount = grown(this.remittedAmount, size);
    }
  }

  /** Room for this many entries at once, when the file's size tells how many there may be. */
  expect(entries: number): void {
    if (entries <= this.line.length) return;
    this.#growEntries(entries);
    this.references = grown(this.references, entries * 2);
  }

  #growEntries(size: number): void {
    this.line = grown(this.line, size);
    this.amount = grown(this.amount, size);
    this.day = grown(this.day, size);
    this.currency = grown(this.currency, size);
    this.flags = grown(this.flags, size);
    this.content = grown(this.content, size);
    this.uetr = grown(this.uetr, size * 2);
    this.endToEnd = grown(this.endToEnd, size * 2);
    this.party = grown(this.party, size * 2);
    this.referencesEnd = grown(this.referencesEnd, size);
    this.remittanceEnd = grown(this.remittanceEnd, size);
  }
}

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | BigInt64Array;

function grown<T extends Column>(column: T, size: number): T {
  const larger = new (column.constructor as new (size: number) => T)(size);
  larger.set(column as never);
  return larger;
}

/** The columns as one thread hands them to another, without a copy. */
export interface MovedColumns {
  readonly count: number;
  readonly arrays: Readonly<Record<string, Column>>;
}

const ARRAYS = [
  'line',
  'amount',
  'day',
  'currency',
  'flags',
  'content',
  'uetr',
  'endToEnd',
  'party',
  'referencesEnd',
  'remittanceEnd',
  'references',
  'remittedReference',
  'remittedAmount',
] as const satisfies readonly (keyof Columns)[];

/** The columns and their buffers, for a message's transfer list. */
export function moveColumns(columns: Columns): { readonly moved: MovedColumns; readonly transfer: ArrayBuffer[] } {
  const arrays = Object.fromEntries(ARRAYS.map((name) => [name, columns[name]]));
  return {
    moved: { count: columns.count, arrays },
    transfer: ARRAYS.map((name) => columns[name].buffer as ArrayBuffer),
  };
}

/** Columns that another thread has handed over. */
export function receiveColumns({ count, arrays }: MovedColumns): Columns {
  return Object.assign(new Columns(), arrays, { count });
}

/** A currency's three letters as a number; equal for equal letters only. */
export function currencyNumber(currency: string): number {
  return ((currency.charCodeAt(0) - 64) << 10) | ((currency.charCodeAt(1) - 64) << 5) | (currency.charCodeAt(2) - 64);
}

/** The letters of `currencyNumber`. */
export function currencyLetters(number: number): string {
  return String.fromCharCode((number >> 10) + 64, ((number >> 5) & 31) + 64, (number & 31) + 64);
}

/** Days since 1970-01-01 of a day of the calendar. */
export function dayNumber(date: string): number {
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / 86_400_000;
}

/** yyyy-mm-dd of `dayNumber`. */
export function dayText(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}
