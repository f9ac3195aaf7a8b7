import { hash } from 'node:crypto';
import type { Json } from '../../chaincode/domain/json';
import { openGroups, type RecordDocument, type SaltedGroups } from '../../chaincode/domain/record';
import type { SaltedEntry, Segment, SettlementEntry } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import type { Tables } from '../database/tables';

export type EntryRow = Tables['posted_entries'];

/** Characters of a digest in base64url: 132 bits. */
const DIGEST_LENGTH = 22;

/**
 * What an entry says, its end-to-end id aside: the value date, then a digest that holds in one lane only.
 *
 * Entries of one date stand together in the table's index, so that a day's postings touch few of its pages.
 */
export function entryContent(lane: string, entry: SettlementEntry): string {
  const { uetr, orderRef, invoiceRef, type, amountMinor, currency, occurredAt, valueDate, lateFor = null } = entry;
  const said = [lane, uetr, orderRef, invoiceRef, type, amountMinor, currency, occurredAt, valueDate, lateFor];
  return `${valueDate.replaceAll('-', '')}${hash('sha256', JSON.stringify(said), 'base64url').slice(0, DIGEST_LENGTH)}`;
}

/** One row for each entry of a segment, out of its body and the text of its attachment; none of any other record. */
export function entryRows(document: RecordDocument, salted: SaltedGroups, attachment: string): EntryRow[] {
  if (document.type !== 'segment') return [];
  try {
    const { lane } = as<Segment>(openGroups(document, salted)).header;
    return (JSON.parse(attachment) as SaltedEntry[]).map(({ entry }) => ({
      lane,
      end_to_end_id: entry.endToEndId,
      content: entryContent(lane, entry),
      segment: document.id,
    }));
  } catch {
    return []; // what no contract of ours has written must not stop the index
  }
}

/** The same of a stored version. */
export function storedEntryRows(document: string, salted: string, attachment: string): EntryRow[] {
  return entryRows(
    JSON.parse(document) as Json as unknown as RecordDocument,
    JSON.parse(salted) as Json as unknown as SaltedGroups,
    attachment,
  );
}
