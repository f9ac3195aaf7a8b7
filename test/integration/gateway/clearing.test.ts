import { expect } from 'chai';
import type { MemberClient, RecordView, WriteAnswer } from '../../../scripts/demo/member-client';
import type { Refused } from '../../../scripts/demo/member-client';
import { NEXT_DATE, OPEN_DATE, type Stage } from '../../../scripts/demo/stage';
import { concordat } from '../../../scripts/start/offline-proof';
import { XmlReader } from '../../../gateway/documents/xml/xml-reader';
import { DemonstrationRun } from '../../support/e2e/demonstration-run';
import { PairDay } from '../../support/e2e/pair-day';
import { releaseOrSkip } from '../../support/ledger/real-release';

for (const ledger of ['embedded', 'fabric'] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`clearing on ${place}`, function () {
    this.timeout(240_000);
    const run = new DemonstrationRun(ledger);
    let stage: Stage;
    let owed: readonly PairDay[];
    let members: readonly MemberClient[];
    let agreement: string;
    let clearing: string;

    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      await run.start();
      stage = run.stage;
      const { platform, sellerBank, buyerBank } = stage;
      members = [platform, sellerBank, buyerBank];
      owed = [
        new PairDay(buyerBank, sellerBank, 30),
        new PairDay(sellerBank, platform, 20),
        new PairDay(platform, buyerBank, 10),
      ];
      for (const pair of owed) {
        await pair.open();
        await pair.post(pair.file());
        await pair.close();
        await pair.sign();
      }
    });
    after(() => run.discard());

    it('is agreed by every member, on a legal basis', async () => {
      const { record } = await stage.platform.post('/v1/clearing-agreements', 'administrator', 'offer', {
        currency: 'USD',
        legalBasis: 'Netting agreement 2026-11',
        members: members.map(({ member }) => ({
          member,
          name: member,
          account: 'GB33BUKB20201555555555',
          bic: 'BUKBGB22',
        })),
        businessDays: owed.map(({ day }) => day),
      });
      agreement = record?.id ?? '';
      const join = `/v1/clearing-agreements/${agreement}/join`;
      await stage.sellerBank.post(join, 'administrator', 'join');
      const joined = await stage.buyerBank.post(join, 'administrator', 'join');
      expect(joined.record?.status).to.equal('agreed');
    });

    it('nets what the pairs countersigned, as anybody can check offline', async () => {
      const [buyerToSeller] = owed as [PairDay, ...PairDay[]];
      const files = await Promise.all(
        owed.map(async (pair) => stage.write(`${pair.name}.json`, JSON.stringify(await pair.disclosure()))),
      );
      const preview = await concordat(['clearing', 'preview', ...files, '--json']);
      expect(preview.code, preview.output).to.equal(0);
      // The platform takes no part in the banks' pair: its disclosure was handed over.
      const body = { agreement, date: OPEN_DATE, disclosures: [await buyerToSeller.disclosure()] };
      const { record } = await stage.platform.post('/v1/clearings', 'approver', 'compute', body);
      clearing = record?.id ?? '';
      const expected = JSON.parse(preview.output) as Record<string, unknown>;
      const computed = record?.groups['clearing'] as Record<string, readonly object[]>;
      expect(computed['positions']).to.deep.equal(expected['positions']);
      expect(computed['savings']).to.deep.equal(expected['savings']);
      expect(computed['leftOut']).to.deep.equal([]);
    });

    it('binds when all have signed, and is paid by pain.001 that its schema takes', async () => {
      let last: WriteAnswer | undefined;
      for (const member of members) {
        last = await member.post(`/v1/clearings/${clearing}/signature`, 'approver', `sign-${member.member}`);
      }
      expect(last?.record?.status).to.equal('agreed');
      const { groups } = last?.record as RecordView;
      const instructions = groups['settlement']?.['instructions'] as { debtor: string; creditor: string }[];
      expect(instructions.length).to.be.within(1, 2);
      const reader = await XmlReader.open();
      for (const [at, { debtor, creditor }] of instructions.entries()) {
        const clientOf = (mspId: string): MemberClient => members.find(({ member }) => member === mspId)!;
        const xml = await clientOf(debtor).bytes(`/v1/clearings/${clearing}/pain.001`);
        const read = reader.read(xml, () => 'iso20022/xsd/pain.001.001.09.xsd');
        expect(read.kind === 'broken' ? read.problems.list : []).to.deep.equal([]);
        const body = { instruction: at, valueDate: NEXT_DATE };
        await clientOf(debtor).post(`/v1/clearings/${clearing}/payments`, 'approver', `paid-${at}`, body);
        last = await clientOf(creditor).post(`/v1/clearings/${clearing}/confirmations`, 'approver', `got-${at}`, body);
      }
      expect(last?.record?.status).to.equal('settled');
    });

    it('clears no statement twice', async () => {
      const body = { agreement, date: OPEN_DATE, disclosures: [await (owed[0] as PairDay).disclosure()] };
      const again = await stage.platform
        .post('/v1/clearings', 'approver', 'again', body)
        .catch((error: Refused) => error);
      expect((again as Refused).code).to.equal('DAY_CLOSED');
    });
  });
}
