import type { Pass, RuleSet } from '../rules/rule-set';
import { Apart } from './apart';
import { Board, Side, type Group } from './board';
import { againstMatched, incompleteLists, keyedPairs, partialPayments, referencedPairs } from './breaks/keyed-breaks';
import { leftovers, referenceMismatches } from './breaks/single-breaks';
import { Timing } from './breaks/timing';
import { undoneBreaks } from './breaks/undone-breaks';
import type { Columns } from './columns';
import { Links } from './links';
import { amountDatePass } from './passes/amount-date-pass';
import { contestedPairs } from './passes/contested-pairs';
import { coveringPass } from './passes/covering-pass';
import { keyPass } from './passes/key-pass';
import { manyPass } from './passes/many-pass';
import { referencePass } from './passes/reference-pass';
import { remittancePass, type Incomplete } from './passes/remittance-pass';
import { tolerancePass } from './passes/tolerance-pass';
import type { UndoneEntries } from './undone';

/** Told before each step, for people who wait. */
export type OnStep = (step: string) => void;

/**
 * Matches two sides and says of every entry what became of it; pure, and deterministic in the entries.
 *
 * @param asOf yyyy-mm-dd, the day on which time's explanations are judged.
 * @param undone matches that people took back: their entries are never matched to one another.
 */
export function matchSides(
  ours: Columns,
  theirs: Columns,
  rules: RuleSet,
  asOf: string,
  onStep?: OnStep,
  undone: readonly UndoneEntries[] = [],
): Board {
  const board = new Board(new Side('ours', ours), new Side('theirs', theirs), new Apart(undone));
  const passes = new Passes(board, rules);
  for (const pass of rules.passes) {
    onStep?.(pass.kind);
    passes.run(pass);
  }
  onStep?.('breaks');
  undoneBreaks(board, undone);
  breaks(board, passes.links, passes.incomplete, rules, asOf);
  board.scratch.release();
  return board;
}

/** The passes of one matching, and what they leave one another. */
class Passes {
  readonly #board: Board;
  readonly #rules: RuleSet;
  #links: Links | undefined;
  #contested: readonly Group[] | undefined;
  /** Lists that did not come out, for the breaks. */
  incomplete: readonly Incomplete[] = [];

  constructor(board: Board, rules: RuleSet) {
    this.#board = board;
    this.#rules = rules;
  }

  /** The keys of what is open when they are first asked for. */
  get links(): Links {
    return (this.#links ??= new Links(this.#board));
  }

  run(pass: Pass): void {
    const [board, rules] = [this.#board, this.#rules];
    switch (pass.kind) {
      case 'uetr':
      case 'endToEndId':
        return keyPass(board, pass);
      case 'reference':
        return referencePass(board, pass);
      case 'amountDate':
        return amountDatePass(board, this.links, pass);
      case 'tolerance':
        return tolerancePass(board, this.links, pass, rules);
      case 'remittance':
        this.incomplete = remittancePass(board, this.links, pass, rules);
        return;
      case 'coveringSet': {
        const many = rules.passes.find((other) => other.kind === 'manyToMany');
        return coveringPass(board, pass, many, this.#contestedPairs());
      }
      case 'manyToMany':
        return manyPass(board, pass, this.#contestedPairs());
    }
  }

  #contestedPairs(): readonly Group[] {
    return (this.#contested ??= contestedPairs(this.#board, this.#rules));
  }
}

/** The weightier explanation first: lists, keys, what was matched before, references, time. */
function breaks(board: Board, links: Links, incomplete: readonly Incomplete[], rules: RuleSet, asOf: string): void {
  incompleteLists(board, incomplete);
  partialPayments(board, links);
  keyedPairs(board, rules, 'uetr');
  keyedPairs(board, rules, 'endToEnd');
  againstMatched(board);
  referencedPairs(board, links, rules);
  referenceMismatches(board, rules);
  leftovers(board, new Timing(rules.timing, asOf));
}
