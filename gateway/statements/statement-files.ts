import type { SaltedEntry, Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { IndexedRecord, RecordIndex } from '../ports/record-index';
import type { StatementFiles, StatementFormat } from '../routes/dependencies';
import type { SegmentEntries, StatementSource } from './statement-source';
import { digestOf, writeStatement } from './write-statement';

/** Writes statements from the own index; another member's index gives the same bytes. */
export class StatementWriter implements StatementFiles {
  readonly #index: Pick<RecordIndex, 'attachment' | 'records'>;

  constructor(index: Pick<RecordIndex, 'attachment' | 'records'>) {
    this.#index = index;
  }

  async file(record: IndexedRecord, format: StatementFormat): Promise<Uint8Array> {
    const source = await this.#source(record);
    return Buffer.concat([...writeStatement(format, source)].map((chunk) => Buffer.from(chunk, 'utf8')));
  }

  async signatureInput(record: IndexedRecord): Promise<Awaited<ReturnType<StatementFiles['signatureInput']>>> {
    const source = await this.#source(record);
    const digest = (format: StatementFormat): string => digestOf(format, source);
    return {
      digests: { jsonl: digest('jsonl'), csv: digest('csv'), camt053: digest('camt053') },
      blocks: await this.#blocks(record),
    };
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

  /** The entries are read before the file is written: a writer runs without waiting, and holds the whole file anyway. */
  async #source(record: IndexedRecord): Promise<StatementSource> {
    const { statement } = as<Statement>(record.groups);
    const segments: SegmentEntries[] = [];
    for (const segment of statement.segments) segments.push({ segment, entries: await this.#entries(segment.id) });
    return {
      channel: record.document.channel,
      id: record.id,
      statement,
      segments: () => segments,
    };
  }

  async #entries(id: string): Promise<readonly SaltedEntry[]> {
    const entries = await this.#index.attachment(id, 'entries');
    if (!Array.isArray(entries)) throw new HttpProblem('STATEMENT_INCOMPLETE', { record: id });
    return entries as unknown as readonly SaltedEntry[];
  }
}
