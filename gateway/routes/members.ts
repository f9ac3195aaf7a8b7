import { Rejection } from '../../chaincode/domain/errors';
import { OPEN_STATUSES } from '../../chaincode/domain/membership';
import type { RecordType } from '../../chaincode/domain/record';
import type { Route } from '../http/route';
import type { RouteDeps } from './dependencies';
import { allRecords } from '../services/all-records';
import { SuccessionService } from '../services/succession-service';
import { MembershipVoteDto, PassOnDto, SuccessionVoteDto } from './dto/members';
import { toSent } from './finance';
import { MemberList, PassedList, SentAnswer } from './views/answers';

/** Records named to a caller who may not vote yet. */
const NAMED = 20;

/** Who belongs to the network, and the members' votes on it. */
export function memberRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/members',
      operationId: 'listMembers',
      tag: 'members',
      summary: 'Members of the network, and votes on members',
      permission: 'read',
      answer: { status: 200, description: 'As the registry has them.', type: MemberList },
      handle: async () => {
        const { members } = await deps.registry.network();
        const proposals = await deps.registry.membershipProposals();
        return { json: { items: members, proposals, successions: await deps.registry.successions() } };
      },
    },
    {
      method: 'post',
      path: '/v1/members/{mspId}/votes',
      operationId: 'voteMembership',
      tag: 'members',
      summary: 'Vote that a member comes or goes; more than half of the members carry it',
      permission: 'administer',
      body: { kind: 'json', type: MembershipVoteDto },
      answer: { status: 200, description: 'Counted.', type: SentAnswer },
      handle: async ({ params, body, reference }) => {
        const vote = { ...(body as MembershipVoteDto), mspId: params['mspId'] ?? '' };
        if (vote.action === 'retire') await requireNothingOpen(deps, vote.mspId);
        return { json: toSent(await deps.registry.voteMembership(vote, reference)) };
      },
    },
    ...successionRoutes(deps),
  ];
}

/** A member that leaves, or has lost its keys, is followed by another of its kind. */
function successionRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/members/{mspId}/successions',
      operationId: 'voteSuccession',
      tag: 'members',
      summary: "Vote that a member's open records pass on to another; later votes consent for the own records",
      permission: 'administer',
      body: { kind: 'json', type: SuccessionVoteDto },
      answer: { status: 200, description: 'Counted.', type: SentAnswer },
      handle: async ({ params, body, reference }) => {
        const vote = { from: params['mspId'] ?? '', to: (body as SuccessionVoteDto).successor };
        return { json: toSent(await deps.registry.voteSuccession(vote, reference)) };
      },
    },
    {
      method: 'post',
      path: '/v1/members/{mspId}/successions/{successor}/records',
      operationId: 'passOnRecords',
      tag: 'members',
      summary: 'Pass on every open record this member holds with the leaving one; begun again, it goes on',
      permission: 'administer',
      body: { kind: 'json', type: PassOnDto },
      answer: { status: 200, description: 'What became of each record.', type: PassedList },
      handle: async ({ params, body, reference }) => {
        const succession = { from: params['mspId'] ?? '', to: params['successor'] ?? '' };
        const items = await new SuccessionService(deps).passOn(succession, reference, (body as PassOnDto).witnesses);
        return { json: { items, complete: items.every(({ state }) => state === 'passedOn') } };
      },
    },
  ];
}

/** Only the members that share a record with one that leaves can know that it is open, so each looks before it votes. */
async function requireNothingOpen({ index, registry }: RouteDeps, mspId: string): Promise<void> {
  const open: string[] = [];
  const isFollowed = (await registry.successions()).some(({ from, status }) => from === mspId && status === 'carried');
  for (const [type, statuses] of Object.entries(OPEN_STATUSES)) {
    // A statement is its two members' own; nobody signs it in their place.
    if (isFollowed && type === 'statement') continue;
    for (const status of statuses) open.push(...(await openWith(index, type as RecordType, status, mspId)));
    if (open.length >= NAMED) break;
  }
  if (open.length > 0) throw new Rejection('MEMBER_HAS_OPEN_RECORDS', { records: open.slice(0, NAMED).join(',') });
}

async function openWith(index: RouteDeps['index'], type: RecordType, status: string, mspId: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { id, participants } of allRecords(index, { type, status })) {
    if (participants.includes(mspId)) found.push(id);
    if (found.length >= NAMED) break;
  }
  return found;
}
