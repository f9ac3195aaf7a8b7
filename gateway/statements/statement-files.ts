import type { SaltedEntry, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { StatementFiles, StatementFormat } from '../routes/dependencies';
import type { StreamedStatement } from './statement-source';
import { statementWorkbook } from './statement-workbook';
import { streamStatement, streamedDigests, type SignedFormat } from './write-statement';

/** Writes statements from the own index; another member's index gives the same bytes. */
export class StatementWriter implements StatementFiles {
  readonly #index: Pick<RecordIndex, 'attachment' | 'records'>;

  constructor(index: Pick<RecordIndex, 'attachment' | 'records'>) {
    this.#index = index;
  }

  async file(record: IndexedRecord, format: SignedFormat): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.stream(record, format)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }

  async *stream(record: IndexedRecord, format: StatementFormat): AsyncGenerator<Uint8Array> {
    const source = this.source(record);
    if (format === 'xlsx') return yield* statementWorkbook(source);
    for await (const chunk of streamStatement(format, source)) yield Buffer.from(chunk, 'utf8');
  }

  async signatureInput(record: IndexedRecord): Promise<Awaited<ReturnType<StatementFiles['signatureInput']>>> {
    return { digests: await streamedDigests(this.source(record)), blocks: await this.#blocks(record) };
  }

  /** First and last block in which segments of the day lie; a day without segments lies where it was closed. */
  async #blocks(record: IndexedRecord): Promise<{ from: string; to: string }> {
    const { segments } = as<Statement>(record.groups).statement;
    const closedIn = this.#closedIn(record);
    const held = await this.#index.records(segments.map(({ id }) => id));
    const missing = segments.find(({ id }) => !held.some((record) => record.id === id));
    if (missing !== undefined) throw new HttpProblem('STATEMENT_INCOMPLETE', { record: missing.id });
    const blocks = held.map(({ blockNumber }) => blockNumber);
    const from = blocks.reduce((least, block) => (block < least ? block : least), blocks[0] ?? closedIn);
    const to = blocks.reduce((most, block) => (block > most ? block : most), blocks[0] ?? closedIn);
    return { from: String(from), to: String(to) };
  }

  /** The record's present version may be a signature's: both members must name the same block. */
  #closedIn({ groups }: IndexedRecord): bigint {
    const [first] = Object.values(as<Statement>(groups).signatures);
    return first === undefined ? 0n : BigInt(first.blocks.from);
  }

  /** The statement with its entries, read segment by segment from the index. */
  source(record: IndexedRecord): StreamedStatement {
    const { statement } = as<Statement>(record.groups);
    const entriesOf = (id: string): Promise<readonly SaltedEntry[]> => this.#entries(id);
    return {
      channel: record.document.channel,
      id: record.id,
      statement,
      async *segments() {
        for (const segment of statement.segments) yield { segment, entries: await entriesOf(segment.id) };
      },
    };
  }

  async #entries(id: string): Promise<readonly SaltedEntry[]> {
    const entries = await this.#index.attachment(id, 'entries');
    if (!Array.isArray(entries)) throw new HttpProblem('STATEMENT_INCOMPLETE', { record: id });
    return entries as unknown as readonly SaltedEntry[];
  }
}
