import { canonicalJson } from '../../../chaincode/domain/canonical-json';
import type { Json } from '../../../chaincode/domain/json';
import { amountsOf } from './amounts';
import { GROUPED, PAIRED, type Board, type Group } from './board';
import { currencyLetters, DEBIT } from './columns';
import type { MatchItem, Reconciliation, Rivals } from './result';

/** Every match in the order of our lines. */
export function* matches({ board, rules }: Reconciliation): Generator<MatchItem> {
  for (let entry = 0; entry < board.ours.columns.count; entry++) {
    const group = matchedGroup(board, entry);
    if (group !== undefined) yield matchItem(board, rules, group, board.ours.reason[entry] as number);
  }
}

/**
 * The canonical JSON of every match, in the same order.
 *
 * Pairs of equal amounts without rivals are nearly all of a day; their text is put together directly.
 */
export function* matchLines(reconciliation: Reconciliation): Generator<string> {
  const { board, rules } = reconciliation;
  const { ours, theirs } = board;
  const { columns } = ours;
  const tail = board.rules.map(
    (rule) => `"rivals":null,"rule":"${rule}","ruleSet":"${rules.id}","ruleSetVersion":"${rules.version}"`,
  );
  for (let entry = 0; entry < columns.count; entry++) {
    const mate = ours.mate[entry] as number;
    if (
      ours.state[entry] === PAIRED &&
      ours.rivals[entry] === 0 &&
      columns.amount[entry] === theirs.columns.amount[mate]
    ) {
      const direction = ((columns.flags[entry] as number) & DEBIT) === 0 ? 'credit' : 'debit';
      const minor = String(columns.amount[entry]);
      yield `{"currency":"${currencyLetters(columns.currency[entry] as number)}","direction":"${direction}","kind":"match","ours":[${
        columns.line[entry]
      }],"oursMinor":"${minor}","residualMinor":"0",${tail[ours.reason[entry] as number]},"theirs":[${
        theirs.columns.line[mate]
      }],"theirsMinor":"${minor}"}`;
      continue;
    }
    const group = matchedGroup(board, entry);
    if (group === undefined) continue;
    yield canonicalJson(matchItem(board, rules, group, ours.reason[entry] as number) as unknown as Json);
  }
}

/** The match whose first entry of ours this is. */
function matchedGroup({ ours, groups }: Board, entry: number): Group | undefined {
  const mate = ours.mate[entry] as number;
  if (ours.state[entry] === PAIRED) return { ours: [entry], theirs: [mate] };
  if (ours.state[entry] !== GROUPED) return undefined;
  const group = groups[mate] as Group;
  return group.ours[0] === entry ? group : undefined;
}

function matchItem(board: Board, { id, version }: Reconciliation['rules'], group: Group, rule: number): MatchItem {
  const { currency, direction, ours, theirs } = amountsOf(board, group.ours, group.theirs);
  return {
    kind: 'match',
    rule: board.rules[rule] as string,
    ruleSet: id,
    ruleSetVersion: version,
    ...linesOf(board, group),
    currency,
    direction,
    oursMinor: String(ours),
    theirsMinor: String(theirs),
    residualMinor: String(ours - theirs),
    rivals: rivalsOf(board, group),
  };
}

/** The group by its lines, ascending. */
export function linesOf({ ours, theirs }: Board, group: Group): { readonly ours: number[]; readonly theirs: number[] } {
  const order = (a: number, b: number): number => a - b;
  return {
    ours: group.ours.map((entry) => ours.columns.line[entry] as number).sort(order),
    theirs: group.theirs.map((entry) => theirs.columns.line[entry] as number).sort(order),
  };
}

/** The rivals noted for a group's entries, without its own; null for none. */
export function rivalsOf(board: Board, group: Group): Rivals | null {
  const place =
    group.ours.map((entry) => board.ours.rivals[entry] as number).find((found) => found !== 0) ??
    group.theirs.map((entry) => board.theirs.rivals[entry] as number).find((found) => found !== 0);
  if (place === undefined) return null;
  const { ours, theirs, total } = board.rivals.at(place);
  const others = {
    ours: ours.filter((entry) => !group.ours.includes(entry)),
    theirs: theirs.filter((entry) => !group.theirs.includes(entry)),
  };
  const own = ours.length - others.ours.length + theirs.length - others.theirs.length;
  return total - own === 0 ? null : { ...linesOf(board, others), total: total - own };
}
