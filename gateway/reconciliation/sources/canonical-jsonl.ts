import type { BookEntry, EntrySource, RefusedLine, SourceBatch, StatedBalance } from '../book-entry';
import { CANONICAL_FIELDS, canonicalEntry, sort, type RawEntry } from './canonical-entry';
import { TextLines } from './text-lines';

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
    for await (const part of this.#lines.parts()) {
      const entries: BookEntry[] = [];
      const refused: RefusedLine[] = [];
      const lines = part.split('\n');
      if (lines.at(-1) === '') lines.pop();
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
  const object = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(object))
    if (!FIELDS.has(name)) return { line, field: '', code: 'ENTRY_FIELD_UNKNOWN' };
  const raw: Record<string, unknown> = {};
  for (const name of CANONICAL_FIELDS) {
    const field = object[name] ?? null;
    if (field === null || field === '') raw[name] = null;
    else if (typeof field === 'string') raw[name] = field;
    else if (name === 'isReversal' && typeof field === 'boolean') raw[name] = String(field);
    else return { line, field: name, code: 'ENTRY_FIELD_INVALID' };
  }
  const references = listOf(object['references'], (item) => (typeof item === 'string' ? item : undefined));
  if (references === undefined) return { line, field: 'references', code: 'ENTRY_FIELD_INVALID' };
  const remittance = listOf(object['remittance'], document);
  if (remittance === undefined) return { line, field: 'remittance', code: 'ENTRY_FIELD_INVALID' };
  raw['references'] = references.length < 2 ? references : [...new Set(references)];
  raw['remittance'] = remittance;
  return canonicalEntry(raw as unknown as RawEntry, line);
}

/** A list whose members all are what they should be; an absent one is empty. */
function listOf<T>(value: unknown, read: (item: unknown) => T | undefined): T[] | undefined {
  if (value === undefined || value === null) return [];
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
