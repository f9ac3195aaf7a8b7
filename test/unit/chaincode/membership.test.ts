import { expect } from 'chai';
import { Rejection } from '../../../chaincode/domain/errors';
import { parseMembershipVote, voted, type MembershipProposal } from '../../../chaincode/domain/membership';
import type { Json } from '../../../chaincode/domain/json';
import type { Member, NetworkDescription } from '../../../chaincode/domain/registry';

const member = (mspId: string, kind: Member['kind'] = 'bank'): Member => ({ mspId, kind, name: mspId, nameZh: mspId });
const networkOf = (...ids: string[]): NetworkDescription => ({
  channel: 'trade',
  genesisHash: '7'.repeat(64),
  members: ids.map((id) => member(id)),
  fingerprintKeyHash: '8'.repeat(64),
});
const FIVE = networkOf('A', 'B', 'C', 'D', 'E');
const admit = (mspId: string) => ({ action: 'admit' as const, member: member(mspId) });
const retire = (mspId: string) => ({ action: 'retire' as const, member: member(mspId) });
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof Rejection ? error.code : String(error);
  }
};
const votes = (
  vote: ReturnType<typeof admit> | ReturnType<typeof retire>,
  voters: readonly string[],
  network = FIVE,
): { proposal: MembershipProposal | undefined; network: NetworkDescription } => {
  let state: { proposal: MembershipProposal | undefined; network: NetworkDescription } = {
    proposal: undefined,
    network,
  };
  for (const voter of voters) state = voted(vote, state.proposal, state.network, voter);
  return state;
};
const idsOf = ({ members }: NetworkDescription): string => members.map(({ mspId }) => mspId).join('');

describe('votes on members', () => {
  it('carry with more than half of all members, and not before', () => {
    expect(votes(admit('F'), ['B', 'A']).proposal).to.deep.include({ votes: ['A', 'B'], status: 'proposed' });
    expect(idsOf(votes(admit('F'), ['A', 'B']).network)).to.equal('ABCDE');
    const carried = votes(admit('F'), ['A', 'B', 'C']);
    expect(carried.proposal?.status).to.equal('carried');
    expect(idsOf(carried.network)).to.equal('ABCDEF');
    expect(idsOf(votes(retire('E'), ['A', 'B', 'C']).network)).to.equal('ABCD');
    expect(votes(admit('C'), ['A', 'B'], networkOf('A', 'B')).proposal?.status).to.equal('carried');
  });

  it('are opened anew once one was carried', () => {
    const { network, proposal } = votes(retire('E'), ['A', 'B', 'C']);
    const again = voted(admit('E'), proposal, network, 'A');
    expect(again.proposal).to.deep.include({ action: 'admit', votes: ['A'], status: 'proposed' });
  });

  const open = votes(admit('F'), ['A']).proposal;
  const REFUSED: readonly (readonly [what: string, work: () => unknown, code: string])[] = [
    ['a vote of nobody in the network', () => voted(admit('F'), undefined, FIVE, 'X'), 'CREATOR_NOT_ENTITLED'],
    ['a vote on oneself', () => voted(retire('A'), undefined, FIVE, 'A'), 'CREATOR_NOT_ENTITLED'],
    ['the admission of a member', () => voted(admit('B'), undefined, FIVE, 'A'), 'MEMBER_KNOWN'],
    ['the retirement of a stranger', () => voted(retire('F'), undefined, FIVE, 'A'), 'MEMBER_UNKNOWN'],
    [
      'a retirement under another kind',
      () => voted({ action: 'retire', member: member('B', 'platform') }, undefined, FIVE, 'A'),
      'MEMBER_UNKNOWN',
    ],
    ['the last but one', () => voted(retire('B'), undefined, networkOf('A', 'B'), 'A'), 'MEMBERS_TOO_FEW'],
    ['a second vote', () => voted(admit('F'), open, FIVE, 'A'), 'VOTE_CAST'],
    [
      'another content under the same name',
      () => voted({ action: 'admit', member: { ...member('F'), name: 'other' } }, open, FIVE, 'B'),
      'VOTE_DIFFERS',
    ],
    ['an unknown action', () => parseMembershipVote({ action: 'expel' } as Json), 'REQUEST_INVALID'],
    [
      'a field nobody asked for',
      () => parseMembershipVote({ ...retire('B').member, action: 'retire', more: 1 } as unknown as Json),
      'REQUEST_INVALID',
    ],
  ];
  for (const [what, work, code] of REFUSED) it(`refuse ${what}: ${code}`, () => expect(codeOf(work)).to.equal(code));
});
