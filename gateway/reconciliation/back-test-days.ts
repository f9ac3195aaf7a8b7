import { canonicalBytes } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import { isJsonObject, type Json, type JsonObject } from '../../chaincode/domain/json';
import { backTest, type BackTest } from './back-test';
import type { Reconciliation } from './matching/result';

export const BACK_TEST_FORMAT = 'concordat.back-test.v1';
/** Past days of one back-test: a quarter. */
export const MAX_BACK_TEST_DAYS = 92;
const DIGEST = /^[0-9a-f]{64}$/;

/** What a change of rules does to the files of one past day. */
export interface BackTestDay extends Pick<BackTest, 'kept' | 'appear' | 'disappear'> {
  readonly asOf: string;
  /** SHA-256 of the day's files. */
  readonly inputs: { readonly ours: string; readonly theirs: string };
  readonly before: number;
  readonly after: number;
}

/** What a change of rules does to past days: what a second person reads before it is taken into use. */
export interface BackTestResult {
  readonly format: typeof BACK_TEST_FORMAT;
  readonly before: Pick<BackTest['before'], 'id' | 'version' | 'digest'>;
  readonly after: BackTestResult['before'];
  readonly days: readonly BackTestDay[];
}

/** What the ledger keeps of a result. */
export interface BackTestSummary {
  readonly digest: string;
  readonly days: number;
  readonly inputs: readonly string[];
  /** Digest of the rules before. */
  readonly before: string;
  readonly kept: number;
  readonly appear: number;
  readonly disappear: number;
}

/** One day under both rule sets. */
export function backTestDay(before: Reconciliation, after: Reconciliation): BackTestDay {
  const { kept, appear, disappear, ...counts } = backTest(before, after);
  const { ours, theirs } = before.inputs;
  return {
    asOf: before.asOf,
    inputs: { ours: ours.digest, theirs: theirs.digest },
    before: counts.before.matches,
    after: counts.after.matches,
    kept,
    appear,
    disappear,
  };
}

/** The bytes of a result: canonical JSON, so that whoever repeats it on the same files has the same digest. */
export function backTestBytes(result: BackTestResult | JsonObject): Uint8Array {
  return canonicalBytes(result as unknown as Json);
}

/** What the ledger keeps of a result, counted from its lists; undefined for what is no result of these rules. */
export function summariseBackTest(result: Json, rulesDigest: string): BackTestSummary | undefined {
  if (!isJsonObject(result) || result['format'] !== BACK_TEST_FORMAT) return undefined;
  const [before, after, days] = [digestOf(result['before']), digestOf(result['after']), result['days']];
  const isDays = Array.isArray(days) && days.length > 0 && days.length <= MAX_BACK_TEST_DAYS;
  if (!isDays || before === undefined || after !== rulesDigest) return undefined;
  const counted = days.map(dayOf);
  if (counted.some((day) => day === undefined)) return undefined;
  const known = counted as NonNullable<(typeof counted)[number]>[];
  const sum = (of: (day: (typeof known)[number]) => number): number => known.reduce((all, day) => all + of(day), 0);
  return {
    digest: sha256Hex(backTestBytes(result)),
    days: known.length,
    inputs: [...new Set(known.flatMap(({ inputs }) => inputs))],
    before,
    kept: sum(({ kept }) => kept),
    appear: sum(({ appear }) => appear),
    disappear: sum(({ disappear }) => disappear),
  };
}

function digestOf(value: Json | undefined): string | undefined {
  const digest = value !== undefined && isJsonObject(value) ? value['digest'] : undefined;
  return typeof digest === 'string' && DIGEST.test(digest) ? digest : undefined;
}

function dayOf(value: Json) {
  if (!isJsonObject(value)) return undefined;
  const { inputs, kept, appear, disappear } = value;
  if (inputs === undefined || !isJsonObject(inputs) || typeof kept !== 'number' || !Number.isSafeInteger(kept)) {
    return undefined;
  }
  const files = [inputs['ours'], inputs['theirs']];
  const isDay =
    kept >= 0 &&
    files.every((file) => typeof file === 'string' && DIGEST.test(file)) &&
    Array.isArray(appear) &&
    Array.isArray(disappear);
  return isDay ? { inputs: files as string[], kept, appear: appear.length, disappear: disappear.length } : undefined;
}
