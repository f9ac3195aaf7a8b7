import type { Board, Side } from './board';

/** Bounds listed; more are counted. */
const MAX_LISTED = 1_000;

export type BoundName = 'maxCandidates' | 'maxSteps' | 'maxComponent' | 'maxPairs' | 'maxLinks' | 'maxCounted';

/** A search that was not finished: which pass and bound, and the component's entries (the first eight lines a side). */
export interface BoundHit {
  readonly pass: string;
  readonly bound: BoundName;
  readonly limit: number;
  readonly size: number;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** What was not searched to its end, so that "not matched" can be told from "not looked for". */
export class Bounds {
  readonly #board: Board;
  readonly #hits: BoundHit[] = [];
  total = 0;

  constructor(board: Board) {
    this.#board = board;
  }

  hit(pass: string, bound: BoundName, limit: number, ours: readonly number[], theirs: readonly number[]): void {
    this.total++;
    if (this.#hits.length >= MAX_LISTED) return;
    this.#hits.push({
      pass,
      bound,
      limit,
      size: ours.length + theirs.length,
      ours: lines(this.#board.ours, ours),
      theirs: lines(this.#board.theirs, theirs),
    });
  }

  /** The hits by pass and line: no order of work shows in a report. */
  hits(): readonly BoundHit[] {
    const first = ({ ours, theirs }: BoundHit): number => (ours[0] ?? theirs[0] ?? 0) as number;
    return [...this.#hits].sort(
      (a, b) =>
        order(a.pass, b.pass) ||
        first(a) - first(b) ||
        (a.theirs[0] ?? 0) - (b.theirs[0] ?? 0) ||
        order(a.bound, b.bound),
    );
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lines({ columns }: Side, entries: readonly number[]): number[] {
  return entries
    .map((entry) => columns.line[entry] as number)
    .sort((a, b) => a - b)
    .slice(0, 8);
}
