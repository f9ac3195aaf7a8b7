import type { RuleSet } from '../rules/rule-set';
import type { Readers } from './break-items';
import type { LoadedSide } from './load-side';
import type { SideName } from './work-tables';

/** A match that a person undid: by which rules it was made, and its entries by the digests of their content. */
export interface Undone {
  /** RFC 6962 leaf hash of the match's line: the event's name on the ledger. */
  readonly leaf: string;
  readonly ruleSet: string;
  readonly ruleSetVersion: string;
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** The same in two loaded files: for each entry all that say the same, since nothing tells twins apart. */
export interface UndoneEntries {
  readonly leaf: string;
  readonly ours: readonly (readonly number[])[];
  readonly theirs: readonly (readonly number[])[];
}

/**
 * Finds the entries of undone matches in two loaded files, whatever lines they stand in now.
 *
 * Matches of other rules or another version are left out: new rules may see it otherwise. What is not in the files any
 * more is left out too. Reads every entry's digest, so only files with undone matches pay for it.
 *
 * @throws StorageError when the work tables cannot be read.
 */
export async function undoneIn(
  sides: Readonly<Record<SideName, LoadedSide>>,
  readers: Readers,
  { id, version }: RuleSet,
  undone: readonly Undone[],
): Promise<readonly UndoneEntries[]> {
  const own = undone.filter(({ ruleSet, ruleSetVersion }) => ruleSet === id && ruleSetVersion === version);
  if (own.length === 0) return [];
  const ours = await entriesBy(new Set(own.flatMap((one) => one.ours)), sides.ours, readers.ours);
  const theirs = await entriesBy(new Set(own.flatMap((one) => one.theirs)), sides.theirs, readers.theirs);
  return own
    .map((one) => ({
      leaf: one.leaf,
      ours: one.ours.map((digest) => ours.get(digest) ?? []),
      theirs: one.theirs.map((digest) => theirs.get(digest) ?? []),
    }))
    .filter((one) => one.ours.some((found) => found.length > 0) && one.theirs.some((found) => found.length > 0));
}

async function entriesBy(
  digests: ReadonlySet<string>,
  { columns }: LoadedSide,
  reader: Readers[SideName],
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (let entry = 0; entry < columns.count; entry++) {
    const digest = await reader.digest(entry);
    if (digests.has(digest)) found.set(digest, [...(found.get(digest) ?? []), entry]);
  }
  return found;
}
