import { expect } from 'chai';
import fc from 'fast-check';
import { common } from '@hyperledger/fabric-protos';
import { Rejection } from '../../../chaincode/domain/errors';
import type { Json } from '../../../chaincode/domain/json';
import type { OperationRequest } from '../../../chaincode/domain/operation';
import type { Member } from '../../../chaincode/domain/registry';
import {
  headNames,
  isPassedOn,
  successionBranches,
  successors,
  votedSuccession,
  withSuccessor,
  type Succession,
} from '../../../chaincode/domain/succession';
import { keyPolicy } from '../../../chaincode/state/key-policy';
import { agreeOrder, bill, deliver, openDay, segmentsInput, Story } from '../../support/chaincode/story';
import { MEMBERS, World } from '../../support/chaincode/world';

const FROM = 'BuyerBankMSP',
  TO = 'ReserveBankMSP';
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof Rejection ? error.code : String(error);
  }
};
const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Rejection ? error.code : String(error)),
  );
const { network } = new World();
const ALL = MEMBERS.map(([mspId]) => mspId);
const OTHERS = ALL.filter((mspId) => mspId !== FROM);

function voted(...voters: readonly string[]): Succession {
  let before: Succession | undefined;
  for (const voter of voters) before = votedSuccession({ from: FROM, to: TO }, before, network, voter);
  return before as Succession;
}

describe('succession branches', () => {
  const anyMember = fc.record({
    mspId: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('A', 'B', 'C', 'D') }),
    kind: fc.constantFrom('platform', 'bank', 'logistics', 'arbitration'),
  });
  const anyNetwork = fc.uniqueArray(anyMember, { minLength: 2, maxLength: 9, selector: ({ mspId }) => mspId });

  it('never take less than a majority, every arbitration member and all who remain, and never the leaver', () => {
    fc.assert(
      fc.property(anyNetwork, fc.nat(), (members, seed) => {
        const participants = members.filter((_, at) => ((seed >> at) & 1) === 1).map(({ mspId }) => mspId);
        const known = members.map((member) => ({ ...member, name: '', nameZh: '' }) as Member);
        for (const { all, extra, among } of successionBranches(participants, known)) {
          const leavers = participants.filter((mspId) => !all.includes(mspId));
          expect(leavers).to.have.length(1);
          expect(among).to.not.include(leavers[0]);
          expect((all.length + extra) * 2).to.be.greaterThan(members.length);
          expect(among.length).to.be.at.least(extra);
          expect(among.filter((mspId) => all.includes(mspId))).to.deep.equal([]);
          for (const { kind, mspId } of members) {
            if (kind === 'arbitration' && mspId !== leavers[0]) expect(all).to.include(mspId);
          }
          // Somebody outside the record takes part in each way, and its peer endorses nothing but succession.
          expect(extra > 0 || all.some((mspId) => !participants.includes(mspId))).to.equal(true);
        }
      }),
    );
  });

  it('there is none where too few members are left', () => {
    const two = [
      { mspId: 'A', kind: 'bank' },
      { mspId: 'B', kind: 'bank' },
    ] as unknown as readonly Member[];
    expect(successionBranches(['A', 'B'], two)).to.deep.equal([]);
  });

  it('stand beside the policy of all participants', () => {
    const participants = ['BuyerBankMSP', 'PlatformMSP', 'SellerBankMSP'];
    const branches = successionBranches(participants, network.members);
    const envelope = common.SignaturePolicyEnvelope.deserializeBinary(keyPolicy({ participants, branches }));
    const root = envelope.getRule()!.getNOutOf()!;
    expect(root.getN()).to.equal(1);
    expect(root.getRulesList().map((rule) => rule.getNOutOf()!.getN())).to.deep.equal([3, 4, 4, 4]);
    const plain = common.SignaturePolicyEnvelope.deserializeBinary(keyPolicy({ participants, branches: [] }));
    expect(plain.getRule()!.getNOutOf()!.getN()).to.equal(3);
  });
});

describe('votes on a succession', () => {
  it('carry with a majority that has arbitration and successor in it', () => {
    expect(voted('PlatformMSP', 'SellerBankMSP', 'LogisticsMSP').status).to.equal('proposed');
    expect(voted('PlatformMSP', 'SellerBankMSP', 'LogisticsMSP', TO).status).to.equal('proposed');
    expect(voted('PlatformMSP', 'ArbitrationMSP', TO).status).to.equal('proposed');
    expect(voted('PlatformMSP', 'ArbitrationMSP', TO, 'SellerBankMSP').status).to.equal('carried');
    expect(voted('PlatformMSP', 'ArbitrationMSP', TO, 'SellerBankMSP', 'LogisticsMSP').status).to.equal('carried');
  });

  const refused: readonly (readonly [string, Pick<Succession, 'from' | 'to'>, string, string])[] = [
    ['the leaving member itself', { from: FROM, to: TO }, FROM, 'CREATOR_NOT_ENTITLED'],
    ['somebody who is no member', { from: FROM, to: TO }, 'StrangerMSP', 'CREATOR_NOT_ENTITLED'],
    ['for one who is no member', { from: 'StrangerMSP', to: TO }, 'PlatformMSP', 'MEMBER_UNKNOWN'],
    ['to one who is no member', { from: FROM, to: 'StrangerMSP' }, 'PlatformMSP', 'MEMBER_UNKNOWN'],
    ['to a member of another kind', { from: FROM, to: 'LogisticsMSP' }, 'PlatformMSP', 'SUCCESSION_NOT_POSSIBLE'],
    ['to itself', { from: FROM, to: FROM }, 'PlatformMSP', 'SUCCESSION_NOT_POSSIBLE'],
  ];
  for (const [title, vote, voter, code] of refused) {
    it(`refuses a vote by or ${title}`, () => {
      expect(codeOf(() => votedSuccession(vote, undefined, network, voter))).to.equal(code);
    });
  }

  it('refuses a second vote of one member', () => {
    expect(codeOf(() => voted('PlatformMSP', 'PlatformMSP'))).to.equal('VOTE_CAST');
  });

  it('count for the records of those alone who gave one', () => {
    const carried = voted('PlatformMSP', 'ArbitrationMSP', TO, 'LogisticsMSP');
    expect(successors([FROM, 'PlatformMSP'], carried)).to.deep.equal(['PlatformMSP', TO]);
    expect(codeOf(() => successors([FROM, 'SellerBankMSP'], carried))).to.equal('SUCCESSION_NOT_CARRIED');
    expect(codeOf(() => successors([FROM, 'PlatformMSP'], undefined))).to.equal('SUCCESSION_NOT_CARRIED');
    expect(codeOf(() => successors([FROM, TO], carried))).to.equal('SUCCESSION_NOT_POSSIBLE');
    expect(codeOf(() => successors(['PlatformMSP'], carried))).to.equal('SUCCESSION_NOT_POSSIBLE');
  });
});

describe('succession in content', () => {
  it('puts the successor wherever the member stood, and leaves signatures and other texts alone', () => {
    const groups = {
      roles: { bank: FROM, note: `paid by ${FROM}`, list: [FROM, 'X'], byMember: { [FROM]: 1 } },
      signatures: { [FROM]: { by: FROM } },
    } as never;
    expect(withSuccessor(groups, FROM, TO)).to.deep.equal({
      roles: { bank: TO, note: `paid by ${FROM}`, list: [TO, 'X'], byMember: { [TO]: 1 } },
      signatures: { [FROM]: { by: FROM } },
      succession: { passed: [{ from: FROM, to: TO }] },
    });
  });

  it('finds a notice head through any number of successions', () => {
    const passed = [
      { from: 'A', to: 'B' },
      { from: 'B', to: 'C' },
    ];
    expect(headNames(['C', 'X'], passed)).to.deep.equal([
      { name: 'A', givers: ['A', 'B', 'C'] },
      { name: 'X', givers: ['X'] },
    ]);
  });

  it('is told from any other change of participants', () => {
    const table: readonly (readonly [string, string, boolean])[] = [
      ['ABC', 'ABC', false],
      ['ABC', 'ABD', true],
      ['ABC', 'AB', false],
      ['ABC', 'ABCD', false],
      ['ABC', 'ADE', false],
    ];
    for (const [before, after, is] of table) {
      expect(isPassedOn([...before], [...after]), `${before} ${after}`).to.equal(is);
    }
  });
});

describe('a bank that leaves', () => {
  let story: Story;
  const id = (name: string): string => story.ids[name]!;
  const pass = (change: { readonly [name: string]: Json } = {}, as = 'SellerBankMSP') => {
    const records = (change['records'] as readonly { id: string }[] | undefined) ?? [{ id: id('receivable') }];
    const input: Json = {
      from: FROM,
      to: TO,
      records: [{ id: id('receivable'), head: null }],
      businessDays: [],
      witnesses: OTHERS,
      ...change,
    };
    const tamper = (request: OperationRequest): OperationRequest => ({
      ...request,
      records: request.records.map(({ document }) => ({ document, groups: {} })),
    });
    return { as, operation: 'passOn', input, records: records.map((record) => record.id), tamper };
  };
  const receive = (name: string, entries: Json = [], as = 'SellerBankMSP') => ({
    as,
    operation: 'receiveRecord',
    input: { record: id(name), from: FROM, to: TO, entries },
    records: [id(name)],
  });

  beforeEach(async () => {
    story = new Story();
    await openDay(story);
    await agreeOrder(story);
    await deliver(story);
    await bill(story);
    const post = { as: FROM, operation: 'postSegments', input: segmentsInput(story.ids) };
    await story.act('posted', { ...post, records: [id('lane'), id('agreement')] }, [null, 'segment']);
    story.world.successions.set(`${FROM}/${TO}`, voted(...OTHERS));
  });

  it('is followed in participants by document alone, endorsed by the witnesses', async () => {
    const { versions, endorsers, writes } = await story.world.judge(pass());
    expect(endorsers).to.deep.equal([...OTHERS].sort());
    expect(versions[0]!.document.participants).to.deep.equal(['PlatformMSP', TO, 'SellerBankMSP']);
    const [skeleton, groups] = writes;
    expect(Object.keys(skeleton!.privates).sort()).to.deep.equal(['PlatformMSP', TO, 'SellerBankMSP']);
    expect(groups).to.deep.include({ privates: {}, guardedOnly: ['PlatformMSP', 'SellerBankMSP'] });
  });

  it('does not show its records’ content to the witnesses', async () => {
    const { tamper, ...shown } = pass();
    void tamper;
    expect(await refusal(story.world.judge(shown))).to.equal('RECORD_EXPOSED');
  });

  const refused: readonly (readonly [string, () => ReturnType<typeof pass>, string])[] = [
    ['a stranger', () => pass({}, 'LogisticsMSP'), 'CREATOR_NOT_ENTITLED'],
    ['too few witnesses', () => pass({ witnesses: ['ArbitrationMSP'] }), 'REQUEST_INVALID'],
    ['no arbitration', () => pass({ witnesses: ['LogisticsMSP', TO] }), 'REQUEST_INVALID'],
    ['the leaver as a witness', () => pass({ witnesses: ALL }), 'REQUEST_INVALID'],
    ['a succession nobody voted for', () => pass({ to: 'ArbitrationMSP' }), 'SUCCESSION_NOT_CARRIED'],
    ['an order without its head', () => pass({ records: [{ id: id('order'), head: null }] }), 'REQUEST_INVALID'],
    ['another member’s head', () => pass({ records: [{ id: id('order'), head: 'PlatformMSP' }] }), 'REQUEST_INVALID'],
  ];
  for (const [title, make, code] of refused) {
    it(`refuses ${title}: ${code}`, async () => expect(await refusal(story.world.judge(make()))).to.equal(code));
  }

  it('refuses to receive what was not passed on, and to receive it twice', async () => {
    expect(await refusal(story.world.judge(receive('receivable')))).to.equal('SUCCESSION_NOT_POSSIBLE');
    await story.world.run(pass());
    await story.world.run(receive('receivable'));
    expect(await refusal(story.world.judge(receive('receivable')))).to.equal('SUCCESSION_NOT_POSSIBLE');
  });

  it('refuses a segment with other entries than its own', async () => {
    await story.world.run(pass({ records: [{ id: id('segment'), head: null }] }));
    expect(await refusal(story.world.judge(receive('segment')))).to.equal('SEGMENT_CONTROL_WRONG');
  });

  it('leaves its dispute standing, which the successor withdraws; then it pays, and the day closes', async () => {
    const { world } = story;
    const notice = (as: string, more: { readonly [name: string]: Json }) => ({
      as,
      operation: 'giveNotice',
      input: { kind: 'dispute', order: id('order'), giver: as, reason: 'wet', withdraws: null, ...more },
    });
    await story.act('disputed', notice(FROM, {}), ['notice']);
    const heads = { order: FROM } as Record<string, string | undefined>;
    for (const name of ['order', 'receivable', 'invoice', 'shipment', 'agreement', 'lane', 'segment']) {
      await world.run(pass({ records: [{ id: id(name), head: heads[name] ?? null }] }));
    }
    await world.run(pass({ records: [{ id: id('notice'), head: null }] }, 'ArbitrationMSP'));
    await world.run({ ...pass({ records: [], businessDays: [id('businessDay')] }), records: [] });
    for (const name of ['order', 'receivable', 'invoice', 'shipment', 'agreement', 'lane'])
      await world.run(receive(name));
    await world.run(receive('notice', [], 'ArbitrationMSP'));
    await world.run(receive('segment', world.attachment(id('segment'), 'entries')));

    const facts = ['receivable', 'order', 'invoice', 'shipment'].map(id);
    const instruct = (notices: readonly string[]) => ({
      as: TO,
      operation: 'instructPayment',
      input: { receivable: id('receivable'), instalment: 0, notices: [...notices] },
      records: [...facts, ...notices],
    });
    expect(await refusal(world.judge(instruct([])))).to.equal('PAYMENT_HELD_BY_NOTICE');
    expect(await refusal(world.judge(instruct([id('notice')])))).to.equal('PAYMENT_HELD_BY_NOTICE');
    expect(await refusal(world.judge(notice(FROM, { reason: 'again' })))).to.equal('CREATOR_NOT_ENTITLED');
    const withdrawal = notice(TO, { kind: 'withdrawal', head: FROM, withdraws: id('notice') });
    await story.act('withdrawn', { ...withdrawal, records: [id('notice')] }, ['withdrawal']);
    await story.act('instructed', instruct([id('notice'), id('withdrawal')]), [null, 'payment']);

    const date = { businessDay: id('businessDay'), members: [TO, 'SellerBankMSP'], date: '2026-11-11' };
    await world.run({ as: TO, operation: 'proposeDate', input: date });
    await world.run({ as: 'SellerBankMSP', operation: 'advanceDate', input: date });
    const close = { ...date, date: '2026-11-10', currency: 'USD', segments: [id('segment')] };
    await story.act('closed', { as: TO, operation: 'closeDay', input: close, records: [id('lane'), id('segment')] }, [
      'statement',
    ]);
    const { statement } = world.groups(id('statement')) as never as {
      statement: { pair: string[]; debitMinor: string };
    };
    expect(statement.pair).to.deep.equal([TO, 'SellerBankMSP']);
    expect(statement.debitMinor).to.not.equal('0');
  });
});
