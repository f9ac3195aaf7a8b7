import type { RuleSet } from '../rules/rule-set';
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
  let links: Links | undefined;
  let incomplete: readonly Incomplete[] = [];
  let contested: readonly Group[] | undefined;
  const many = rules.passes.find((pass) => pass.kind === 'manyToMany');
  for (const pass of rules.passes) {
    onStep?.(pass.kind);
    switch (pass.kind) {
      case 'uetr':
      case 'endToEndId':
        keyPass(board, pass);
        break;
      case 'reference':
        referencePass(board, pass);
        break;
      case 'amountDate':
        amountDatePass(board, (links ??= new Links(board)), pass);
        break;
      case 'tolerance':
        tolerancePass(board, (links ??= new Links(board)), pass, rules);
        break;
      case 'remittance':
        incomplete = remittancePass(board, (links ??= new Links(board)), pass, rules);
        break;
      case 'coveringSet':
        contested ??= contestedPairs(board, rules);
        coveringPass(board, pass, many, contested);
        break;
      case 'manyToMany':
        contested ??= contestedPairs(board, rules);
        manyPass(board, pass, contested);
        break;
    }
  }
  onStep?.('breaks');
  undoneBreaks(board, undone);
  breaks(board, (links ??= new Links(board)), incomplete, rules, asOf);
  board.scratch.release();
  return board;
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
