import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerInstruction } from '../../scripts/bank/answer-instruction';
import { playDemonstration } from '../../scripts/demo/demonstration';
import { Refused, type MemberClient, type RecordView } from '../../scripts/demo/member-client';
import { BUYER, NEXT_DATE, OPEN_DATE, SELLER, type Stage } from '../../scripts/demo/stage';
import { arbitrate } from '../../scripts/demo/steps-arbitration';
import {
  discount,
  instruct,
  invoice,
  refuseSecondBank,
  report,
  settlePrincipal,
  secondFinancing,
} from '../../scripts/demo/steps-finance';
import { foundConsortium } from '../../scripts/demo/steps-founding';
import { fulfilOrder } from '../../scripts/demo/steps-fulfilment';
import { agreeOrder } from '../../scripts/demo/steps-order';
import { reconcile } from '../../scripts/demo/steps-reconciliation';
import { concordat, verify } from '../../scripts/start/offline-proof';
import { DemonstrationRun } from '../support/e2e/demonstration-run';
import { releaseOrSkip } from '../support/ledger/real-release';
import { filesWith } from '../support/e2e/private-scan';

const MEMBERS = ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP', 'LogisticsMSP', 'ArbitrationMSP'] as const;

/** Private texts of the demonstration, and the members that may hold them before anything is disclosed. */
const PRIVATE: readonly (readonly [text: string, holders: readonly string[]])[] = [
  ['IYT Corporation', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP']],
  ['Acme Beeswax', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP']],
  ['US00CONSORTIAL0001', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP']],
  ['England and Wales', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP']],
  ['INV-AEG012345-1', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP']],
  ['US00SELLERBANK0001', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP']],
  ['BULK-004711', ['SellerBankMSP', 'BuyerBankMSP']],
  ['84db923d-2a19-4eb0-beb5-446c1ec57d34', ['PlatformMSP', 'SellerBankMSP', 'BuyerBankMSP', 'LogisticsMSP']],
];

/** What a case's disclosures bring to the arbitration member: everything of the order but the bulk entries. */
const DISCLOSED = PRIVATE.filter(([text]) => text !== 'BULK-004711');

/** Steps that build on one another: the suite is one story, told once, and looked at from the members that did not act. */
for (const [ledger, client] of [
  ['embedded', 'fabric-gateway'],
  ['embedded', 'fabric-network'],
  ['fabric', 'fabric-gateway'],
  ['fabric', 'fabric-network'],
] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`the demonstration, end to end, on ${place} through ${client}`, () => {
    const run = new DemonstrationRun(ledger, client);
    let stage: Stage;

    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      this.timeout(180_000);
      await run.start();
      stage = run.stage;
    });
    after(() => run.discard());

    const read = (client: MemberClient, collection: string, name: string): Promise<RecordView> =>
      client.get<RecordView>(`/v1/${collection}/${stage.known(name)}`);
    const settleAgain = (payment: string): Promise<unknown> =>
      stage.buyerBank.post(`/v1/payments/${payment}/dues`, 'approver', 'e2e-principal-again', { kind: 'principal' });
    const codeOf = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'no refusal',
        (error: unknown) => (error instanceof Refused ? `${error.status} ${error.code}` : String(error)),
      );

    it('the parties agree the imported order with their own keys', async () => {
      await foundConsortium(stage);
      await agreeOrder(stage);
      const { status, groups, participants } = await read(stage.sellerBank, 'purchase-orders', 'order');
      expect(status).to.equal('confirmed');
      expect(participants).to.deep.equal(['BuyerBankMSP', 'PlatformMSP', 'SellerBankMSP']);
      expect(groups['terms']).to.include({
        number: 'AEG012345',
        currency: 'USD',
        document: stage.known('orderDocument'),
      });
      expect(groups['price']).to.include({ totalMinor: '100000' });
      const signed = JSON.stringify(groups['signatures']);
      expect(signed).to.contain(stage.seller.address).and.to.contain(stage.buyer.address);
    });

    it('key bindings are attested by platform and bank', async () => {
      const { items } = await stage.logistics.get<{ items: readonly Record<string, string>[] }>('/v1/key-bindings');
      expect(items.map(({ partyId, bank, status }) => [partyId, bank, status])).to.have.deep.members([
        [BUYER, 'BuyerBankMSP', 'active'],
        [SELLER, 'SellerBankMSP', 'active'],
      ]);
    });

    it('90 of 100 are despatched by the advice and delivered by the actual event alone', async () => {
      await fulfilOrder(stage);
      const order = await read(stage.buyerBank, 'purchase-orders', 'order');
      expect(order.groups['progress']?.['lines']).to.deep.equal([
        { id: '1', despatched: '90', delivered: '90', invoiced: '0' },
      ]);
      const shipment = await read(stage.sellerBank, 'shipments', 'shipment');
      expect(shipment.status).to.equal('delivered');
      const events = shipment.groups['events']?.['list'] as readonly Record<string, string>[];
      expect(events.map(({ classifier }) => classifier)).to.deep.equal(['EST', 'ACT']);
    });

    it('the carrier sees the goods and no price', async () => {
      const shipment = await read(stage.logistics, 'shipments', 'shipment');
      expect(JSON.stringify(shipment)).to.not.match(/minor|price|amount/i);
      expect(await codeOf(read(stage.logistics, 'purchase-orders', 'order'))).to.equal('404 RECORD_NOT_FOUND');
    });

    it('the invoice bills the 90 and is accepted; the rest stays open', async () => {
      await invoice(stage);
      const order = await read(stage.sellerBank, 'purchase-orders', 'order');
      expect(order.status).to.equal('fulfilling');
      expect(order.groups['progress']?.['lines']).to.deep.equal([
        { id: '1', despatched: '90', delivered: '90', invoiced: '90' },
      ]);
      const { status, groups } = await read(stage.buyerBank, 'invoices', 'invoice');
      expect(status).to.equal('accepted');
      expect(groups['invoice']).to.include({ totalMinor: '90000', document: stage.known('invoiceDocument') });
      expect((await read(stage.sellerBank, 'receivables', 'receivable')).status).to.equal('open');
    });

    it("the seller's bank discounts the receivable, and another bank is refused", async () => {
      await discount(stage);
      await refuseSecondBank(stage);
      const { status, groups } = await read(stage.buyerBank, 'receivables', 'receivable');
      expect(status).to.equal('discounted');
      expect(groups['claim']?.['holder']).to.include({ mspId: 'SellerBankMSP' });
      expect(groups['financing']).to.include({ bank: 'SellerBankMSP', purchasePriceMinor: '88200' });
      expect(await secondFinancing(stage, 'e2e-second')).to.equal('refused, FINGERPRINT_FINANCED');
    });

    it('a payment its bank rejects by pain.002 frees the receivable again', async () => {
      const first = await instruct(stage, 'e2e-rejected');
      const answer = await answerInstruction(first.instruction, { reject: true });
      expect(await report(stage, first, answer.bytes, 'e2e-rejected-report')).to.equal('rejected');
      const payment = await stage.sellerBank.get<RecordView>(`/v1/payments/${first.id}`);
      expect(payment.status).to.equal('rejected');
      expect((await read(stage.platform, 'receivables', 'receivable')).status).to.equal('discounted');
    });

    it('the payment its bank confirms by camt.054 repays the discounting bank', async () => {
      const payment = await instruct(stage, 'e2e-paid');
      const answer = await answerInstruction(payment.instruction, {});
      expect(await report(stage, payment, answer.bytes, 'e2e-paid-report')).to.equal('paid');
      const { status, groups } = await read(stage.sellerBank, 'payments', 'payment');
      expect(status).to.equal('paid');
      expect(groups['payment']).to.include({
        amountMinor: '90000',
        creditorMember: 'SellerBankMSP',
        paidOn: OPEN_DATE,
      });
      const receivable = await read(stage.platform, 'receivables', 'receivable');
      expect(receivable.status).to.equal('settled');
      expect(receivable.groups['claim']).to.include({ openMinor: '0' });
      await settlePrincipal(stage, payment);
      expect(await codeOf(settleAgain(payment.id))).to.equal('409 DUE_POSTED_ALREADY');
      const lane = await read(stage.sellerBank, 'lanes', 'lane');
      expect(lane.groups['lane']?.['principals']).to.deep.equal([payment.id]);
      expect(await codeOf(stage.platform.get(`/v1/lanes/${stage.known('lane')}`))).to.match(/^404 /);
    });

    it('10,001 entries are closed by the contract and countersigned over the same bytes', async function () {
      this.timeout(180_000);
      await reconcile(stage);
      const { items } = await stage.buyerBank.get<{ items: readonly { date: string }[] }>('/v1/business-days');
      expect(items.map(({ date }) => date)).to.deep.equal([NEXT_DATE]);
      const { status, groups } = await read(stage.buyerBank, 'statements', 'statement');
      expect(status).to.equal('countersigned');
      expect(groups['statement']).to.include({ count: 10_001, date: OPEN_DATE, currency: 'USD' });
      const signatures = groups['signatures'] as Readonly<Record<string, { digests: Record<string, string> }>>;
      expect(Object.keys(signatures).sort()).to.deep.equal(['BuyerBankMSP', 'SellerBankMSP']);
      for (const { digests } of Object.values(signatures)) {
        const { index, ...files } = digests;
        expect(index).to.match(/^[0-9a-f]{64}$/);
        expect(files).to.deep.equal({
          jsonl: sha256(`statement-${OPEN_DATE}.jsonl`),
          csv: sha256(`statement-${OPEN_DATE}.csv`),
          camt053: sha256(`statement-${OPEN_DATE}.camt053.xml`),
        });
      }
    });

    it('anyone can verify the statement offline; with a byte changed it is refused', async () => {
      const file = (extension: string): string => join(stage.files, `statement-${OPEN_DATE}.${extension}`);
      const proof = ['--record', file('record.json'), '--trust', join(stage.files, 'trust.json')];
      const others = ['--csv', file('csv'), '--camt053', file('camt053.xml')];
      stage.write(
        `statement-${OPEN_DATE}.record.json`,
        JSON.stringify(await read(stage.buyerBank, 'statements', 'statement')),
      );
      expect((await concordat(['statement', 'verify', file('jsonl'), ...proof, ...others])).code).to.equal(0);
      expect((await concordat(['statement', 'verify', file('jsonl')])).code).to.equal(3);
      const onLedger = ['--evidence', file('evidence.json'), ...proof.slice(2)];
      const held = await concordat(['statement', 'verify', file('jsonl'), ...onLedger, ...others]);
      expect(held.code, held.output).to.equal(0);
      const altered = readFileSync(file('jsonl'), 'utf8').replace('BULK-004711', 'BULK-004712');
      const forged = stage.write('statement-altered.jsonl', altered);
      expect((await concordat(['statement', 'verify', forged, ...proof])).code).to.equal(1);
      expect((await concordat(['statement', 'verify', join(stage.files, 'trust.json')])).code).to.equal(2);
    });

    it('before anything is disclosed, private texts lie with their participants alone', () => {
      for (const [text, holders] of PRIVATE) expect(holdersOf(text), text).to.deep.equal([...holders].sort());
    });

    it('a case is filed by notice, disclosed, and verified offline; altered or untrusted it is not', async function () {
      this.timeout(120_000);
      await arbitrate(stage);
      const filed = await read(stage.buyerBank, 'cases', 'case');
      expect(filed.status).to.equal('accepted');
      const evidence = JSON.parse(readFileSync(join(stage.files, 'case.evidence.json'), 'utf8')) as {
        originals: readonly { sha256: string }[];
      };
      const originals = ['orderDocument', 'despatchDocument', 'invoiceDocument'].map((name) => stage.known(name));
      expect(evidence.originals.map(({ sha256 }) => sha256)).to.include.members(originals);
      expect((await verify(stage, 'case.evidence.json')).code).to.equal(0);
      expect((await verify(stage, 'case-altered.evidence.json')).code).to.equal(1);
    });

    it('the disclosed texts reach the arbitration member, and nobody else', () => {
      for (const [text, holders] of DISCLOSED) {
        const found = holdersOf(text);
        expect(
          found.filter((mspId) => mspId !== 'ArbitrationMSP'),
          text,
        ).to.deep.equal([...holders].sort());
      }
      expect(holdersOf('BULK-004711')).to.deep.equal(['BuyerBankMSP', 'SellerBankMSP']);
    });

    it('a later start finds its state and plays nothing twice', async function () {
      this.timeout(120_000);
      stage.remember({ completed: 'yes' });
      await run.stop();
      expect(commonFilesWith('IYT Corporation')).to.deep.equal([]);
      const said = run.said.length;
      await run.start();
      stage = run.stage;
      await playDemonstration(stage);
      expect(run.said.length).to.equal(said);
      expect((await read(stage.sellerBank, 'statements', 'statement')).status).to.equal('countersigned');
      expect((await read(stage.arbitration, 'cases', 'case')).status).to.equal('accepted');
    });

    function sha256(name: string): string {
      return createHash('sha256')
        .update(readFileSync(join(stage.files, name)))
        .digest('hex');
    }

    /** Members in whose own folders a text lies; it must lie nowhere else but in the demonstration's own files. */
    function holdersOf(text: string): string[] {
      const gateways = filesWith(join(run.dataFolder, 'gateways'), text).map((file) => file.split('/')[0] as string);
      expect(commonFilesWith(text), text).to.deep.equal([]);
      const logs = filesWith(join(run.dataFolder, 'gateways'), text).filter((file) => file.endsWith('.log'));
      expect(logs, text).to.deep.equal([]);
      const peers = filesWith(join(run.dataFolder, 'network'), text).flatMap((file) => run.ownerOf(file) ?? []);
      expect(peers.every((mspId) => (MEMBERS as readonly string[]).includes(mspId))).to.equal(true);
      return [...new Set([...gateways, ...peers])].sort();
    }

    /** Files of the ledger that are no member's own and hold a text. */
    function commonFilesWith(text: string): string[] {
      return filesWith(join(run.dataFolder, 'network'), text).filter((file) => run.ownerOf(file) === undefined);
    }
  });
}
