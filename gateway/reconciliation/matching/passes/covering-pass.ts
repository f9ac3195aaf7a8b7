import type { CoveringPass, ManyPass } from '../../rules/rule-set';
import type { Board, Group } from '../board';
import { MAX_COUNTED } from '../chance';
import { components, type Component } from '../components';
import { groupOf, keyOf, makeDisjoint, type Proposal } from '../proposals';
import { judgeSet } from '../set-windows';
import { coverings, type Covering } from './covering-sets';
import { rivalBalances } from './many-pass';

/**
 * One entry and the only set of the other side's entries of its party that adds up to it, within the window: 1-N, N-1.
 *
 * Two sets for one entry, or one entry in two sets, are an ambiguity: nothing is matched. A search that a bound ended
 * proves nothing, so it matches nothing either; nor does a sum that chance explains.
 *
 * @param many the pass whose sets stand against these where they are as good.
 * @param contested groups that stand against every set they share an entry with.
 */
export function coveringPass(
  board: Board,
  pass: CoveringPass,
  many: ManyPass | undefined,
  contested: readonly Group[],
): void {
  const proposals: Proposal[] = [];
  const refused: Proposal[] = [];
  const blockers: Group[] = [...contested];
  for (const component of components(board, pass.dateWindowDays)) {
    const found = [
      ...coverings(board, component, pass, (bound, limit, { ours, theirs }) =>
        board.bounds.hit(pass.kind, bound, limit, ours, theirs),
      ),
    ];
    const own = found.flatMap((covering) => judged(board, pass, covering, refused, blockers));
    proposals.push(...own);
    if (many !== undefined && own.length > 0) blockers.push(...against(board, many, component, own));
  }
  makeDisjoint(board, proposals, blockers, refused);
}

/** The proposal a covering makes, if any; what else it found stands against others. */
function judged(
  board: Board,
  pass: CoveringPass,
  covering: Covering,
  refused: Proposal[],
  blockers: Group[],
): Proposal[] {
  const { side, one, pool, groups, isCut } = covering;
  const [group] = groups;
  if (group === undefined || groups.length > 1 || isCut) {
    blockers.push(...groups);
    return [];
  }
  const proposal = { side: side.name, one, parts: group[board.other(side).name], rule: pass.kind };
  const verdict = judgeSet(board, pool, group, pass.chanceOneIn);
  if (verdict === 'rare') return [proposal];
  if (verdict === 'cut') board.bounds.hit(pass.kind, 'maxCounted', MAX_COUNTED, group.ours, group.theirs);
  refused.push(proposal);
  return [];
}

/** Balanced sets of the component that speak against the proposals. */
function against(board: Board, many: ManyPass, component: Component, proposals: readonly Proposal[]): Group[] {
  const keys = new Set(proposals.map((proposal) => keyOf(groupOf(proposal))));
  return rivalBalances(board, component, many).filter((group) => !keys.has(keyOf(group)));
}
