import { toDecimal } from '../../chaincode/domain/money';
import type { SettlementEntry } from '../../chaincode/domain/operations/reconciliation/types';
import type { FormatWriter } from './statement-source';

const COLUMNS = [
  'statement',
  'date',
  'debtor',
  'creditor',
  'endToEndId',
  'uetr',
  'type',
  'currency',
  'amount',
  'valueDate',
  'occurredAt',
  'orderRef',
  'invoiceRef',
  'lateFor',
] as const;

/** RFC 4180 with a header line; made to be opened in a spreadsheet without running anything. */
export const csv: FormatWriter = {
  begin: () => row(COLUMNS),
  segment({ id, statement }, { segment, entries }) {
    const creditor = statement.pair.find((mspId) => mspId !== segment.debtor) ?? '';
    return entries.map(({ entry }) => row([id, statement.date, segment.debtor, creditor, ...cells(entry)])).join('');
  },
  end: () => '',
};

function cells(entry: SettlementEntry): string[] {
  const { endToEndId, uetr, type, currency, amountMinor, valueDate, occurredAt } = entry;
  const references = [entry.orderRef ?? '', entry.invoiceRef ?? '', entry.lateFor ?? ''];
  const amount = toDecimal(BigInt(amountMinor), currency);
  return [endToEndId, uetr ?? '', type, currency, amount, valueDate, occurredAt, ...references];
}

function row(values: readonly string[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/**
 * One cell: a text a spreadsheet would take for a formula gets an apostrophe before it, and quotes where RFC 4180 asks.
 *
 * @see OWASP, CSV injection
 */
export function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
