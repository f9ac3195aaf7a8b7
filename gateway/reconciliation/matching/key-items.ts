import type { Side } from './board';
import { moneyHash } from './compare';

/** Entries that one key may lead to before it says nothing any more. */
export const MAX_LINKS = 64;
const MAX_SCANNED = 1_024,
  UETR_SALT = 0x5bd1e995;

export interface KeyChoice {
  readonly uetr: boolean;
  /** End-to-end id, references, and the document of an entry that pays exactly one. */
  readonly references: boolean;
  /** Whether only equal money is asked for, which keeps chains of one reference short. */
  readonly withMoney: boolean;
}

/**
 * The keys of one side's open entries, each leading to its entries; made once, asked while entries are taken.
 *
 * A key that leads to more than 64 open entries, or to more than 1,024 in all, is told as such instead of followed.
 */
export class KeyItems {
  readonly #side: Side;
  readonly #choice: KeyChoice;
  #entry = new Int32Array(1_024);
  #low = new Uint32Array(1_024);
  #high = new Uint32Array(1_024);
  /** Keys held. */
  count = 0;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;
  readonly #mask: number;

  constructor(side: Side, choice: KeyChoice) {
    this.#side = side;
    this.#choice = choice;
    for (let entry = 0; entry < side.columns.count; entry++) {
      if (side.isOpen(entry)) eachKey(side, entry, choice, (low, high) => this.#push(entry, low, high));
    }
    const size = 1 << Math.max(4, 32 - Math.clz32(this.count));
    this.#mask = size - 1;
    this.#heads = new Int32Array(size).fill(-1);
    this.#next = new Int32Array(this.count);
    for (let item = 0; item < this.count; item++) {
      const slot = this.#slot(this.#low[item] as number, side, this.#entry[item] as number);
      this.#next[item] = this.#heads[slot] as number;
      this.#heads[slot] = item;
    }
  }

  /**
   * The distinct entries that share a key with `asked` of the other side and pass `accepts`, ascending; undefined when
   * they are too many.
   */
  linked(
    asking: Side,
    asked: number,
    accepts: (entry: number) => boolean,
    choice: Pick<KeyChoice, 'uetr' | 'references'> = this.#choice,
  ): number[] | undefined {
    const found: number[] = [];
    let isTooMany = false;
    eachKey(asking, asked, choice, (low, high) => {
      if (!isTooMany) isTooMany = !this.find(low, high, asking, asked, accepts, found);
    });
    return isTooMany ? undefined : found.sort((a, b) => a - b);
  }

  /** Adds one key's entries to `found`; false when they are too many. */
  find(
    low: number,
    high: number,
    asking: Side,
    asked: number,
    accepts: (entry: number) => boolean,
    found: number[],
  ): boolean {
    let scanned = 0;
    for (
      let item = this.#heads[this.#slot(low, asking, asked)] as number;
      item >= 0;
      item = this.#next[item] as number
    ) {
      if (this.#low[item] !== low || this.#high[item] !== high) continue;
      if (++scanned > MAX_SCANNED) return false;
      const entry = this.#entry[item] as number;
      if (!accepts(entry) || found.includes(entry)) continue;
      if (found.push(entry) > MAX_LINKS) return false;
    }
    return true;
  }

  #slot(low: number, side: Side, entry: number): number {
    const mixed = this.#choice.withMoney ? low ^ moneyHash(side, entry) : low;
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  #push(entry: number, low: number, high: number): void {
    const at = this.count++;
    if (at === this.#entry.length) this.#grow();
    this.#entry[at] = entry;
    this.#low[at] = low;
    this.#high[at] = high;
  }

  #grow(): void {
    const size = this.#entry.length * 2;
    const [entry, low, high] = [new Int32Array(size), new Uint32Array(size), new Uint32Array(size)];
    entry.set(this.#entry);
    low.set(this.#low);
    high.set(this.#high);
    [this.#entry, this.#low, this.#high] = [entry, low, high];
  }
}

/** Calls `take` with the halves of each key of an entry; UETRs and references never stand for one another. */
export function eachKey(
  { columns }: Side,
  entry: number,
  choice: Pick<KeyChoice, 'uetr' | 'references'>,
  take: (low: number, high: number) => void,
): void {
  const at = entry * 2;
  const { uetr, endToEnd, references, remittedReference } = columns;
  if (choice.uetr && (uetr[at] !== 0 || uetr[at + 1] !== 0)) {
    take(((uetr[at] as number) ^ UETR_SALT) >>> 0, uetr[at + 1] as number);
  }
  if (!choice.references) return;
  if (endToEnd[at] !== 0 || endToEnd[at + 1] !== 0) take(endToEnd[at] as number, endToEnd[at + 1] as number);
  for (let item = columns.referencesStart(entry); item < (columns.referencesEnd[entry] as number); item++) {
    take(references[item * 2] as number, references[item * 2 + 1] as number);
  }
  const document = columns.remittanceStart(entry);
  if ((columns.remittanceEnd[entry] as number) - document === 1) {
    take(remittedReference[document * 2] as number, remittedReference[document * 2 + 1] as number);
  }
}

/** Whether two entries share a reference, and whether both have one: references may speak for or against a match. */
export function referencesSpeak(one: Side, entry: number, other: Side, mate: number): 'for' | 'against' | 'silent' {
  const REFERENCES = { uetr: false, references: true };
  const keys: number[] = [];
  eachKey(one, entry, REFERENCES, (low, high) => keys.push(low, high));
  let isShared = false;
  let isNamed = false;
  eachKey(other, mate, REFERENCES, (low, high) => {
    isNamed = true;
    for (let at = 0; at < keys.length; at += 2) if (keys[at] === low && keys[at + 1] === high) isShared = true;
  });
  if (isShared) return 'for';
  return isNamed && keys.length > 0 ? 'against' : 'silent';
}

/** Whether keys speak against a match: two UETRs, or references without a common one. */
export function isContradicted(one: Side, entry: number, other: Side, mate: number): boolean {
  const a = one.columns.uetr,
    b = other.columns.uetr;
  const at = entry * 2,
    bt = mate * 2;
  const bothUetr = (a[at] !== 0 || a[at + 1] !== 0) && (b[bt] !== 0 || b[bt + 1] !== 0);
  if (bothUetr && (a[at] !== b[bt] || a[at + 1] !== b[bt + 1])) return true;
  return referencesSpeak(one, entry, other, mate) === 'against';
}

/** Whether two entries of one side say the same in every key, and the same party. */
export function isTwin(side: Side, a: number, b: number): boolean {
  const { uetr, endToEnd, party } = side.columns;
  for (const column of [uetr, endToEnd, party]) {
    if (column[a * 2] !== column[b * 2] || column[a * 2 + 1] !== column[b * 2 + 1]) return false;
  }
  return keyText(side, a) === keyText(side, b);
}

function keyText(side: Side, entry: number): string {
  const keys: string[] = [];
  eachKey(side, entry, { uetr: true, references: true }, (low, high) => keys.push(`${high}.${low}`));
  return keys.sort().join(' ');
}
