import { Rejection } from './errors';
import { Input } from './input';
import { isJsonObject, type Json } from './json';
import type { Groups } from './record';
import type { Member, NetworkDescription } from './registry';

/** What the members decide by vote: one member's open records pass on to another of its kind. */
export interface Succession {
  readonly from: string;
  readonly to: string;
  /** MSP ids of those who voted for it, sorted; each is that member's consent for the records it takes part in. */
  readonly votes: readonly string[];
  readonly status: 'proposed' | 'carried';
}

/** One way a record's keys may be written without one of its participants: all of these, and some of those. */
export interface SuccessionBranch {
  readonly all: readonly string[];
  readonly extra: number;
  readonly among: readonly string[];
}

/** Who must endorse the next write of a guarded key: all participants, or one of the branches. */
export interface KeyGuards {
  readonly participants: readonly string[];
  readonly branches: readonly SuccessionBranch[];
}

/**
 * The branches of a record's key-level policy: for each participant, how the others go on without it.
 *
 * The remaining participants, every arbitration member and so many others that they are a majority of the members.
 * One of them is never a participant: its peer endorses nothing but succession here, so that no other operation can
 * take this way. Where there are too few members, that participant cannot be replaced.
 * @see design decision 3
 */
export function successionBranches(participants: readonly string[], members: readonly Member[]): SuccessionBranch[] {
  const majority = Math.floor(members.length / 2) + 1;
  return participants.flatMap((leaver) => {
    const arbitration = members.filter(({ kind, mspId }) => kind === 'arbitration' && mspId !== leaver);
    const remaining = participants.filter((mspId) => mspId !== leaver);
    const all = sorted([...remaining, ...arbitration.map(({ mspId }) => mspId)]);
    const among = sorted(members.map(({ mspId }) => mspId)).filter((mspId) => mspId !== leaver && !all.includes(mspId));
    const hasOutsider = all.some((mspId) => !participants.includes(mspId));
    const extra = Math.max(majority - all.length, hasOutsider ? 0 : 1);
    return extra > among.length ? [] : [{ all, extra, among }];
  });
}

/** Reads one member's vote. @throws Rejection REQUEST_INVALID. */
export function parseSuccessionVote(json: Json): Pick<Succession, 'from' | 'to'> {
  const input = Input.of(json);
  const vote = { from: input.mspId('from'), to: input.mspId('to') };
  input.end();
  return vote;
}

/**
 * Counts one member's vote. It is carried by more than half of the members, the arbitration members and the successor
 * among them; whoever votes later consents for its own records.
 *
 * @throws Rejection CREATOR_NOT_ENTITLED, MEMBER_UNKNOWN, SUCCESSION_NOT_POSSIBLE, VOTE_CAST.
 */
export function votedSuccession(
  { from, to }: Pick<Succession, 'from' | 'to'>,
  before: Succession | undefined,
  { members }: NetworkDescription,
  creatorMspId: string,
): Succession {
  const memberOf = (mspId: string): Member | undefined => members.find((member) => member.mspId === mspId);
  if (memberOf(creatorMspId) === undefined || creatorMspId === from) {
    throw new Rejection('CREATOR_NOT_ENTITLED', { creator: creatorMspId });
  }
  const leaver = memberOf(from);
  if (leaver === undefined) throw new Rejection('MEMBER_UNKNOWN', { field: '/input/from' });
  const successor = memberOf(to);
  if (successor === undefined) throw new Rejection('MEMBER_UNKNOWN', { field: '/input/to', kind: leaver.kind });
  if (from === to || successor.kind !== leaver.kind || leaver.kind === 'arbitration') {
    throw new Rejection('SUCCESSION_NOT_POSSIBLE', { from, to });
  }
  if (before?.votes.includes(creatorMspId) === true) throw new Rejection('VOTE_CAST', { member: from });
  const votes = sorted([...(before?.votes ?? []), creatorMspId]);
  const needed = members.filter(({ kind, mspId }) => kind === 'arbitration' || mspId === to);
  const isCarried =
    needed.every(({ mspId }) => votes.includes(mspId)) &&
    votes.filter((mspId) => memberOf(mspId) !== undefined).length * 2 > members.length;
  return { from, to, votes, status: isCarried || before?.status === 'carried' ? 'carried' : 'proposed' };
}

/**
 * The participants after a succession.
 *
 * @throws Rejection SUCCESSION_NOT_CARRIED unless it is carried and every remaining participant voted for it;
 *   SUCCESSION_NOT_POSSIBLE when `from` is none of the participants or `to` already one.
 */
export function successors(participants: readonly string[], succession: Succession | undefined): string[] {
  if (succession?.status !== 'carried') throw new Rejection('SUCCESSION_NOT_CARRIED');
  const { from, to, votes } = succession;
  if (!participants.includes(from) || participants.includes(to)) {
    throw new Rejection('SUCCESSION_NOT_POSSIBLE', { from, to });
  }
  const missing = participants.find((mspId) => mspId !== from && !votes.includes(mspId));
  if (missing !== undefined) throw new Rejection('SUCCESSION_NOT_CARRIED', { member: missing });
  return sorted(participants.map((mspId) => (mspId === from ? to : mspId)));
}

/** Whether two versions' participants differ as a succession makes them: one went, one came, nobody else. */
export function isPassedOn(before: readonly string[], after: readonly string[]): boolean {
  const gone = before.filter((mspId) => !after.includes(mspId));
  const came = after.filter((mspId) => !before.includes(mspId));
  return gone.length === 1 && came.length === 1 && before.length === after.length;
}

/**
 * Content in which one member stands in another's place, wherever a text or a name is exactly its MSP id.
 *
 * Signatures stay as they were given, and the group `succession` tells who stood there before.
 */
export function withSuccessor(groups: Groups, from: string, to: string): Groups {
  const replaced = (value: Json): Json => {
    if (value === from) return to;
    if (Array.isArray(value)) return value.map(replaced);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name === from ? to : name, replaced(item)]));
  };
  const passed = [...passedIn(groups), { from, to }];
  return {
    ...Object.fromEntries(
      Object.entries(groups).map(([name, fields]) => [
        name,
        name === 'signatures' ? fields : (replaced(fields as Json) as Groups[string]),
      ]),
    ),
    succession: { passed },
  };
}

/** One member followed by another. */
export type Passed = Pick<Succession, 'from' | 'to'>;

/** The successions a record has been through, oldest first. */
export function passedIn(groups: Groups): readonly Passed[] {
  return parsePassed(groups['succession']?.['passed']);
}

/** The same from a value nobody has checked yet; what is no such list is none. */
export function parsePassed(value: Json | undefined): readonly Passed[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter(
    (item) => isJsonObject(item) && typeof item['from'] === 'string' && typeof item['to'] === 'string',
  ) as unknown as Passed[];
}

/** A participant's notice head: the name it was opened under, and everyone who has given notices on it. */
export interface HeadName {
  readonly name: string;
  readonly givers: readonly string[];
}

/** The notice heads of an order's participants: their own, or those of whom they followed. */
export function headNames(participants: readonly string[], passed: readonly Passed[]): HeadName[] {
  return participants.map((mspId) => {
    const givers = [mspId];
    for (const { from, to } of [...passed].reverse()) if (givers[0] === to) givers.unshift(from);
    return { name: givers[0] as string, givers };
  });
}

function sorted(mspIds: readonly string[]): string[] {
  return [...new Set(mspIds)].sort();
}
