import { matches } from './matching/match-items';
import { keyOf } from './matching/proposals';
import type { MatchItem, Reconciliation } from './matching/result';

/** What a change of rules does to the matches of past days. */
export interface BackTest {
  readonly before: { readonly id: string; readonly version: string; readonly digest: string; readonly matches: number };
  readonly after: BackTest['before'];
  /** Matches of the same entries under both, whatever their rule. */
  readonly kept: number;
  readonly appear: readonly MatchItem[];
  readonly disappear: readonly MatchItem[];
}

/**
 * Compares two matchings of the same files; a match is the same when it holds the same lines.
 *
 * Walks both in the order of our lines and keeps only what differs.
 */
export function backTest(before: Reconciliation, after: Reconciliation): BackTest {
  const [left, right] = [new Map<string, MatchItem>(), new Map<string, MatchItem>()];
  let kept = 0;
  const counts = { before: 0, after: 0 };
  const [one, other] = [matches(before), matches(after)];
  let [a, b] = [one.next(), other.next()];
  while (a.done !== true || b.done !== true) {
    const order =
      a.done === true ? 1 : b.done === true ? -1 : (a.value.ours[0] as number) - (b.value.ours[0] as number);
    const isSame = order === 0 && keyOf(a.value as MatchItem) === keyOf(b.value as MatchItem);
    if (isSame) kept++;
    else {
      if (order <= 0) left.set(keyOf(a.value as MatchItem), a.value as MatchItem);
      if (order >= 0) right.set(keyOf(b.value as MatchItem), b.value as MatchItem);
    }
    if (order <= 0) {
      counts.before++;
      a = one.next();
    }
    if (order >= 0) {
      counts.after++;
      b = other.next();
    }
  }
  const side = ({ rules, rulesDigest }: Reconciliation, count: number): BackTest['before'] => ({
    id: rules.id,
    version: rules.version,
    digest: rulesDigest,
    matches: count,
  });
  return {
    before: side(before, counts.before),
    after: side(after, counts.after),
    kept,
    appear: [...right.values()],
    disappear: [...left.values()],
  };
}
