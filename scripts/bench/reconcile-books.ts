import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Dice } from './reconcile-dice';

/** One line to be written; what is absent is empty. */
export interface Draft {
  readonly uetr?: string;
  readonly endToEndId?: string;
  readonly references?: readonly string[];
  readonly remittance?: readonly (readonly [string, number])[];
  readonly currency: string;
  readonly amount: number;
  readonly direction: 'credit' | 'debit';
  readonly status?: 'booked' | 'pending' | 'rejected';
  readonly isReversal?: boolean;
  /** Days after the first day of the files. */
  readonly day: number;
  readonly party: string;
}

/** Lines held back to be written in another order. */
const SHUFFLED = 100_000;
const FIRST_DAY = Date.UTC(2026, 9, 1);
const HEADER =
  'entryRef,uetr,endToEndId,references,remittance,currency,amountMinor,direction,status,isReversal,bookingDate,valueDate,party,text';

/** Writes one side's file; lines leave in a seeded random order, at most 100,000 lines from where they arose. */
export class BookWriter {
  count = 0;
  readonly #stream: WriteStream;
  readonly #dice: Dice;
  readonly #format: 'csv' | 'jsonl';
  readonly #held: [number, Draft][] = [];
  #lines = new Uint32Array(1 << 16);
  #line: number;
  #text = '';

  constructor(
    readonly path: string,
    dice: Dice,
    format: 'csv' | 'jsonl',
  ) {
    this.#stream = createWriteStream(path);
    this.#dice = dice;
    this.#format = format;
    this.#line = format === 'csv' ? 2 : 1;
    if (format === 'csv') this.#text = `${HEADER}\n`;
  }

  /** Takes a line and gives its id; its line number is known when the file is ended. */
  add(draft: Draft): number {
    const id = this.count++;
    if (this.#held.length < SHUFFLED) this.#held.push([id, draft]);
    else {
      const at = this.#dice.below(SHUFFLED);
      this.#write(this.#held[at] as [number, Draft]);
      this.#held[at] = [id, draft];
    }
    return id;
  }

  lineOf(id: number): number {
    return this.#lines[id] as number;
  }

  async drained(): Promise<void> {
    if (this.#stream.writableNeedDrain) await once(this.#stream, 'drain');
  }

  async end(): Promise<void> {
    while (this.#held.length > 0) {
      const at = this.#dice.below(this.#held.length);
      const last = this.#held.pop() as [number, Draft];
      if (at === this.#held.length) this.#write(last);
      else {
        this.#write(this.#held[at] as [number, Draft]);
        this.#held[at] = last;
      }
    }
    this.#stream.write(this.#text);
    await new Promise<void>((resolve) => this.#stream.end(resolve));
  }

  #write([id, draft]: [number, Draft]): void {
    if (id >= this.#lines.length) {
      const larger = new Uint32Array(Math.max(id + 1, this.#lines.length * 2));
      larger.set(this.#lines);
      this.#lines = larger;
    }
    this.#lines[id] = this.#line++;
    this.#text += this.#format === 'csv' ? csvLine(draft, id) : jsonLine(draft, id);
    if (this.#text.length < 262_144) return;
    this.#stream.write(this.#text);
    this.#text = '';
  }
}

const DATES: string[] = [];

function dateOf(day: number): string {
  return (DATES[day] ??= new Date(FIRST_DAY + day * 86_400_000).toISOString().slice(0, 10));
}

function csvLine(draft: Draft, id: number): string {
  const { uetr, endToEndId, references, remittance, currency, amount, direction, status, isReversal, day, party } =
    draft;
  const list = remittance?.map(([reference, part]) => `${reference}:${part}`).join(';') ?? '';
  // Every tenth text holds what quotes are for.
  const text = id % 10 === 0 ? `"as agreed, ""${id}"""` : `entry ${id}`;
  return `B${id},${uetr ?? ''},${endToEndId ?? ''},${references?.join(';') ?? ''},${list},${currency},${amount},${direction},${status ?? 'booked'},${isReversal === true},${dateOf(day)},${dateOf(day)},${party},${text}\n`;
}

function jsonLine(draft: Draft, id: number): string {
  const { uetr, endToEndId, references, remittance, currency, amount, direction, status, isReversal, day, party } =
    draft;
  return `${JSON.stringify({
    entryRef: `S${id}`,
    ...(uetr !== undefined && { uetr }),
    ...(endToEndId !== undefined && { endToEndId }),
    ...(references !== undefined && { references }),
    ...(remittance !== undefined && {
      remittance: remittance.map(([reference, part]) => ({ reference, amountMinor: String(part) })),
    }),
    currency,
    amountMinor: String(amount),
    direction,
    ...(status !== undefined && { status }),
    ...(isReversal !== undefined && { isReversal }),
    bookingDate: dateOf(day),
    valueDate: dateOf(day),
    party,
    text: 'as the other side tells it',
  })}\n`;
}
