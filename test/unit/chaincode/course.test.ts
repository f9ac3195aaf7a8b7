import { expect } from 'chai';
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Json } from '../../../chaincode/domain/json';
import { statementClaimBytes } from '../../../chaincode/domain/operations/reconciliation/sign-statement';
import { CertificateAuthority } from '../../../network/material/certificate-authority';
import { CASES } from '../../support/chaincode/acts';
import { chapterAt, codeOf, storyFrom } from '../../support/chaincode/attempts';
import {
  despatchInput,
  eventInput,
  principalAct,
  reportAct,
  wholeStory,
  type Chapter,
} from '../../support/chaincode/story';
import type { Act } from '../../support/chaincode/world';

type Fields = { readonly [name: string]: Json };

const usual =
  (operation: string, as: string) =>
  (chapter: Chapter): Act => ({ ...CASES[operation]!.make(chapter), as });

describe('the course of things', () => {
  let chapters: readonly Chapter[];
  before(async () => {
    chapters = (await wholeStory()).chapters;
  });

  it('a retraction holds the payment again', async () => {
    const chapter = chapterAt(chapters, 'receivable discounted');
    const { shipment } = chapter.ids as Record<string, string>;
    const instruct = usual('instructPayment', 'SellerBankMSP');
    expect(await codeOf(chapter, instruct(chapter))).to.equal('allowed');
    const input = eventInput(shipment!, 'EV-8', { retracts: 'EV-1' });
    await chapter.world.run({ as: 'LogisticsMSP', operation: 'recordEvent', input, records: [shipment!] });
    expect(chapter.world.status(shipment!)).to.equal('despatched');
    expect(await codeOf(chapter, instruct(chapter))).to.equal('CONDITION_NOT_MET');
  });

  it('a dispute holds the payment until its giver takes it back, and only with every notice shown', async () => {
    const chapter = chapterAt(chapters, 'receivable discounted');
    const { world, ids } = chapter;
    const give = async (kind: string, withdraws: string | null): Promise<string> => {
      const input = { kind, order: ids['order']!, giver: 'BuyerBankMSP', reason: 'x', withdraws };
      const records = withdraws === null ? [] : [withdraws];
      return (await world.run({ as: 'BuyerBankMSP', operation: 'giveNotice', input, records })).response[0]!.id;
    };
    const instruct = async (notices: readonly string[]): Promise<string> => {
      const act = usual('instructPayment', 'SellerBankMSP')(chapter);
      const input = { ...(act.input as Fields), notices };
      return codeOf(chapter, { ...act, input, records: [...act.records!, ...notices] });
    };
    const dispute = await give('dispute', null);
    expect(await instruct([])).to.equal('PAYMENT_HELD_BY_NOTICE');
    expect(await instruct([dispute])).to.equal('PAYMENT_HELD_BY_NOTICE');
    const withdrawal = await give('withdrawal', dispute);
    expect(await instruct([dispute])).to.equal('PAYMENT_HELD_BY_NOTICE');
    expect(await instruct([dispute, withdrawal])).to.equal('allowed');
  });

  it('a payment its bank rejected may be instructed again, and never twice at once', async () => {
    const chapter = chapterAt(chapters, 'payment instructed');
    await chapter.world.run(reportAct(storyFrom(chapter), 'rejected'));
    expect(chapter.world.status(chapter.ids['receivable']!)).to.equal('discounted');
    expect(await codeOf(chapter, usual('instructPayment', 'SellerBankMSP')(chapter))).to.equal('allowed');
  });

  it('a paid receivable is settled, its money one entry in the lane', () => {
    const { world, ids } = chapterAt(chapters, 'principal posted');
    expect(world.status(ids['receivable']!)).to.equal('settled');
    expect(world.groups(ids['receivable']!)['claim']).to.include({ openMinor: '0' });
    const days = world.groups(ids['lane']!)['lane']!['days'] as Fields;
    expect(days['2026-11-10']).to.include({ entries: 1, segments: 1, amountMinor: '112500' });
  });

  it('hands no endorsing member a record it takes no part in', async () => {
    const { ids } = chapterAt(chapters, 'principal posted');
    const records = [ids['order']!];
    const create = { as: 'PlatformMSP', operation: 'createShipment', input: despatchInput(ids['order']!) };
    expect(await codeOf(chapterAt(chapters, 'goods despatched'), create)).to.equal('allowed');
    expect(await codeOf(chapterAt(chapters, 'goods despatched'), { ...create, records })).to.equal('RECORD_EXPOSED');
    const instructed = chapterAt(chapters, 'payment instructed');
    const report = reportAct(storyFrom(instructed), 'paid');
    expect(await codeOf(instructed, report)).to.equal('allowed');
    for (const name of ['lane', 'agreement', 'shipment']) {
      const beside = [...report.records!, instructed.ids[name]!];
      // A shipment is held by every participant of a payment; a lane is not.
      const expected = name === 'shipment' ? 'allowed' : 'RECORD_EXPOSED';
      expect(await codeOf(instructed, { ...report, records: beside }), name).to.equal(expected);
    }
  });

  it('a shipment counts for the order only as the seller signed the despatch', async () => {
    const chapter = chapterAt(chapters, 'goods despatched');
    const { world, ids } = chapter;
    const order = ids['order']!;
    const noted = async (input: Json): Promise<string> => {
      const create = { as: 'PlatformMSP', operation: 'createShipment', input };
      const shipment = (await world.run(create)).response[0]!.id;
      const event = eventInput(shipment, 'EV-1');
      await world.run({ as: 'LogisticsMSP', operation: 'recordEvent', input: event, records: [shipment] });
      const records = [order, shipment];
      return codeOf(chapter, { as: 'PlatformMSP', operation: 'noteDelivery', input: { order, shipment }, records });
    };
    const signed = despatchInput(order) as { readonly [name: string]: Json };
    expect(await noted(despatchInput(order, '91'))).to.equal('SHIPMENT_NOT_DESPATCHED');
    expect(await noted(despatchInput(order, '90', 'DES-2'))).to.equal('SHIPMENT_NOT_DESPATCHED');
    expect(await noted({ ...signed, despatchedOn: '2026-11-06' })).to.equal('SHIPMENT_NOT_DESPATCHED');
    expect(await noted({ ...signed, document: '1'.repeat(64) })).to.equal('SHIPMENT_NOT_DESPATCHED');
    expect(await noted(signed)).to.equal('allowed');
  });

  it('posts the principal of a payment made, once', async () => {
    const made = chapterAt(chapters, 'payment made');
    expect(
      await codeOf(chapterAt(chapters, 'payment instructed'), principalAct(chapterAt(chapters, 'payment instructed'))),
    ).to.equal('NOTHING_OWED');
    await made.world.run(principalAct(made));
    expect(await codeOf(made, principalAct(made))).to.equal('DUE_POSTED_ALREADY');
  });

  it('takes a made-up public value for nothing', async () => {
    const chapter = chapterAt(chapters, 'order drafted');
    chapter.world.overwrite(`r/${chapter.ids['order']!}`, Buffer.from('{"not":"ours"}'));
    expect(await codeOf(chapter, usual('proposePurchaseOrder', 'PlatformMSP')(chapter))).to.equal('RECORD_NOT_FOUND');
    chapter.world.overwrite(`d/${chapter.ids['businessDay']!}`, Buffer.from('{"date":"2027-01-01"}'));
    expect(await codeOf(chapter, usual('proposeDate', 'BuyerBankMSP')(chapter))).to.equal('BUSINESS_DAY_NOT_FOUND');
  });

  it('is signed by each member once, and disputed when the files differ', async () => {
    const chapter = chapterAt(chapters, 'day closed');
    const { world, ids } = chapter;
    const statement = ids['statement']!;
    const digests = { jsonl: '1'.repeat(64), csv: '2'.repeat(64), camt053: '3'.repeat(64), index: '4'.repeat(64) };
    const signing = async (
      as: string,
      change: { digests?: typeof digests; certificate?: string } = {},
    ): Promise<Act> => {
      const { certificatePem, privateKeyPem } = await (
        await CertificateAuthority.create('m.test', 'ca')
      ).issueIdentity('m.test', 'client', 'G');
      const files = { digests: change.digests ?? digests, blocks: { from: '1', to: '2' } };
      const { root } = world.groups(statement)['statement'] as { root: string };
      const claim = { channel: 'trade', statement, root, ...files, member: as };
      const input = { statement, ...files, signature: lowS(claim, privateKeyPem) };
      return {
        as,
        operation: 'signStatement',
        input,
        records: [statement],
        certificate: change.certificate ?? certificatePem,
      };
    };
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    expect(await codeOf(chapter, await signing('PlatformMSP'))).to.equal('CREATOR_NOT_ENTITLED');
    expect(await codeOf(chapter, await signing('BuyerBankMSP', { certificate: stranger }))).to.equal(
      'STATEMENT_SIGNATURE_INVALID',
    );
    await world.run(await signing('BuyerBankMSP'));
    expect(world.status(statement)).to.equal('signed');
    expect(await codeOf(chapter, await signing('BuyerBankMSP'))).to.equal('STATEMENT_SIGNED_ALREADY');
    const other = world.clone();
    await other.run(await signing('SellerBankMSP', { digests: { ...digests, csv: '4'.repeat(64) } }));
    expect(other.status(statement)).to.equal('disputed');
    await world.run(await signing('SellerBankMSP'));
    expect(world.status(statement)).to.equal('countersigned');
  });

  it('discloses a whole sequence to the arbitration member alone, and nothing else', async () => {
    const chapter = chapterAt(chapters, 'case accepted');
    const { world, ids } = chapter;
    const payment = ids['payment']!;
    const current = world.supplied(payment);
    const whole = [chapterAt(chapters, 'payment instructed').world.supplied(payment), current];
    const act = (versions: readonly object[], as = 'BuyerBankMSP', neutral = 'ArbitrationMSP'): Act => ({
      as,
      operation: 'disclose',
      input: { case: ids['case']!, neutral, record: payment, versions: versions as never },
    });
    expect(await codeOf(chapter, act(whole))).to.equal('allowed');
    expect(await codeOf(chapter, act([current]))).to.equal('DISCLOSURE_MISMATCH');
    expect(await codeOf(chapter, act([whole[0]!]))).to.equal('DISCLOSURE_MISMATCH');
    expect(await codeOf(chapter, act([...whole].reverse()))).to.equal('DISCLOSURE_MISMATCH');
    expect(await codeOf(chapter, act(whole, 'LogisticsMSP'))).to.equal('CREATOR_NOT_ENTITLED');
    expect(await codeOf(chapter, act(whole, 'BuyerBankMSP', 'LogisticsMSP'))).to.equal('MEMBER_UNKNOWN');
    const { writes } = await world.run(act(whole));
    expect(writes.flatMap(({ privates }) => Object.keys(privates))).to.deep.equal(['ArbitrationMSP']);
  });
});

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function lowS(claim: Parameters<typeof statementClaimBytes>[0], key: string): string {
  const signature = sign('sha256', statementClaimBytes(claim), { key, dsaEncoding: 'ieee-p1363' }).toString('hex');
  const s = BigInt(`0x${signature.slice(64)}`);
  return s <= P256_ORDER / 2n ? signature : signature.slice(0, 64) + (P256_ORDER - s).toString(16).padStart(64, '0');
}
