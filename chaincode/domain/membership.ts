import { Rejection } from './errors';
import { Input } from './input';
import type { Json } from './json';
import type { RecordType } from './record';
import type { Member, NetworkDescription } from './registry';

export type MembershipAction = 'admit' | 'retire';

/** What the members decide by vote: one comes, or one goes. */
export interface MembershipProposal {
  readonly action: MembershipAction;
  readonly member: Member;
  /** MSP ids of those who voted for it, sorted. */
  readonly votes: readonly string[];
  readonly status: 'proposed' | 'carried';
}

/** Statuses from which a record still waits for someone; a member with such a record does not leave. */
export const OPEN_STATUSES: Readonly<Partial<Record<RecordType, readonly string[]>>> = {
  purchaseOrder: ['drafted', 'proposed', 'confirmed', 'fulfilling'],
  shipment: ['despatched'],
  invoice: ['drafted', 'issued'],
  receivable: ['open', 'discounted', 'paying'],
  payment: ['instructed'],
  standingAgreement: ['proposed', 'agreed'],
  statement: ['closed', 'signed', 'disputed'],
  break: ['open', 'assigned', 'proposed', 'agreed', 'timing', 'escalated', 'disputed', 'arbitration'],
  clearingAgreement: ['proposed', 'agreed'],
  clearing: ['computed', 'signed', 'agreed'],
  case: ['filed', 'accepted'],
};

/** Reads one member's vote. @throws Rejection REQUEST_INVALID. */
export function parseMembershipVote(json: Json): Pick<MembershipProposal, 'action' | 'member'> {
  const input = Input.of(json);
  const vote = {
    action: input.oneOf('action', ['admit', 'retire'] as const),
    member: {
      mspId: input.mspId('mspId'),
      kind: input.oneOf('kind', ['platform', 'bank', 'logistics', 'arbitration'] as const),
      name: input.text('name'),
      nameZh: input.text('nameZh'),
    },
  };
  input.end();
  return vote;
}

/**
 * Counts one member's vote. More than half of the members carry it; then the network has, or has not, the member.
 *
 * A peer's endorsement is not consent, so each member's own client votes; the one that is to go has no vote.
 * @throws Rejection CREATOR_NOT_ENTITLED, MEMBER_KNOWN, MEMBER_UNKNOWN, MEMBERS_TOO_FEW, VOTE_DIFFERS, VOTE_CAST.
 */
export function voted(
  { action, member }: Pick<MembershipProposal, 'action' | 'member'>,
  before: MembershipProposal | undefined,
  network: NetworkDescription,
  creatorMspId: string,
): { proposal: MembershipProposal; network: NetworkDescription } {
  requireVoter(network, creatorMspId, member.mspId);
  const known = network.members.find(({ mspId }) => mspId === member.mspId);
  if (action === 'admit' && known !== undefined) throw new Rejection('MEMBER_KNOWN', { member: member.mspId });
  if (action === 'retire') requireRetirable(member, known, network);
  const open = before?.status === 'proposed' ? before : undefined;
  if (open !== undefined && !isSame(open, { action, member })) {
    throw new Rejection('VOTE_DIFFERS', { member: member.mspId });
  }
  if (open?.votes.includes(creatorMspId) === true) throw new Rejection('VOTE_CAST', { member: member.mspId });
  const votes = [...(open?.votes ?? []), creatorMspId].sort();
  const isCarried = votes.filter((mspId) => isMember(network, mspId)).length * 2 > network.members.length;
  const proposal: MembershipProposal = { action, member, votes, status: isCarried ? 'carried' : 'proposed' };
  return { proposal, network: isCarried ? changed(network, proposal) : network };
}

function requireVoter(network: NetworkDescription, creator: string, subject: string): void {
  if (!isMember(network, creator) || creator === subject) throw new Rejection('CREATOR_NOT_ENTITLED', { creator });
}

function requireRetirable(member: Member, known: Member | undefined, { members }: NetworkDescription): void {
  if (known === undefined || known.kind !== member.kind) {
    throw new Rejection('MEMBER_UNKNOWN', { field: '/input/mspId', kind: member.kind });
  }
  if (members.length <= 2) throw new Rejection('MEMBERS_TOO_FEW', { member: member.mspId });
}

function isMember({ members }: NetworkDescription, mspId: string): boolean {
  return members.some((member) => member.mspId === mspId);
}

function isSame(open: MembershipProposal, { action, member }: Pick<MembershipProposal, 'action' | 'member'>): boolean {
  const { kind, name, nameZh } = open.member;
  return open.action === action && kind === member.kind && name === member.name && nameZh === member.nameZh;
}

function changed(network: NetworkDescription, { action, member }: MembershipProposal): NetworkDescription {
  const others = network.members.filter(({ mspId }) => mspId !== member.mspId);
  return { ...network, members: action === 'admit' ? [...others, member] : others };
}
