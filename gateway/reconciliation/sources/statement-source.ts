import { isJsonObject, type JsonObject } from '../../../chaincode/domain/json';
import { parseEntry } from '../../../chaincode/domain/operations/reconciliation/entries';
import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../book-entry';
import { RawLines } from './raw-lines';
import { SourceError } from './source-error';

const BATCH = 512;

interface Header {
  readonly date: string;
  /** Segment id → MSP id of who owes its entries. */
  readonly debtors: ReadonlyMap<string, string>;
  readonly pair: readonly string[];
}

/**
 * A statement of this network (`concordat.statement.v1`, JSON lines) as the books of one of its two members: what the
 * member owes is a debit.
 */
export class StatementSource implements EntrySource {
  readonly format = 'concordat.statement.v1';
  readonly #lines: RawLines;
  readonly #member: string | undefined;

  constructor(path: string, member: string | undefined) {
    this.#lines = new RawLines(path);
    this.#member = member;
  }

  digest(): string {
    return this.#lines.digest();
  }

  balances(): readonly StatedBalance[] {
    return [];
  }

  /** @throws SourceError SOURCE_FORMAT_UNKNOWN, SOURCE_MEMBER_UNKNOWN and those of `RawLines`. */
  async *batches(): AsyncIterable<SourceBatch> {
    let header: Header | undefined;
    let entries: BookEntry[] = [];
    let refused: RefusedLine[] = [];
    for await (const { line, text } of this.#lines) {
      const value = parsed(text);
      if (header === undefined) {
        header = headerOf(value);
        if (this.#member === undefined || !header.pair.includes(this.#member)) {
          throw new SourceError('SOURCE_MEMBER_UNKNOWN', header.pair.join(', ').slice(0, 200));
        }
        continue;
      }
      if (value?.['kind'] === 'trailer') continue;
      const entry = value === undefined ? undefined : this.#entry(value, header, line);
      if (entry === undefined) refused.push({ line, field: '', code: 'LINE_NOT_JSON' });
      else entries.push(entry);
      if (entries.length < BATCH) continue;
      yield { entries, refused };
      [entries, refused] = [[], []];
    }
    if (header === undefined) throw new SourceError('SOURCE_FORMAT_UNKNOWN', '');
    yield { entries, refused };
  }

  #entry({ segment, entry: json }: JsonObject, { date, debtors }: Header, line: number): BookEntry | undefined {
    try {
      const debtor = debtors.get(String(segment));
      const entry = parseEntry(json ?? null, String(line));
      if (debtor === undefined) return undefined;
      const { endToEndId, uetr, orderRef, invoiceRef, currency, valueDate, type } = entry;
      return {
        line,
        entryRef: null,
        uetr,
        endToEndId,
        references: orderRef === null ? [] : [orderRef],
        remittance: invoiceRef === null ? [] : [{ reference: invoiceRef, amountMinor: null }],
        currency,
        amountMinor: BigInt(entry.amountMinor),
        direction: debtor === this.#member ? 'debit' : 'credit',
        status: 'booked',
        isReversal: type === 'reversal',
        bookingDate: date,
        valueDate,
        party: null,
        text: type,
      };
    } catch {
      return undefined;
    }
  }
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as JsonObject;
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function headerOf(value: JsonObject | undefined): Header {
  const statement = value?.['statement'];
  if (value?.['format'] !== 'concordat.statement.v1' || !isJsonObject(statement)) {
    throw new SourceError('SOURCE_FORMAT_UNKNOWN', '1');
  }
  const { date, pair, segments } = statement;
  if (typeof date !== 'string' || !Array.isArray(pair) || !Array.isArray(segments)) {
    throw new SourceError('SOURCE_FORMAT_UNKNOWN', '1');
  }
  const debtors = (segments as readonly JsonObject[]).map(({ id, debtor }) => [String(id), String(debtor)] as const);
  return { date, pair: pair as readonly string[], debtors: new Map(debtors) };
}
