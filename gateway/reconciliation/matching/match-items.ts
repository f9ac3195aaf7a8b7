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

/** One match in both of its spellings. */
export interface MatchText {
  readonly json: string;
  /** The line of `matches.csv`, without its end; nothing in it can be a formula. */
  readonly csv: string;
}

/**
 * The canonical JSON of every match, and its CSV, in the same order.
 *
 * Pairs of equal amounts without rivals are nearly all of a day; their texts are put together directly.
 */
export function* matchTexts({ board, rules }: Reconciliation): Generator<MatchText> {
  const { ours, theirs } = board;
  const { columns } = ours;
  const [a, b] = [ours.amountWords, theirs.amountWords];
  const { id, version } = rules;
  const tails = board.rules.map(
    (rule) => `"rivals":null,"rule":"${rule}","ruleSet":"${id}","ruleSetVersion":"${version}"`,
  );
  const heads = board.rules.map((rule) => `${rule},${id},${version}`);
  for (let entry = 0; entry < columns.count; entry++) {
    const mate = ours.mate[entry] as number;
    const reason = ours.reason[entry] as number;
    const isPlain =
      ours.state[entry] === PAIRED &&
      ours.rivals[entry] === 0 &&
      a[entry * 2] === b[mate * 2] &&
      a[entry * 2 + 1] === b[mate * 2 + 1];
    if (isPlain) {
      const direction = ((columns.flags[entry] as number) & DEBIT) === 0 ? 'credit' : 'debit';
      const minor = String(columns.amount[entry]);
      const currency = currencyLetters(columns.currency[entry] as number);
      const [line, other] = [columns.line[entry], theirs.columns.line[mate]];
      yield {
        json: `{"currency":"${currency}","direction":"${direction}","kind":"match","ours":[${line}],"oursMinor":"${minor}","residualMinor":"0",${tails[reason]},"theirs":[${other}],"theirsMinor":"${minor}"}`,
        csv: `${heads[reason]},${line},${other},${currency},${direction},${minor},${minor},0,0`,
      };
      continue;
    }
    const group = matchedGroup(board, entry);
    if (group === undefined) continue;
    const item = matchItem(board, rules, group, reason);
    yield { json: canonicalJson(item as unknown as Json), csv: csvOf(item) };
  }
}

function csvOf(item: MatchItem): string {
  const { rule, ruleSet, ruleSetVersion, ours, theirs, currency, direction, rivals } = item;
  return [
    ...[rule, ruleSet, ruleSetVersion, ours.join(';'), theirs.join(';'), currency, direction],
    ...[item.oursMinor, item.theirsMinor, item.residualMinor, rivals?.total ?? 0],
  ].join(',');
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
