import type { RemittancePass, RuleSet } from '../../rules/rule-set';
import { allowingRule } from '../allowance';
import { amountsOf } from '../amounts';
import type { Board, Group, Side } from '../board';
import { NO_AMOUNT } from '../columns';
import { isSameKind, isWithin } from '../compare';
import { MAX_LINKS } from '../key-items';
import type { Links } from '../links';
import { groupOf, makeDisjoint, type Proposal } from '../proposals';

/** Lists of which a document is missing or amounts do not add up: breaks if nothing else explains their entries. */
export type Incomplete = Group;

/**
 * One entry that lists documents against the entries that carry them, both ways: 1-N and N-1.
 *
 * @returns the lists that did not come out, for the breaks.
 */
export function remittancePass(
  board: Board,
  links: Links,
  pass: RemittancePass,
  rules: RuleSet,
): readonly Incomplete[] {
  const proposals: Proposal[] = [];
  const incomplete: Incomplete[] = [];
  for (const side of [board.ours, board.theirs]) {
    for (let one = 0; one < side.columns.count; one++) {
      if (!side.isOpen(one) || documents(side, one) === 0) continue;
      const found = listed(board, links, side, one, pass);
      if (found === undefined || found.parts.length === 0) continue;
      const proposal = { side: side.name, one, parts: found.parts };
      const rule = found.isComplete ? ruleFor(board, rules, groupOf(proposal), pass) : undefined;
      if (rule === undefined) incomplete.push(groupOf(proposal));
      else proposals.push({ ...proposal, rule });
    }
  }
  makeDisjoint(board, proposals);
  if (pass.sharedReferences) makeDisjoint(board, sharedReferences(board, links, pass, rules));
  return incomplete;
}

function documents({ columns }: Side, entry: number): number {
  return (columns.remittanceEnd[entry] as number) - columns.remittanceStart(entry);
}

/** The name of the rule by which the sums agree: exactly, within tolerance, or less a fee. */
function ruleFor(board: Board, rules: RuleSet, { ours, theirs }: Group, { kind }: RemittancePass): string | undefined {
  const amounts = amountsOf(board, ours, theirs);
  if (amounts.ours === amounts.theirs) return kind;
  const allowed = allowingRule(rules, amounts);
  return allowed === undefined ? undefined : `${kind}:${allowed}`;
}

/** The one entry of the other side for each document; undefined when a document leads to several. */
function listed(
  board: Board,
  links: Links,
  side: Side,
  one: number,
  { dateWindowDays }: RemittancePass,
): { readonly parts: number[]; readonly isComplete: boolean } | undefined {
  const other = board.other(side);
  const { columns } = side;
  const parts: number[] = [];
  let isComplete = true;
  for (let item = columns.remittanceStart(one); item < (columns.remittanceEnd[one] as number); item++) {
    const mates = links.byDocument(
      side,
      one,
      item,
      (mate) => isSameKind(side, one, other, mate) && isWithin(side, one, other, mate, dateWindowDays),
    );
    if (mates === undefined) tooMany(board, side, one);
    const amount = columns.remittedAmount[item] as bigint;
    const exact = mates?.filter((mate) => amount === NO_AMOUNT || other.columns.amount[mate] === amount);
    const chosen = exact === undefined || exact.length === 0 ? mates : exact;
    if (chosen === undefined || chosen.length > 1) return undefined;
    if (exact?.length !== 1) isComplete = false;
    for (const mate of chosen) if (!parts.includes(mate)) parts.push(mate);
  }
  return { parts, isComplete };
}

/** A reference of the entry leads to more entries than are followed. */
function tooMany(board: Board, side: Side, one: number): void {
  const [ours, theirs] = side === board.ours ? [[one], []] : [[], [one]];
  board.bounds.hit('remittance', 'maxLinks', MAX_LINKS, ours, theirs);
}

/** Several entries that name one entry's reference, lead to it alone, and add up to it. */
function sharedReferences(board: Board, links: Links, pass: RemittancePass, rules: RuleSet): Proposal[] {
  const proposals: Proposal[] = [];
  for (const side of [board.ours, board.theirs]) {
    const other = board.other(side);
    for (let one = 0; one < side.columns.count; one++) {
      if (!side.isOpen(one)) continue;
      const parts = linkedParts(links, side, one, other, pass.dateWindowDays, () => tooMany(board, side, one));
      if (parts === undefined) continue;
      const proposal = { side: side.name, one, parts };
      const rule = ruleFor(board, rules, groupOf(proposal), pass);
      if (rule !== undefined) proposals.push({ ...proposal, rule });
    }
  }
  return proposals;
}

/** The entries of the other side that share a reference with `one` and with nothing else; undefined unless several. */
export function linkedParts(
  links: Links,
  side: Side,
  one: number,
  other: Side,
  days: number | null,
  onTooMany: () => void = () => undefined,
): number[] | undefined {
  const parts = links.byReference(
    side,
    one,
    (mate) => isSameKind(side, one, other, mate) && isWithin(side, one, other, mate, days),
  );
  if (parts === undefined) onTooMany();
  if (parts === undefined || parts.length < 2) return undefined;
  const isAlone = parts.every((part) => {
    const back = links.byReference(other, part, (mate) => isSameKind(other, part, side, mate));
    return back?.length === 1 && back[0] === one;
  });
  return isAlone ? parts : undefined;
}
