import { Rejection } from '../../chaincode/domain/errors';
import { OPEN_STATUSES } from '../../chaincode/domain/membership';
import type { RecordType } from '../../chaincode/domain/record';
import type { Route } from '../http/route';
import type { RouteDeps } from './dependencies';
import { MembershipVoteDto } from './dto/members';
import { toSent } from './finance';
import { MemberList, SentAnswer } from './views/answers';

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
        return { json: { items: members, proposals: await deps.registry.membershipProposals() } };
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
  ];
}

/** Only the members that share a record with one that leaves can know that it is open, so each looks before it votes. */
async function requireNothingOpen({ index }: RouteDeps, mspId: string): Promise<void> {
  const open: string[] = [];
  for (const [type, statuses] of Object.entries(OPEN_STATUSES)) {
    for (const status of statuses) open.push(...(await openWith(index, type as RecordType, status, mspId)));
    if (open.length >= NAMED) break;
  }
  if (open.length > 0) throw new Rejection('MEMBER_HAS_OPEN_RECORDS', { records: open.slice(0, NAMED).join(',') });
}

async function openWith(index: RouteDeps['index'], type: RecordType, status: string, mspId: string): Promise<string[]> {
  const found: string[] = [];
  let page = await index.list({ type, status, limit: 200 });
  for (;;) {
    found.push(...page.items.filter(({ participants }) => participants.includes(mspId)).map(({ id }) => id));
    if (page.next === undefined || found.length >= NAMED) return found;
    page = await index.list({ type, status, limit: 200, cursor: page.next });
  }
}
