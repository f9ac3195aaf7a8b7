import type { BookEntry, EntrySource, RefusedLine, StatedBalance } from '../book-entry';
import type { RuleSet } from '../rules/rule-set';
import { BlockWriter } from './block-writer';
import { Columns, currencyNumber, DEBIT, NO_AMOUNT, PENDING, REJECTED, REVERSAL } from './columns';
import { EntryCheck } from './entry-check';
import { KeyedHash } from './keyed-hash';
import { Normaliser } from './normalise';
import { encodeEntry, type WorkTable } from './work-tables';

/** Rows written to the work table at once. */
const ROWS_AT_ONCE = 256;

/** What one run may take; above it the file is refused as a whole. */
export interface LoadLimits {
  readonly maxEntries: number;
  readonly maxRefusedLines: number;
}
export const LOAD_LIMITS: LoadLimits = { maxEntries: 5_000_000, maxRefusedLines: 10_000 };

/** A file that holds more than a run may take. */
export class LimitExceeded extends Error {
  override readonly name = 'LimitExceeded';
  constructor(
    readonly code: 'ENTRIES_TOO_MANY' | 'REFUSED_LINES_TOO_MANY',
    readonly limit: number,
  ) {
    super(`${code}: the limit is ${limit}`);
  }
}

/** One side, read to its end. */
export interface LoadedSide {
  readonly columns: Columns;
  readonly format: string;
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string;
  readonly refused: readonly RefusedLine[];
  readonly balances: readonly StatedBalance[];
  /** yyyy-mm-dd of the latest booking or value date; null without entries. */
  readonly latestDate: string | null;
}

export interface LoadOptions {
  readonly rules: Pick<RuleSet, 'normalise' | 'date'>;
  /** 8 bytes, the same for both sides of one run. */
  readonly hashKey: Uint8Array;
  readonly limits: LoadLimits;
  /** How many entries the file may hold, to make room once; 0 when nothing tells. */
  readonly expectedEntries: number;
  readonly onProgress?: (entries: number) => void;
}

/**
 * Reads a source to its end into columns, and into a work table for what people want to see later.
 *
 * @throws SourceError from the source, LimitExceeded, StorageError from the work table.
 */
export async function loadSide(source: EntrySource, table: WorkTable, options: LoadOptions): Promise<LoadedSide> {
  const side = new SideLoader(options);
  side.columns.expect(Math.min(options.expectedEntries, options.limits.maxEntries));
  for await (const { entries, refused } of source.batches()) {
    for (const line of refused) side.refuse(line);
    for (const entry of entries) side.add(entry);
    if (side.blocks.rowCount >= ROWS_AT_ONCE) await passRows(side.blocks, table);
    options.onProgress?.(side.columns.count);
  }
  side.blocks.endRow();
  await passRows(side.blocks, table);
  return {
    columns: side.columns,
    format: source.format,
    digest: source.digest(),
    refused: side.refused,
    balances: source.balances(),
    latestDate: side.latestDate,
  };
}

async function passRows(blocks: BlockWriter, table: WorkTable): Promise<void> {
  await table.append(blocks.rows());
  blocks.clear();
}

class SideLoader {
  readonly columns = new Columns();
  readonly blocks = new BlockWriter();
  readonly refused: RefusedLine[] = [];
  latestDate: string | null = null;
  readonly #limits: LoadLimits;
  readonly #check = new EntryCheck();
  readonly #normaliser: Normaliser;
  readonly #hash: KeyedHash;
  readonly #date: RuleSet['date'];

  constructor({ rules, hashKey, limits }: LoadOptions) {
    this.#limits = limits;
    this.#normaliser = new Normaliser(rules.normalise);
    this.#date = rules.date;
    this.#hash = new KeyedHash(hashKey);
  }

  refuse(line: RefusedLine): void {
    if (this.refused.length >= this.#limits.maxRefusedLines) {
      throw new LimitExceeded('REFUSED_LINES_TOO_MANY', this.#limits.maxRefusedLines);
    }
    this.refused.push(line);
  }

  add(entry: BookEntry): void {
    const refusal = this.#check.refusal(entry);
    if (refusal !== null) {
      this.refuse({ line: entry.line, ...refusal });
      return;
    }
    const { columns } = this;
    const at = columns.count;
    if (at >= this.#limits.maxEntries) throw new LimitExceeded('ENTRIES_TOO_MANY', this.#limits.maxEntries);
    columns.reserve(entry.references.length, entry.remittance.length);
    columns.line[at] = entry.line;
    columns.amount[at] = entry.amountMinor;
    columns.day[at] = this.#check.day(entry[this.#date]) as number;
    columns.currency[at] = currencyNumber(entry.currency);
    columns.flags[at] = flagsOf(entry);
    this.#key(columns.uetr, at, this.#normaliser.uetr(entry.uetr));
    this.#key(columns.endToEnd, at, this.#normaliser.reference(entry.endToEndId));
    this.#key(columns.party, at, this.#normaliser.party(entry.party));
    this.#references(entry, at);
    this.#remittance(entry, at);
    columns.count = at + 1;
    const latest = entry.bookingDate > entry.valueDate ? entry.bookingDate : entry.valueDate;
    if (this.latestDate === null || latest > this.latestDate) this.latestDate = latest;
    columns.content[at] = this.blocks.add(encodeEntry(entry));
  }

  #references(entry: BookEntry, at: number): void {
    const { columns } = this;
    let end = columns.referencesStart(at);
    for (const reference of entry.references) {
      const normal = this.#normaliser.reference(reference);
      if (normal !== null) this.#key(columns.references, end++, normal);
    }
    columns.referencesEnd[at] = end;
  }

  #remittance(entry: BookEntry, at: number): void {
    const { columns } = this;
    let end = columns.remittanceStart(at);
    for (const { reference, amountMinor } of entry.remittance) {
      const normal = this.#normaliser.reference(reference);
      if (normal === null) continue;
      columns.remittedAmount[end] = amountMinor ?? NO_AMOUNT;
      this.#key(columns.remittedReference, end++, normal);
    }
    columns.remittanceEnd[at] = end;
  }

  #key(column: Uint32Array, at: number, text: string | null): void {
    if (text === null) return;
    this.#hash.of(text);
    column[at * 2] = this.#hash.low;
    column[at * 2 + 1] = this.#hash.high;
  }
}

function flagsOf({ direction, status, isReversal }: BookEntry): number {
  return (
    (direction === 'debit' ? DEBIT : 0) |
    (status === 'pending' ? PENDING : status === 'rejected' ? REJECTED : 0) |
    (isReversal ? REVERSAL : 0)
  );
}
