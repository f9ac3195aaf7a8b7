import { expect } from 'chai';
import type { MemberClient } from '../../../scripts/demo/member-client';
import { Refused, type RecordView } from '../../../scripts/demo/member-client';
import { NEXT_DATE, OPEN_DATE, type Stage } from '../../../scripts/demo/stage';
import { foundConsortium } from '../../../scripts/demo/steps-founding';
import { fulfilOrder } from '../../../scripts/demo/steps-fulfilment';
import { agreeOrder } from '../../../scripts/demo/steps-order';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { verify } from '../../../scripts/start/offline-proof';
import { DemonstrationRun } from '../../support/e2e/demonstration-run';
import { releaseOrSkip } from '../../support/ledger/real-release';

const RESERVE = { mspId: 'ReserveBankMSP', kind: 'bank', name: 'Reserve Bank', nameZh: '储备银行' };
const VOTES = '/v1/members/BuyerBankMSP/successions';

interface PassedList {
  readonly complete: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly type: string;
    readonly state: string;
    readonly code?: string;
  }[];
}

const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Refused ? error.code : String(error)),
  );

/** One story: a bank leaves in the middle of an order and of a day, another goes on in its place. */
for (const ledger of ['embedded', 'fabric'] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`succession on ${place}`, function () {
    this.timeout(240_000);
    const run = new DemonstrationRun(ledger);
    let stage: Stage;
    let reserve: MemberClient;
    const everyone = () => [stage.platform, stage.sellerBank, stage.logistics, stage.arbitration];

    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      run.addBank(RESERVE.mspId, 'reserve-bank.concordat.test');
      await run.start();
      stage = run.stage;
      reserve = await run.client(RESERVE.mspId);
      await foundConsortium(stage);
      await agreeOrder(stage);
      const { mspId, ...rest } = RESERVE;
      for (const { member, client } of everyone().map((client) => ({ member: client.member, client }))) {
        if (member === 'ArbitrationMSP') continue;
        await client.post(`/v1/members/${mspId}/votes`, 'administrator', `admit-${member}`, {
          action: 'admit',
          ...rest,
        });
      }
      const lane = `/v1/lanes/${stage.known('lane')}/entries`;
      await stage.buyerBank.upload(lane, 'maker', 'entries', Buffer.from(bulkFile(1_500)), 'application/x-ndjson');
      await stage.buyerBank.post('/v1/notices', 'approver', 'dispute', {
        kind: 'dispute',
        order: stage.known('order'),
        reason: 'wet goods',
      });
    });
    after(() => run.discard());

    const passOn = (client: MemberClient, key: string) =>
      client.post<PassedList>(`${VOTES}/${RESERVE.mspId}/records`, 'administrator', key);

    it('passes nothing on before the members have voted for it', async () => {
      const { complete, items } = await passOn(stage.sellerBank, 'too-early');
      expect(complete).to.equal(false);
      expect([...new Set(items.map(({ code }) => code))]).to.deep.equal(['SUCCESSION_NOT_CARRIED']);
    });

    it('is carried by the votes of the others', async () => {
      expect(await refusal(stage.buyerBank.post(VOTES, 'administrator', 'own', { successor: RESERVE.mspId }))).to.equal(
        'CREATOR_NOT_ENTITLED',
      );
      for (const client of [...everyone(), reserve]) {
        await client.post(VOTES, 'administrator', `succession-${client.member}`, { successor: RESERVE.mspId });
      }
      const { successions } = await stage.platform.get<{ successions: { status: string; votes: string[] }[] }>(
        '/v1/members',
      );
      expect(successions[0]).to.deep.include({ status: 'carried' });
      expect(successions[0]?.votes).to.have.length(5);
    });

    it('passes on everything that is open with the leaving bank', async () => {
      const { items, complete } = await passOn(stage.sellerBank, 'pass-on');
      expect(complete, JSON.stringify(items)).to.equal(true);
      const types = items.map(({ type }) => type).sort();
      expect(types).to.deep.equal(['businessDay', 'lane', 'purchaseOrder', 'segment', 'segment', 'standingAgreement']);
      const notices = await passOn(stage.arbitration, 'pass-on');
      expect(notices.items.map(({ type, state }) => `${type} ${state}`)).to.deep.equal(['notice passedOn']);
      const again = await passOn(stage.sellerBank, 'again');
      expect(again.items).to.deep.equal([]);
    });

    it('puts the successor in its place, content and all, and leaves the one who left with nothing to do', async () => {
      const path = `/v1/purchase-orders/${stage.known('order')}`;
      const { participants, groups, status } = await reserve.get<RecordView>(path);
      expect(participants).to.deep.equal(['PlatformMSP', RESERVE.mspId, 'SellerBankMSP']);
      expect(status).to.equal('confirmed');
      expect(groups['payment']).to.deep.include({ buyerBank: RESERVE.mspId });
      expect(groups['succession']).to.deep.equal({ passed: [{ from: 'BuyerBankMSP', to: RESERVE.mspId }] });
      expect(await refusal(stage.buyerBank.get(path))).to.equal('RECORD_NOT_FOUND');
      const notice = { kind: 'demand', order: stage.known('order'), reason: 'me too' };
      expect(await refusal(stage.buyerBank.post('/v1/notices', 'approver', 'late', notice))).to.equal(
        'RECORD_NOT_FOUND',
      );
    });

    it('goes on: the parties sign, goods arrive, the successor takes the dispute back', async () => {
      await fulfilOrder(stage);
      const { items } = await reserve.get<{ items: RecordView[] }>('/v1/notices');
      expect(items).to.have.length(1);
      const withdrawal = { kind: 'withdrawal', order: stage.known('order'), reason: 'dry', withdraws: items[0]?.id };
      await reserve.post('/v1/notices', 'approver', 'withdrawal', withdrawal);
    });

    it('knows what the leaving bank had posted, and posts none of it again', async () => {
      const lane = `/v1/lanes/${stage.known('lane')}/entries`;
      const again = Buffer.from(bulkFile(1_500));
      const answer = await reserve.upload(lane, 'maker', 'again', again, 'application/x-ndjson');
      expect(answer).to.deep.include({ complete: true, accepted: 0, duplicates: 1_500 });
    });

    it('closes the day that the two others had opened, with the entries the leaving bank had posted', async () => {
      const day = `/v1/business-days/${stage.known('businessDay')}`;
      await reserve.post(`${day}/proposal`, 'approver', 'propose', { date: NEXT_DATE });
      await stage.sellerBank.post(`${day}/advance`, 'approver', 'advance', { date: NEXT_DATE });
      const close = { businessDay: stage.known('businessDay'), currency: 'USD', date: OPEN_DATE };
      const { record } = await reserve.post('/v1/statements', 'approver', 'close', close);
      const statement = `/v1/statements/${record?.id ?? ''}`;
      await reserve.post(`${statement}/signature`, 'approver', 'sign');
      const signed = await stage.sellerBank.post(`${statement}/signature`, 'approver', 'sign');
      expect(signed.record?.status).to.equal('countersigned');
      expect(signed.record?.groups['statement']).to.deep.include({ count: 1_500 });
      stage.write('statement.evidence.json', await reserve.bytes(`${statement}/evidence-package`, 'approver'));
      const { code, output } = await verify(stage, 'statement.evidence.json');
      expect(code, output).to.equal(0);
    });

    it('is part of the evidence, which verifies offline', async () => {
      const order = stage.known('order');
      const filing = { order, records: [order, stage.known('shipment')], statementOfClaim: 'wet goods' };
      const { record } = await reserve.post('/v1/cases', 'approver', 'case', filing);
      const id = record?.id ?? '';
      for (const client of [stage.sellerBank, reserve]) {
        const disclosed = { record: client === reserve ? stage.known('shipment') : order };
        await client.post(`/v1/cases/${id}/disclosures`, 'approver', `disclose-${client.member}`, disclosed);
      }
      const bytes = await stage.arbitration.bytes(`/v1/cases/${id}/evidence-package`, 'arbitrator');
      stage.write('case.evidence.json', bytes);
      const { code, output } = await verify(stage, 'case.evidence.json');
      expect(code, output).to.equal(0);
    });

    it('lets the bank go', async () => {
      const { mspId: _, ...rest } = { ...RESERVE, name: "Buyer's Bank", nameZh: '买方银行' };
      const retire = { action: 'retire', ...rest };
      for (const client of [...everyone(), reserve].slice(1)) {
        const vote = client.post('/v1/members/BuyerBankMSP/votes', 'administrator', `retire-${client.member}`, retire);
        expect(await refusal(vote)).to.equal('none');
      }
      const { items } = await reserve.get<{ items: { mspId: string }[] }>('/v1/members');
      expect(items.map(({ mspId }) => mspId)).to.not.include('BuyerBankMSP');
    });
  });
}
