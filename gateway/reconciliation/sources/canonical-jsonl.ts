import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../book-entry';
import { CANONICAL_FIELDS, canonicalEntry, sort } from './canonical-entry';
import { TextLines } from './text-lines';

const NONE: readonly never[] = [];
const FIELDS: ReadonlySet<string> = new Set([...CANONICAL_FIELDS, 'references', 'remittance']);

/** The canonical JSON lines: one object a line with the fields of `BookEntry`; amounts are decimal texts. */
export class CanonicalJsonLines implements EntrySource {
  readonly format = 'canonical-jsonl';
  readonly #lines: TextLines;

  constructor(path: string) {
    this.#lines = new TextLines(path);
  }

  digest(): string {
    return this.#lines.digest();
  }

  balances(): readonly StatedBalance[] {
    return [];
  }

  /** @throws SourceError SOURCE_UNREADABLE, SOURCE_ENCODING, SOURCE_LINE_TOO_LONG. */
  async *batches(): AsyncIterable<SourceBatch> {
    let line = 0;
    for await (const lines of this.#lines.parts()) {
      const entries: BookEntry[] = [];
      const refused: RefusedLine[] = [];
      for (const text of lines) {
        line++;
        if (text !== '' && text !== '\r') sort(entryOf(text, line), entries, refused);
      }
      yield { entries, refused };
    }
  }
}

function entryOf(text: string, line: number): BookEntry | RefusedLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { line, field: '', code: 'LINE_NOT_JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, field: '', code: 'LINE_NOT_JSON' };
  return read(value as Readonly<Record<string, unknown>>, line);
}

/** Fields are asked for by name, in the same order every time: objects of one form are read fastest so. */
function read(object: Readonly<Record<string, unknown>>, line: number): BookEntry | RefusedLine {
  const names = Object.keys(object);
  for (const name of names) if (!FIELDS.has(name)) return { line, field: '', code: 'ENTRY_FIELD_UNKNOWN' };
  let wrong: string | undefined;
  const text = (name: string, value: unknown): string | null => {
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value;
    wrong ??= name;
    return null;
  };
  const { isReversal, references, remittance } = object;
  const raw = {
    entryRef: text('entryRef', object['entryRef']),
    uetr: text('uetr', object['uetr']),
    endToEndId: text('endToEndId', object['endToEndId']),
    currency: text('currency', object['currency']),
    amountMinor: text('amountMinor', object['amountMinor']),
    direction: text('direction', object['direction']),
    status: text('status', object['status']),
    isReversal: text('isReversal', typeof isReversal === 'boolean' ? String(isReversal) : isReversal),
    bookingDate: text('bookingDate', object['bookingDate']),
    valueDate: text('valueDate', object['valueDate']),
    party: text('party', object['party']),
    text: text('text', object['text']),
    references: listOf(references, (item) => (typeof item === 'string' ? item : undefined)),
    remittance: listOf(remittance, document),
  };
  if (wrong !== undefined) return { line, field: wrong, code: 'ENTRY_FIELD_INVALID' };
  if (raw.references === undefined) return { line, field: 'references', code: 'ENTRY_FIELD_INVALID' };
  if (raw.remittance === undefined) return { line, field: 'remittance', code: 'ENTRY_FIELD_INVALID' };
  const distinct = raw.references.length < 2 ? raw.references : [...new Set(raw.references)];
  return canonicalEntry({ ...raw, references: distinct, remittance: raw.remittance }, line);
}

/** A list whose members all are what they should be; an absent one is empty. */
function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (value === undefined || value === null) return NONE;
  if (!Array.isArray(value)) return undefined;
  const list: T[] = [];
  for (const item of value) {
    const found = read(item);
    if (found === undefined) return undefined;
    list.push(found);
  }
  return list;
}

function document(item: unknown): [string, string | null] | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { reference, amountMinor, ...rest } = item as Record<string, unknown>;
  const amount = amountMinor ?? null;
  const isDocument = typeof reference === 'string' && (amount === null || typeof amount === 'string');
  return isDocument && Object.keys(rest).length === 0 ? [reference, amount] : undefined;
}
