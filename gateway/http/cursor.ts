import { canonicalJson } from '../../chaincode/domain/canonical-json';
import { isJsonObject } from '../../chaincode/domain/json';
import type { RecordCursor, RecordFilter } from '../ports/record-index';
import { HttpProblem } from './problem';

/** A list's filters and its place travel together, so a page cannot be continued under other filters. */
export interface ListPlace {
  readonly filter: RecordFilter;
  readonly cursor: RecordCursor;
}

/** The opaque text a caller sends back for the next page. */
export function writeCursor(place: ListPlace): string {
  return Buffer.from(canonicalJson({ c: { ...place.cursor }, f: { ...place.filter } }), 'utf8').toString('base64url');
}

/**
 * Reads a cursor; anyone can write one, so it is checked like any input (it opens nothing its holder cannot list).
 *
 * @throws HttpProblem CURSOR_INVALID for another spelling or for filters that differ from those asked for.
 */
export function readCursor(text: string, asked: RecordFilter): ListPlace {
  const place = parse(text);
  if (place === undefined || writeCursor(place) !== text) throw new HttpProblem('CURSOR_INVALID');
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined && place.filter[name as keyof RecordFilter] !== value)
      throw new HttpProblem('CURSOR_INVALID', { filter: name });
  }
  return place;
}

function parse(text: string): ListPlace | undefined {
  if (!/^[A-Za-z0-9_-]{1,1024}$/.test(text)) return undefined;
  try {
    const value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown;
    if (!isJsonObject(value) || !isJsonObject(value['c']) || !isJsonObject(value['f'])) return undefined;
    const { id, updatedBlock, updatedTx } = value['c'];
    const { type, orderId, status, ...other } = value['f'];
    const texts = [type, orderId, status].every((one) => one === undefined || typeof one === 'string');
    if (!texts || Object.keys(other).length > 0 || Object.keys(value['c']).length !== 3) return undefined;
    if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) return undefined;
    if (typeof updatedBlock !== 'string' || !/^\d{1,19}$/.test(updatedBlock)) return undefined;
    if (typeof updatedTx !== 'number' || !Number.isSafeInteger(updatedTx) || updatedTx < 0) return undefined;
    return { cursor: { id, updatedBlock, updatedTx }, filter: value['f'] as RecordFilter };
  } catch {
    return undefined;
  }
}
