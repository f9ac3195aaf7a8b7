import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { BreakItem, MatchItem } from '../../gateway/reconciliation/matching/result';
import type { Truth } from './reconcile-generator';

/** A report held against the truth about its files. */
export interface Quality {
  readonly matches: { readonly planted: number; readonly found: number; readonly false: number };
  /** True matches among those made; false ones must be 0. */
  readonly precision: number;
  /** Groups of more than two entries that the truth says can be found. */
  readonly groups: { readonly planted: number; readonly found: number; readonly recall: number };
  readonly breaks: { readonly planted: number; readonly found: number; readonly wrong: number };
  /** Plants that were not found, or not with their code, by name; and breaks that nobody planted, by code. */
  readonly missed: Readonly<Record<string, number>>;
  readonly notPlanted: Readonly<Record<string, number>>;
}

type Lines = Pick<Truth, 'ours' | 'theirs'>;

/** Compares every match and every break of `report.jsonl` with `truth.jsonl`, line by line. */
export async function judge(truthFile: string, reportFile: string): Promise<Quality> {
  const matches = new Map<string, Truth>();
  const breaks = new Map<string, Truth>();
  for await (const truth of jsonLines<Truth>(truthFile))
    (truth.code === null ? matches : breaks).set(keyOf(truth), truth);
  const tally = new Tally(matches, breaks);
  for await (const item of jsonLines<MatchItem | BreakItem | { kind: 'other' }>(reportFile)) {
    if (item.kind === 'match') tally.match(item);
    else if (item.kind === 'break') tally.break(item);
  }
  return tally.quality();
}

/** A duplicate's truth names all its lines: which one is held is nobody's matter as long as the other one matches. */
class Tally {
  readonly #matches: ReadonlyMap<string, Truth>;
  readonly #breaks: ReadonlyMap<string, Truth>;
  readonly #duplicates = new Map<number, Truth>();
  readonly #held = new Map<Truth, { match: number; duplicate: number }>();
  readonly #found = new Set<string>();
  readonly #notPlanted: Record<string, number> = {};
  #false = 0;

  constructor(matches: ReadonlyMap<string, Truth>, breaks: ReadonlyMap<string, Truth>) {
    this.#matches = matches;
    this.#breaks = breaks;
    for (const truth of breaks.values()) {
      if (truth.code === 'DUPLICATE') for (const line of truth.theirs) this.#duplicates.set(line, truth);
    }
  }

  match(item: MatchItem): void {
    const key = keyOf(item);
    if (this.#matches.has(key)) {
      this.#found.add(key);
      return;
    }
    const truth = this.#duplicates.get(item.theirs[0] as number);
    const isTwin = truth !== undefined && item.theirs.length === 1 && String(truth.ours) === String(item.ours);
    if (isTwin) this.#heldOf(truth).match++;
    else this.#false++;
  }

  break(item: BreakItem): void {
    const twin = item.code === 'DUPLICATE' ? this.#duplicates.get(item.theirs[0] as number) : undefined;
    if (twin !== undefined && item.ours.length === 0) {
      this.#heldOf(twin).duplicate++;
      return;
    }
    const key = keyOf(item);
    if (this.#breaks.get(key)?.code === item.code) this.#found.add(key);
    else this.#notPlanted[item.code] = (this.#notPlanted[item.code] ?? 0) + 1;
  }

  quality(): Quality {
    const missed: Record<string, number> = {};
    let [breaksFound, matchesFound, groups, groupsFound] = [0, 0, 0, 0];
    const miss = ({ plant }: Truth): void => void (missed[plant] = (missed[plant] ?? 0) + 1);
    for (const [key, truth] of this.#breaks) {
      const held = this.#held.get(truth);
      const isFound = truth.code === 'DUPLICATE' ? held?.match === 1 && held.duplicate === 1 : this.#found.has(key);
      if (isFound) breaksFound++;
      else miss(truth);
    }
    for (const [key, truth] of this.#matches) {
      const isFound = this.#found.has(key);
      const isGroup = truth.ours.length + truth.theirs.length > 2;
      if (isFound) matchesFound++;
      else miss(truth);
      if (isGroup) groups++;
      if (isGroup && isFound) groupsFound++;
    }
    const made = matchesFound + this.#false;
    return {
      matches: { planted: this.#matches.size, found: matchesFound, false: this.#false },
      precision: made === 0 ? 1 : matchesFound / made,
      groups: { planted: groups, found: groupsFound, recall: groups === 0 ? 1 : groupsFound / groups },
      breaks: { planted: this.#breaks.size, found: breaksFound, wrong: this.#breaks.size - breaksFound },
      missed,
      notPlanted: this.#notPlanted,
    };
  }

  #heldOf(truth: Truth): { match: number; duplicate: number } {
    const held = this.#held.get(truth) ?? { match: 0, duplicate: 0 };
    this.#held.set(truth, held);
    return held;
  }
}

function keyOf({ ours, theirs }: Lines): string {
  return `${ours.join()}|${theirs.join()}`;
}

async function* jsonLines<T>(file: string): AsyncGenerator<T> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line) as T;
  }
}
