import { createHash } from 'node:crypto';
import { entriesRoot, saltEntries, sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import type { SettlementEntry, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';
import type { StatementFormat } from '../../gateway/routes/dependencies';
import type { StatementSource } from '../../gateway/statements/statement-source';
import { STATEMENT_FORMATS, writeStatement } from '../../gateway/statements/write-statement';
import { rounded } from './load';

const SEGMENT = 1_000;

export interface StatementResult {
  readonly entries: number;
  readonly formats: Readonly<Record<StatementFormat, { readonly seconds: number; readonly megabytes: number }>>;
}

/** Time and size of one statement in each format, from entries in memory to the last byte's digest. */
export function benchStatement(entries: number): StatementResult {
  const source = generated(entries);
  const formats = Object.fromEntries(
    STATEMENT_FORMATS.map((format) => {
      const startedAt = performance.now();
      const hash = createHash('sha256');
      let bytes = 0;
      for (const chunk of writeStatement(format, source)) {
        const part = Buffer.from(chunk, 'utf8');
        bytes += part.length;
        hash.update(part);
      }
      hash.digest();
      const seconds = rounded((performance.now() - startedAt) / 1_000);
      return [format, { seconds, megabytes: rounded(bytes / 1_048_576) }];
    }),
  ) as unknown as StatementResult['formats'];
  return { entries, formats };
}

function generated(count: number): StatementSource {
  const parts = Array.from({ length: Math.ceil(count / SEGMENT) }, (_, at) => {
    const entries = saltEntries(
      Array.from({ length: SEGMENT }, (_none, number) => anEntry(at * SEGMENT + number)),
      '7'.repeat(64),
      `${at}`,
    );
    const segment: StatementSegment = {
      id: String(at).padStart(32, '0'),
      lane: 'a'.repeat(32),
      sequence: at + 1,
      count: entries.length,
      amountMinor: String(sumMinor(entries.map(({ entry }) => entry))),
      entriesRoot: entriesRoot(entries),
      debtor: 'BuyerBankMSP',
    };
    return { segment, entries };
  });
  const segments = parts.map(({ segment }) => segment);
  const debit = segments.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
  const statement: StatementSource['statement'] = {
    businessDay: 'd'.repeat(32),
    pair: ['BuyerBankMSP', 'SellerBankMSP'],
    currency: 'USD',
    date: '2026-11-10',
    count: segments.length * SEGMENT,
    debitMinor: String(debit),
    creditMinor: '0',
    root: '0'.repeat(64),
    segments,
    calendars: {},
    issue: { number: 1, reason: null, by: null, supersedes: null },
  };
  return { channel: 'bench', id: 'b'.repeat(32), statement, segments: () => parts };
}

function anEntry(number: number): SettlementEntry {
  return {
    endToEndId: `BENCH-${number}`,
    uetr: null,
    orderRef: null,
    invoiceRef: `INV-${number % 977}`,
    type: number % 10 === 0 ? 'fee' : 'principal',
    amountMinor: String(100 + ((number * 7_919) % 99_991)),
    currency: 'USD',
    occurredAt: '2026-11-10T09:00:00Z',
    valueDate: '2026-11-10',
  };
}
