import type { SaltedEntry, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { StatementFiles, StatementFormat } from '../routes/dependencies';
import type { SegmentEntries, StatementSource } from './statement-source';
import { digestOf, writeStatement } from './write-statement';

/** Writes statements from the own index; another member's index gives the same bytes. */
export class StatementWriter implements StatementFiles {
  readonly #index: Pick<RecordIndex, 'attachment' | 'record'>;

  constructor(index: Pick<RecordIndex, 'attachment' | 'record'>) {
    this.#index = index;
  }

  async file(record: IndexedRecord, format: StatementFormat): Promise<Uint8Array> {
    const source = this.#source(record);
    return Buffer.concat([...writeStatement(format, source)].map((chunk) => Buffer.from(chunk, 'utf8')));
  }

  async signatureInput(record: IndexedRecord): Promise<Awaited<ReturnType<StatementFiles['signatureInput']>>> {
    const source = this.#source(record);
    const digest = (format: StatementFormat): string => digestOf(format, source);
    return {
      digests: { jsonl: digest('jsonl'), csv: digest('csv'), camt053: digest('camt053') },
      blocks: this.#blocks(record),
    };
  }

  /** First and last block in which segments of the day lie; a day without segments lies where it was closed. */
  #blocks(record: IndexedRecord): { from: string; to: string } {
    const { segments } = as<Statement>(record.groups).statement;
    const closedIn = this.#closedIn(record);
    const blocks = segments.map(({ id }) => this.#segment(id).blockNumber);
    const from = blocks.reduce((least, block) => (block < least ? block : least), blocks[0] ?? closedIn);
    const to = blocks.reduce((most, block) => (block > most ? block : most), blocks[0] ?? closedIn);
    return { from: String(from), to: String(to) };
  }

  /** The record's present version may be a signature's: both members must name the same block. */
  #closedIn({ groups }: IndexedRecord): bigint {
    const [first] = Object.values(as<Statement>(groups).signatures);
    return first === undefined ? 0n : BigInt(first.blocks.from);
  }

  #source(record: IndexedRecord): StatementSource {
    const { statement } = as<Statement>(record.groups);
    const read = (id: string): readonly SaltedEntry[] => this.#entries(id);
    return {
      channel: record.document.channel,
      id: record.id,
      statement,
      *segments(): Generator<SegmentEntries> {
        for (const segment of statement.segments) yield { segment, entries: read(segment.id) };
      },
    };
  }

  #segment(id: string): IndexedRecord {
    const record = this.#index.record(id);
    if (record === undefined) throw new HttpProblem('STATEMENT_INCOMPLETE', { record: id });
    return record;
  }

  #entries(id: string): readonly SaltedEntry[] {
    const entries = this.#index.attachment(id, 'entries');
    if (!Array.isArray(entries)) throw new HttpProblem('STATEMENT_INCOMPLETE', { record: id });
    return entries as unknown as readonly SaltedEntry[];
  }
}
