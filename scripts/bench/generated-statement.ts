import { entriesRoot, saltEntries, sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import type { SettlementEntry, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';
import type { SegmentEntries, StreamedStatement } from '../../gateway/statements/statement-source';

const SEGMENT = 1_000;

/** A statement whose entries are made as they are asked for, as an index would read them. */
export class GeneratedStatement {
  /** Time spent on making entries. */
  makingMs = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = Math.ceil(count / SEGMENT);
  }

  statement(): StreamedStatement {
    const make = (at: number): SegmentEntries => this.#timed(() => part(at));
    const segments = Array.from({ length: this.#count }, (_, at) => ({
      ...SEGMENT_LIKE,
      id: idOf(at),
      sequence: at + 1,
    }));
    const debit = BigInt(SEGMENT_LIKE.amountMinor) * BigInt(this.#count);
    const count = this.#count;
    return {
      channel: 'bench',
      id: 'b'.repeat(32),
      statement: {
        businessDay: 'd'.repeat(32),
        pair: ['BuyerBankMSP', 'SellerBankMSP'],
        currency: 'USD',
        date: '2026-11-10',
        count: count * SEGMENT,
        debitMinor: String(debit),
        creditMinor: '0',
        root: '0'.repeat(64),
        segments,
        calendars: {},
        issue: { number: 1, reason: null, by: null, supersedes: null },
      },
      async *segments() {
        for (let at = 0; at < count; at++) {
          // A read of an index is a turn of the event loop.
          await new Promise((resolve) => setImmediate(resolve));
          yield make(at);
        }
      },
    };
  }

  #timed<T>(work: () => T): T {
    const startedAt = performance.now();
    const result = work();
    this.makingMs += performance.now() - startedAt;
    return result;
  }
}

const SALTED = saltEntries(
  Array.from({ length: SEGMENT }, (_none, number) => anEntry(number)),
  '7'.repeat(64),
  '0',
);
const SEGMENT_LIKE: StatementSegment = {
  id: idOf(0),
  lane: 'a'.repeat(32),
  sequence: 1,
  count: SEGMENT,
  amountMinor: String(sumMinor(SALTED.map(({ entry }) => entry))),
  entriesRoot: entriesRoot(SALTED),
  debtor: 'BuyerBankMSP',
};

function part(at: number): SegmentEntries {
  const entries = SALTED.map(({ entry, salt }, number) => ({
    entry: { ...entry, endToEndId: `BENCH-${at * SEGMENT + number}` },
    salt,
  }));
  return { segment: { ...SEGMENT_LIKE, id: idOf(at), sequence: at + 1 }, entries };
}

function idOf(at: number): string {
  return String(at).padStart(32, '0');
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
