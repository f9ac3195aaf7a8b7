import { statementRoot } from '../../../chaincode/domain/operations/reconciliation/close-day';
import { entriesRoot, saltEntries, sumMinor } from '../../../chaincode/domain/operations/reconciliation/entries';
import type {
  SaltedEntry,
  SettlementEntry,
  Statement,
  StatementSegment,
} from '../../../chaincode/domain/operations/reconciliation/types';
import type { StatementSource } from '../../../gateway/statements/statement-source';

export const PAIR = ['BuyerBankMSP', 'SellerBankMSP'] as const;

/** One entry, whole but for what a test says about it. */
export function anEntry(change: Partial<SettlementEntry> = {}): SettlementEntry {
  return {
    endToEndId: 'E2E-1',
    uetr: null,
    orderRef: null,
    invoiceRef: null,
    type: 'principal',
    amountMinor: '1250',
    currency: 'USD',
    occurredAt: '2026-11-10T09:00:00Z',
    valueDate: '2026-11-10',
    ...change,
  };
}

/** What one lane posted: who owes it, and the entries of its segments. */
export interface Posted {
  readonly debtor: string;
  readonly segments: readonly (readonly SettlementEntry[])[];
}

/** A statement as the contract would have closed it over these postings. */
export function aStatement(posted: readonly Posted[], currency = 'USD'): StatementSource {
  const salted = new Map<string, readonly SaltedEntry[]>();
  const segments = posted.flatMap(({ debtor, segments: lists }, lane): StatementSegment[] =>
    lists.map((entries, at) => {
      const id = `${lane}${at}`.padStart(32, '0');
      const list = saltEntries(entries, '5'.repeat(64), `${lane}-${at}`);
      salted.set(id, list);
      return {
        id,
        lane: String(lane).padStart(32, 'a'),
        sequence: at + 1,
        count: entries.length,
        amountMinor: String(sumMinor(entries)),
        entriesRoot: entriesRoot(list),
        debtor,
      };
    }),
  );
  const owedBy = (mspId: string): string =>
    String(segments.filter(({ debtor }) => debtor === mspId).reduce((sum, part) => sum + BigInt(part.amountMinor), 0n));
  const statement: Statement['statement'] = {
    businessDay: 'd'.repeat(32),
    pair: PAIR,
    currency,
    date: '2026-11-10',
    count: segments.reduce((sum, { count }) => sum + count, 0),
    debitMinor: owedBy(PAIR[0]),
    creditMinor: owedBy(PAIR[1]),
    root: statementRoot(segments),
    segments,
    calendars: { BuyerBankMSP: 0, SellerBankMSP: 0 },
    issue: { number: 1, reason: null, by: null, supersedes: null },
  };
  return {
    channel: 'trade',
    id: '9'.repeat(32),
    statement,
    *segments() {
      for (const segment of segments) yield { segment, entries: salted.get(segment.id) ?? [] };
    },
  };
}
