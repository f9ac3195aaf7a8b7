import { expect } from 'chai';
import type { Json } from '../../../chaincode/domain/json';
import type { Statement } from '../../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../../chaincode/domain/trade-types';
import { ClearingStory, DATE, NEXT } from '../../support/chaincode/clearing-story';
import { entry } from '../../support/chaincode/story';
import type { Act } from '../../support/chaincode/world';

const [BUYER, SELLER] = ['BuyerBankMSP', 'SellerBankMSP'];

describe('a statement that is not agreed', () => {
  let story: ClearingStory;
  const id = (): string => story.id('statement:BS');
  const codeOf = (act: Act): Promise<string> =>
    story.world.judge(act).then(
      () => 'allowed',
      (error: { code?: string }) => String(error.code),
    );
  const on = (operation: string, member: string, input: { readonly [name: string]: Json }): Act => ({
    as: member,
    operation,
    input: { statement: id(), ...input },
    records: [id()],
  });
  const refuse = (member: string): Act => on('refuseStatement', member, { code: 'amountWrong', text: 'E-1 is 900' });
  const reissue = (member: string): Act => on('reissueStatement', member, { reason: 'checked together' });
  const statement = (): Statement => as<Statement>(story.world.groups(id()));

  beforeEach(async () => {
    story = await ClearingStory.open();
    await story.owe({ debtor: BUYER, creditor: SELLER, amountMinor: '1000' });
  });

  it('is disputed with a reason, issued anew with another, and countersigned then', async () => {
    await story.countersign(BUYER, SELLER, [BUYER]);
    const signed = story.world.supplied(id()).document;
    await story.world.run(refuse(SELLER));
    expect(story.world.status(id())).to.equal('disputed');
    expect(statement().refusals.given).to.deep.equal([
      { by: SELLER, issue: 1, code: 'amountWrong', text: 'E-1 is 900' },
    ]);
    await story.world.run(reissue(SELLER));
    const { issue } = statement().statement;
    expect(issue).to.deep.include({ number: 2, reason: 'checked together', by: SELLER });
    expect(issue.supersedes).to.match(/^[0-9a-f]{64}$/);
    expect(statement().signatures).to.deep.equal({});
    expect(statement().statement.root).to.equal(as<Statement>(story.world.groups(id())).statement.root);
    expect(story.world.supplied(id()).document.version).to.equal(signed.version + 2);
    for (const member of [BUYER, SELLER]) await story.sign('BS', member);
    expect(story.world.status(id())).to.equal('countersigned');
  });

  it('cannot be refused by one who signed, nor issued anew while it waits for signatures', async () => {
    await story.countersign(BUYER, SELLER, [BUYER]);
    expect(await codeOf(refuse(BUYER))).to.equal('STATEMENT_SIGNED_ALREADY');
    expect(await codeOf(reissue(BUYER))).to.equal('STATUS_FORBIDS');
    expect(await codeOf(refuse('PlatformMSP'))).to.equal('CREATOR_NOT_ENTITLED');
    await story.sign('BS', SELLER);
    expect(await codeOf(refuse(SELLER))).to.equal('STATUS_FORBIDS');
    expect(await codeOf(reissue('PlatformMSP'))).to.equal('CREATOR_NOT_ENTITLED');
    expect(await codeOf(on('reissueStatement', SELLER, { reason: '' }))).to.equal('REQUEST_INVALID');
    expect(await codeOf(reissue(SELLER))).to.equal('allowed');
  });

  it('takes late entries on the next date, with a reference to the closed one', async () => {
    const late = (lateFor: Json): Act => {
      const segments = [{ count: 1, amountMinor: '5', entries: [{ ...entry(9, '5'), lateFor }] }];
      const input = { lane: story.id('lane:BS'), date: NEXT, seed: '5'.repeat(64), segments };
      return {
        as: BUYER,
        operation: 'postSegments',
        input,
        records: [story.id('lane:BS'), story.id('agreement:BS')],
      };
    };
    expect(await codeOf(late(DATE)), 'before the close').to.equal('LATE_DATE_NOT_CLOSED');
    await story.countersign(BUYER, SELLER);
    expect(await codeOf(late(NEXT))).to.equal('LATE_DATE_NOT_CLOSED');
    expect(await codeOf(late('2026-02-30'))).to.equal('SEGMENT_ENTRY_INVALID');
    const { versions } = await story.world.run(late(DATE));
    const [, segment] = versions;
    expect(segment!.attachments['entries']).to.have.nested.property('[0].entry.lateFor', DATE);
  });

  it('keeps an entry without the reference byte for byte as it was', async () => {
    const segments = [{ count: 1, amountMinor: '5', entries: [{ ...entry(9, '5'), lateFor: null }] }];
    const input = { lane: story.id('lane:BS'), date: NEXT, seed: '5'.repeat(64), segments };
    const records = [story.id('lane:BS'), story.id('agreement:BS')];
    const { versions } = await story.world.run({ as: BUYER, operation: 'postSegments', input, records });
    expect(JSON.stringify(versions[1]!.attachments['entries'])).to.not.contain('lateFor');
  });
});
