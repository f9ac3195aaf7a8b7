import { isJsonObject, type Json } from '../../chaincode/domain/json';
import { inclusionProof, leafHash } from '../../chaincode/domain/merkle';
import type { Readers, ShownBreak } from './matching/break-items';
import type { MatchText } from './matching/match-items';
import type { MatchItem, RefusedItem } from './matching/result';
import type { LoadedSide } from './matching/load-side';
import type { Undone } from './matching/undone';
import type { SideName } from './matching/work-tables';
import type { ReportSink } from './report/write-report';

/** Matches told in one go. */
export const MAX_UNDOINGS = 200;
const DIGEST = /^[0-9a-f]{64}$/;

/** What the ledger's `unmatch` takes of one match, and what later runs know its entries by. */
export interface Undoing {
  /** The match's line of the report. */
  readonly match: string;
  readonly index: number;
  /** RFC 6962 inclusion path under the report's root, hexadecimal. */
  readonly path: readonly string[];
  /** SHA-256 of each entry's content, in the order of the match's lines. */
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

/** Listens to a report and tells the matches that hold given lines of ours, with their proofs. */
export class Undoings implements ReportSink {
  readonly #lines: ReadonlySet<number>;
  readonly #leaves: Buffer[] = [];
  readonly #wanted: { readonly index: number; readonly json: string; readonly item: MatchItem }[] = [];

  constructor(lines: ReadonlySet<number>) {
    this.#lines = lines;
  }

  match({ json }: MatchText): void {
    const item = JSON.parse(json) as MatchItem;
    if (item.ours.some((line) => this.#lines.has(line))) this.#wanted.push({ index: this.#leaves.length, json, item });
    this.#append(json);
  }

  break(_shown: ShownBreak, text: string): void {
    this.#append(text);
  }

  refused(_item: RefusedItem, text: string): void {
    this.#append(text);
  }

  /** The matches in the report's order; a line that is in no match is in none of them. */
  async told(sides: Readonly<Record<SideName, LoadedSide>>, readers: Readers): Promise<readonly Undoing[]> {
    const digests = (side: SideName, lines: readonly number[]): Promise<string[]> =>
      Promise.all(lines.map((line) => readers[side].digest(sides[side].columns.line.indexOf(line))));
    return Promise.all(
      this.#wanted.map(async ({ index, json, item }) => ({
        match: json,
        index,
        path: inclusionProof(this.#leaves, index).map((node) => node.toString('hex')),
        ours: await digests('ours', item.ours),
        theirs: await digests('theirs', item.theirs),
      })),
    );
  }

  #append(text: string): void {
    this.#leaves.push(leafHash(Buffer.from(text, 'utf8')));
  }
}

/** A file of undone matches, one JSON line each as `Undoings` tells them. @throws Error with the line that is none. */
export function parseUndone(text: string): readonly Undone[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line, at) => {
    const undone = undoneOf(line);
    if (undone === undefined) {
      throw new Error(`line ${at + 1} is no undone match: give lines as concordat reconcile --undo prints them`);
    }
    return undone;
  });
}

function undoneOf(line: string): Undone | undefined {
  try {
    const value = JSON.parse(line) as Json;
    if (!isJsonObject(value) || typeof value['match'] !== 'string') return undefined;
    const match = JSON.parse(value['match']) as Json;
    if (!isJsonObject(match)) return undefined;
    const { ruleSet, ruleSetVersion } = match;
    const [ours, theirs] = [digestsOf(value['ours']), digestsOf(value['theirs'])];
    if (typeof ruleSet !== 'string' || typeof ruleSetVersion !== 'string' || !ours || !theirs) return undefined;
    return {
      leaf: leafHash(Buffer.from(value['match'], 'utf8')).toString('hex'),
      ruleSet,
      ruleSetVersion,
      ours,
      theirs,
    };
  } catch {
    return undefined;
  }
}

function digestsOf(value: Json | undefined): readonly string[] | undefined {
  const isList =
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && DIGEST.test(one));
  return isList ? (value as string[]) : undefined;
}
