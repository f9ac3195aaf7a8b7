import { Apart } from './apart';
import { breakNumber, type BreakCode } from './break-codes';
import { PENDING, type Columns } from './columns';
import { Bounds } from './bounds';
import { RivalPool } from './rivals';
import { Scratch } from './scratch';
import type { SideName } from './work-tables';

/** What became of an entry. */
export const OPEN = 0,
  PAIRED = 1,
  GROUPED = 2,
  BREAK_PAIR = 3,
  BREAK_GROUP = 4,
  BREAK_SINGLE = 5;

/** One side of the board: its columns and what became of each entry, 13 bytes an entry. */
export class Side {
  readonly state: Uint8Array;
  /** The rule's number while matched, the break code's while broken. */
  readonly reason: Uint8Array;
  /** The other side's entry of a pair, the group's number of a group, the entry a duplicate repeats (-1 for none). */
  readonly mate: Int32Array;
  /** Where this entry's rivals stand in the pool; 0 for none. */
  readonly rivals: Int32Array;
  /** The halves of the amounts, low before high. */
  readonly amountWords: Uint32Array;

  constructor(
    readonly name: SideName,
    readonly columns: Columns,
  ) {
    this.state = new Uint8Array(columns.count);
    this.reason = new Uint8Array(columns.count);
    this.mate = new Int32Array(columns.count).fill(-1);
    this.rivals = new Int32Array(columns.count);
    const { buffer, byteOffset } = columns.amount;
    this.amountWords = new Uint32Array(buffer, byteOffset, columns.amount.length * 2);
  }

  isOpen(entry: number): boolean {
    return this.state[entry] === OPEN;
  }

  /** Open and final: what passes without a common key may use. */
  isOpenBooked(entry: number): boolean {
    return this.state[entry] === OPEN && ((this.columns.flags[entry] as number) & PENDING) === 0;
  }
}

/** Entries of both sides that belong together, each list ascending. */
export interface Group {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/**
 * The one place that says what is matched and what is broken: an entry is used once, or the program is broken.
 */
export class Board {
  readonly groups: Group[] = [];
  readonly rules: string[] = [];
  readonly rivals = new RivalPool();
  readonly scratch = new Scratch();
  readonly bounds: Bounds;

  constructor(
    readonly ours: Side,
    readonly theirs: Side,
    /** What may not be in one match. */
    readonly apart = new Apart([]),
  ) {
    this.bounds = new Bounds(this);
  }

  side(name: SideName): Side {
    return name === 'ours' ? this.ours : this.theirs;
  }

  other(side: Side): Side {
    return side === this.ours ? this.theirs : this.ours;
  }

  /** The number of a rule by its name, new when it is. */
  rule(name: string): number {
    const known = this.rules.indexOf(name);
    return known >= 0 ? known : this.rules.push(name) - 1;
  }

  /** Whether an entry of a side and one of the other side may be in one match. */
  mayPair(side: Side, entry: number, mate: number): boolean {
    return side === this.ours ? this.apart.allows(entry, mate) : this.apart.allows(mate, entry);
  }

  /** Matches a pair; leaves it open where people have taken that match back. */
  matchPair(ours: number, theirs: number, rule: number): void {
    if (!this.apart.allows(ours, theirs)) return;
    this.#take(this.ours, ours, PAIRED, rule, theirs);
    this.#take(this.theirs, theirs, PAIRED, rule, ours);
  }

  /** Matches a group; leaves it open where people have taken a match of two of its entries back. */
  matchGroup(group: Group, rule: number): void {
    if (!this.apart.allowsGroup(group)) return;
    this.#takeGroup(group, GROUPED, rule);
  }

  breakPair(ours: number, theirs: number, code: BreakCode): void {
    this.#take(this.ours, ours, BREAK_PAIR, breakNumber(code), theirs);
    this.#take(this.theirs, theirs, BREAK_PAIR, breakNumber(code), ours);
  }

  breakGroup(group: Group, code: BreakCode): void {
    this.#takeGroup(group, BREAK_GROUP, breakNumber(code));
  }

  /** @param repeated the entry of the same side that this one repeats, -1 for none. */
  breakSingle(side: Side, entry: number, code: BreakCode, repeated = -1): void {
    this.#take(side, entry, BREAK_SINGLE, breakNumber(code), repeated);
  }

  /** Notes the entries of a group that is not made as one another's rivals, where none are noted yet. */
  noteRivals(group: Group): void {
    const place = this.rivals.add(group.ours, group.theirs);
    for (const side of [this.ours, this.theirs]) {
      for (const entry of group[side.name]) if (side.rivals[entry] === 0) side.rivals[entry] = place;
    }
  }

  /** Takes a pair's match back, because what came later undid it. */
  reopen(ours: number): void {
    const theirs = this.ours.mate[ours] as number;
    if (this.ours.state[ours] !== PAIRED) throw new Error('only a pair can be reopened');
    for (const [side, entry] of [[this.ours, ours] as const, [this.theirs, theirs] as const]) {
      side.state[entry] = OPEN;
      side.mate[entry] = -1;
      side.rivals[entry] = 0;
    }
  }

  #takeGroup(group: Group, state: number, reason: number): void {
    const number = this.groups.push(group) - 1;
    for (const entry of group.ours) this.#take(this.ours, entry, state, reason, number);
    for (const entry of group.theirs) this.#take(this.theirs, entry, state, reason, number);
  }

  #take(side: Side, entry: number, state: number, reason: number, mate: number): void {
    if (side.state[entry] !== OPEN) throw new Error(`the entry at line ${side.columns.line[entry]} is used already`);
    side.state[entry] = state;
    side.reason[entry] = reason;
    side.mate[entry] = mate;
  }
}
