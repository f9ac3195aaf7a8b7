import { canonicalJson } from '../../canonical-json';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import { isJsonObject, type Json } from '../../json';
import { leafHash, verifyInclusion } from '../../merkle';
import type { Change, LoadedRecord, Operation } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { UNMATCH_REASONS, type MatchRun, type UndoneMatch } from './types';

/** Matches of one run that may be undone, entries of one of them, and levels of a tree: 2^30 items. */
export const UNMATCH_LIMITS = { matches: 200, entries: 64, path: 30, text: 16_384 } as const;
const HASH = /^[0-9a-f]{64}$/,
  PERSON = /^[^\u0000-\u001f]{1,128}$/u,
  TEXT = /^[^\u0000-\u0008]{1,500}$/u;

interface Unmatching {
  readonly run: string;
  /** The match as its line in the report says it: canonical JSON. */
  readonly match: string;
  readonly index: number;
  readonly path: readonly string[];
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  readonly reason: UndoneMatch['reason'];
  readonly text: string | null;
  readonly user: string;
}

/**
 * Undoes one match of a recorded run: an event of its own, since the run and its root stand as they were.
 *
 * The match is proved to be in the run; each is undone once. Its entries can be opened as a break `MATCH_UNDONE`, and the
 * member's later runs under the same rules leave them apart.
 */
export const unmatch: Operation<Unmatching> = {
  authority: {
    operation: 'unmatch',
    record: 'matchRun',
    from: ['recorded', 'amended'],
    to: 'amended',
    creator: 'runMember',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const entries = { min: 1, max: UNMATCH_LIMITS.entries };
    const value = {
      run: input.id('run'),
      match: input.text('match', new RegExp(`^[^\\u0000-\\u001f]{2,${UNMATCH_LIMITS.text}}$`, 'u')),
      index: input.integer('index', 0, 2 ** UNMATCH_LIMITS.path),
      path: input.list('path', { min: 0, max: UNMATCH_LIMITS.path }, hash),
      ours: input.list('ours', entries, hash),
      theirs: input.list('theirs', entries, hash),
      reason: input.oneOf('reason', UNMATCH_REASONS),
      text: input.optionalText('text', TEXT),
      user: input.text('user', PERSON),
    };
    input.end();
    return value;
  },
  reads: ({ run }, supplied) => ({ businessDays: claimedIds(supplied.get(run), 'run', 'businessDay') }),
  apply(context, input): readonly Change[] {
    const record = context.record(input.run, 'matchRun');
    const content = as<MatchRun>(record.groups);
    requireCreator(context, content.run.by);
    requireStatus(record, unmatch.authority);
    const leaf = leafHash(Buffer.from(input.match, 'utf8'));
    const item = provedMatch(content, input, leaf);
    const { date } = context.businessDay(content.run.businessDay);
    const { reason, text, user, ours, theirs } = input;
    const undone: UndoneMatch = {
      ...{ leaf: leaf.toString('hex'), index: input.index, rule: item.rule },
      lines: { ours: item.ours, theirs: item.theirs },
      ...{ ours, theirs, reason, text, user, by: context.creatorMspId, on: date },
    };
    return [appended(record, content, undone)];
  },
};

/** What an event keeps of a match's line. */
interface MatchLine {
  readonly rule: string;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

function hash(item: Json, field: string): string {
  if (typeof item !== 'string' || !HASH.test(item)) throw new Rejection('REQUEST_INVALID', { field });
  return item;
}

/** The match of this text and place. @throws Rejection MATCH_NOT_IN_RUN, REQUEST_INVALID. */
function provedMatch({ run }: MatchRun, { match, index, path, ours, theirs }: Unmatching, leaf: Buffer): MatchLine {
  const size = run.matches + Object.values(run.items).reduce((sum, count) => sum + count, 0);
  const hashes = path.map((node) => Buffer.from(node, 'hex'));
  // Matches come first in a result: what stands behind them is a break or no entry at all.
  const isProved =
    index < run.matches && verifyInclusion(leaf, index, size, hashes, Buffer.from(run.resultRoot, 'hex'));
  if (!isProved) throw new Rejection('MATCH_NOT_IN_RUN', { field: '/input/match' });
  const item = parsed(match);
  if (item === undefined) throw new Rejection('MATCH_NOT_IN_RUN', { field: '/input/match' });
  if (item.ours.length !== ours.length) throw new Rejection('REQUEST_INVALID', { field: '/input/ours' });
  if (item.theirs.length !== theirs.length) throw new Rejection('REQUEST_INVALID', { field: '/input/theirs' });
  return item;
}

/** The match of a line; undefined for what is none, since a run's root may stand over anything. */
function parsed(text: string): MatchLine | undefined {
  let item: Json;
  try {
    item = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (!isJsonObject(item) || item['kind'] !== 'match' || canonicalJson(item) !== text) return undefined;
  const [rule, ours, theirs] = [item['rule'], lines(item['ours']), lines(item['theirs'])];
  return typeof rule === 'string' && ours !== undefined && theirs !== undefined ? { rule, ours, theirs } : undefined;
}

function lines(value: Json | undefined): number[] | undefined {
  const isList = Array.isArray(value) && value.every((line) => Number.isSafeInteger(line) && Number(line) > 0);
  return isList ? (value as number[]) : undefined;
}

/** @throws Rejection MATCH_UNDONE_ALREADY, REQUEST_TOO_LARGE. */
function appended(record: LoadedRecord, { run, undone }: MatchRun, event: UndoneMatch): Change {
  if (undone.list.some(({ leaf }) => leaf === event.leaf)) throw new Rejection('MATCH_UNDONE_ALREADY');
  const limit = UNMATCH_LIMITS.matches;
  if (undone.list.length >= limit) {
    throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/match', limit: String(limit) });
  }
  const list = [...undone.list, event];
  return { kind: 'update', record, status: 'amended', groups: groupsOf({ run, undone: { list } }) };
}
