import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_RULE_SET } from '../../gateway/reconciliation/rules/default-rule-set';
import type { RuleSet } from '../../gateway/reconciliation/rules/rule-set';
import { BookWriter, type Draft } from './reconcile-books';
import { Dice } from './reconcile-dice';
import { PLANTS, type Plant } from './reconcile-plants';

/** Regular entries lie on 28 days; what is late or pending lies on the day the files are looked at. */
export const AS_OF = '2026-11-06';

/** The rules of the benchmark: the default ones, with one charge that matches and one that is reported. */
export const BENCH_RULES: RuleSet = {
  ...DEFAULT_RULE_SET,
  id: 'bench',
  fees: [
    { ...flat('wire', '1500'), action: 'match' },
    { ...flat('lifting', '2500'), action: 'report' },
  ],
};

function flat(name: string, fixedMinor: string): Omit<RuleSet['fees'][number], 'action'> {
  return {
    name,
    currency: 'USD',
    direction: 'both',
    fixedMinor,
    basisPoints: 0,
    minimumMinor: '0',
    maximumMinor: null,
  };
}

export type Mix = 'pairs' | 'groups';

/** One thing the files hold, by their lines: entries that belong together, or a break by its code. */
export interface Truth {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Null for a match; else the code that must be found for exactly these lines. */
  readonly code: string | null;
  /** What was planted. */
  readonly plant: string;
}

export interface Generated {
  readonly ours: string;
  readonly theirs: string;
  readonly truth: string;
  readonly entries: { readonly ours: number; readonly theirs: number };
}

/**
 * Writes both sides' files of about `entries` lines each and the truth about them; the same seed writes the same bytes.
 *
 * Their dates are one day later for 23 % and two for 4 %, their lines are in another order.
 */
export async function generateBooks(
  folder: string,
  entries: number,
  seed: number,
  mix: Mix,
  format: 'csv' | 'jsonl' = 'csv',
): Promise<Generated> {
  mkdirSync(folder, { recursive: true });
  const dice = new Dice(seed);
  const ours = new BookWriter(join(folder, 'ours.csv'), new Dice(seed + 1), 'csv');
  const theirs = new BookWriter(join(folder, `theirs.${format}`), new Dice(seed + 2), format);
  const truth: { ours: number[]; theirs: number[]; code: string | null; plant: string }[] = [];
  const total = PLANTS.reduce((sum, { share }) => sum + share[mix], 0);
  for (let number = 0; ours.count < entries; number++) {
    const plant = pick(dice.below(1_000_000) / 1_000_000, total, mix);
    for (const { code, left, right } of plant.make(dice, number)) {
      truth.push({ ours: add(ours, left), theirs: add(theirs, right), code, plant: plant.name });
    }
    if (number % 1_024 === 0) await Promise.all([ours.drained(), theirs.drained()]);
  }
  await Promise.all([ours.end(), theirs.end()]);
  const file = join(folder, 'truth.jsonl');
  writeFileSync(file, '');
  for (let at = 0; at < truth.length; at += 50_000) {
    const lines = truth.slice(at, at + 50_000).map((item) =>
      JSON.stringify({
        ...item,
        ours: item.ours.map((id) => ours.lineOf(id)).sort((a, b) => a - b),
        theirs: item.theirs.map((id) => theirs.lineOf(id)).sort((a, b) => a - b),
      }),
    );
    writeFileSync(file, `${lines.join('\n')}\n`, { flag: 'a' });
  }
  return { ours: ours.path, theirs: theirs.path, truth: file, entries: { ours: ours.count, theirs: theirs.count } };
}

function add(book: BookWriter, drafts: readonly Draft[]): number[] {
  return drafts.map((draft) => book.add(draft));
}

function pick(chance: number, total: number, mix: Mix): Plant {
  let rest = chance * total;
  for (const plant of PLANTS) {
    rest -= plant.share[mix];
    if (rest < 0) return plant;
  }
  return PLANTS[0] as Plant;
}
