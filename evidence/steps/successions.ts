import { canonicalJson } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import type { Groups } from '../../chaincode/domain/record';
import { isPassedOn, passedIn, withSuccessor } from '../../chaincode/domain/succession';
import type { Transition } from '../authority';
import { ensure } from '../report';
import type { OpenVersion } from './content';

/**
 * The step by which one participant follows another, or receives the content; undefined for any other step.
 *
 * That participants change with nothing else is looked at in step `sequence`; that the content changes in names only,
 * here, as far as it was disclosed.
 */
export function successionStep(
  version: OpenVersion,
  before: OpenVersion | undefined,
  creator: string | undefined,
): Transition | undefined {
  if (before === undefined || before.document.status !== version.document.status) return undefined;
  const { id, version: number, participants } = version.document;
  const name = `record ${id} version ${number}`;
  const isFollowed = isPassedOn(before.document.participants, participants);
  const received = passedIn(version.open).slice(passedIn(before.open).length);
  if (!isFollowed && received.length === 0) return undefined;
  const entitled = isFollowed ? before.document.participants : participants;
  ensure(creator !== undefined && entitled.includes(creator), 'CREATOR_NOT_ENTITLED', `${name} ${creator ?? ''}`);
  if (!isFollowed) ensure(isRenamed(before.open, version.open), 'TRANSITION_FORBIDDEN', name);
  return transition(isFollowed ? 'passOn' : 'receiveRecord', version);
}

/** Whether the groups shown of both versions differ in the successor's name alone. */
function isRenamed(before: Groups, after: Groups): boolean {
  const last = passedIn(after).at(-1);
  if (last === undefined) return false;
  const expected = withSuccessor(before, last.from, last.to);
  return Object.entries(after).every(
    ([name, fields]) => expected[name] === undefined || textOf(expected[name]) === textOf(fields),
  );
}

function textOf(fields: Groups[string]): string {
  return canonicalJson(fields as Json);
}

function transition(operation: string, { document: { type, status } }: OpenVersion): Transition {
  return { operation, type, from: status, to: status, creator: 'anyParticipant', isSigned: false };
}
