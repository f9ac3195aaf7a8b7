import type { RuleSet, TolerancePass } from '../../rules/rule-set';
import { allowingRule } from '../allowance';
import { amountsOf } from '../amounts';
import type { Board } from '../board';
import { isSameKind, isWithin } from '../compare';
import { MAX_LINKS } from '../key-items';
import type { Links } from '../links';

/** A common key, unique on both sides, and amounts that differ by at most the tolerance or by exactly a named fee. */
export function tolerancePass(board: Board, links: Links, pass: TolerancePass, rules: RuleSet): void {
  const { ours, theirs } = board;
  const pairs: [number, number, string][] = [];
  for (let a = 0; a < ours.columns.count; a++) {
    if (!ours.isOpen(a)) continue;
    const mates = links.byAnyKey(ours, a, (b) => board.apart.allows(a, b) && isSameKind(ours, a, theirs, b));
    if (mates === undefined) board.bounds.hit(pass.kind, 'maxLinks', MAX_LINKS, [a], []);
    if (mates?.length !== 1) continue;
    const b = mates[0] as number;
    const back = links.byAnyKey(
      theirs,
      b,
      (other) => board.apart.allows(other, b) && isSameKind(theirs, b, ours, other),
    );
    if (back === undefined) board.bounds.hit(pass.kind, 'maxLinks', MAX_LINKS, [], [b]);
    if (back?.length !== 1 || !isWithin(ours, a, theirs, b, pass.dateWindowDays)) continue;
    const allowed = allowingRule(rules, amountsOf(board, [a], [b]));
    if (allowed !== undefined) pairs.push([a, b, allowed]);
  }
  for (const [a, b, name] of pairs) board.matchPair(a, b, board.rule(name));
}
