import { createHash } from 'node:crypto';
import { entriesRoot, saltEntries, sumMinor } from '../../chaincode/domain/operations/reconciliation/entries';
import type { SettlementEntry, StatementSegment } from '../../chaincode/domain/operations/reconciliation/types';
import type { StatementFormat } from '../../gateway/routes/dependencies';
import type { SegmentEntries, StreamedStatement } from '../../gateway/statements/statement-source';
import { statementWorkbook } from '../../gateway/statements/statement-workbook';
import { STATEMENT_FORMATS, streamedDigests, streamStatement } from '../../gateway/statements/write-statement';
import { rounded } from './load';

const SEGMENT = 1_000;
const MEGABYTE = 1_048_576;

interface FormatResult {
  /** Making the entries is not counted. */
  readonly seconds: number;
  readonly megabytes: number;
  /** Peak resident memory while it was written, less before. */
  readonly memoryMegabytes: number;
}

export interface StatementResult {
  readonly entries: number;
  readonly formats: Readonly<Record<StatementFormat, FormatResult>>;
  /** One pass for the digests of all files and of the index. */
  readonly digests: { readonly seconds: number; readonly memoryMegabytes: number };
}

/** Time, size and memory of one statement in each format, segment by segment, to the last byte's digest. */
export async function benchStatement(entries: number): Promise<StatementResult> {
  const formats: Record<string, FormatResult> = {};
  for (const format of STATEMENT_FORMATS) {
    formats[format] = await measured(entries, async function* (source) {
      for await (const chunk of streamStatement(format, source)) yield Buffer.from(chunk, 'utf8');
    });
  }
  formats['xlsx'] = await measured(entries, statementWorkbook);
  const source = new Generated(entries);
  const memory = new PeakMemory();
  const startedAt = performance.now();
  await streamedDigests(source.statement(memory));
  const seconds = rounded((performance.now() - startedAt - source.makingMs) / 1_000);
  const digests = { seconds, memoryMegabytes: memory.growth() };
  return { entries, formats: formats as unknown as StatementResult['formats'], digests };
}

async function measured(
  entries: number,
  write: (source: StreamedStatement) => AsyncIterable<Uint8Array>,
): Promise<FormatResult> {
  const source = new Generated(entries);
  const memory = new PeakMemory();
  const hash = createHash('sha256');
  let bytes = 0;
  const startedAt = performance.now();
  for await (const chunk of write(source.statement(memory))) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  hash.digest();
  const seconds = rounded((performance.now() - startedAt - source.makingMs) / 1_000);
  return { seconds, megabytes: rounded(bytes / MEGABYTE), memoryMegabytes: memory.growth() };
}

class PeakMemory {
  readonly #before: number;
  #peak: number;

  constructor() {
    globalThis.gc?.();
    this.#before = this.#peak = process.memoryUsage.rss();
  }

  look(): void {
    this.#peak = Math.max(this.#peak, process.memoryUsage.rss());
  }

  growth(): number {
    return rounded((this.#peak - this.#before) / MEGABYTE);
  }
}

/** A statement whose entries are made as they are asked for, as an index would read them. */
class Generated {
  /** Time spent on making entries. */
  makingMs = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = Math.ceil(count / SEGMENT);
  }

  statement(memory: PeakMemory): StreamedStatement {
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
          memory.look();
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
