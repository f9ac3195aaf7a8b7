import { expect } from 'chai';
import { join } from 'node:path';
import type { BreakContent } from '../../../chaincode/domain/operations/breaks/types';
import type { Statement } from '../../../chaincode/domain/operations/reconciliation/types';
import { Refused, type MemberClient, type RecordView, type WriteAnswer } from '../../../scripts/demo/member-client';
import { NEXT_DATE, OPEN_DATE, type Stage } from '../../../scripts/demo/stage';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { concordat } from '../../../scripts/start/offline-proof';
import { DemonstrationRun } from '../../support/e2e/demonstration-run';
import { PairDay } from '../../support/e2e/pair-day';
import { releaseOrSkip } from '../../support/ledger/real-release';

interface Reconciled {
  readonly run: string;
  readonly breaks: readonly string[];
  readonly blockNumber: string;
  readonly summary: { readonly matches: number; readonly itemsByCode: Readonly<Record<string, number>> };
}

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof Refused ? error.code : String(error)),
  );
/** Without what is each member's own: the steps it may take next. */
const common = (record: RecordView): RecordView => ({ ...record, next: undefined }) as RecordView;
const statementOf = ({ groups }: RecordView): Statement => groups as unknown as Statement;

/** One date of three pairs, from the agreement to the payment of the net, over HTTP alone. */
for (const ledger of ['embedded', 'fabric'] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`a date from its agreement to its clearing, on ${place}`, function () {
    this.timeout(240_000);
    const run = new DemonstrationRun(ledger);
    let stage: Stage;
    let pairs: readonly PairDay[];
    let main: PairDay;
    let clearing: string;

    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      await run.start();
      stage = run.stage;
      const { platform, sellerBank, buyerBank } = stage;
      main = new PairDay(buyerBank, sellerBank, 2_500);
      pairs = [main, new PairDay(sellerBank, platform, 20), new PairDay(platform, buyerBank, 10)];
    });
    after(() => run.discard());

    const record = async (member: MemberClient, from: string): Promise<RecordView> =>
      common(await member.get<RecordView>(from));
    const path = (): string => `/v1/statements/${main.statement}`;
    let writes = 0;
    const write = (member: MemberClient, to: string, body: object = {}): Promise<WriteAnswer> =>
      member.post(to, 'approver', `w${writes++}`, body);
    const file = (name: string): string => join(stage.files, name);
    /** What both members' gateways give, which must be the same; given once. */
    async function same<T>(read: (member: MemberClient) => Promise<T>): Promise<T> {
      const [ours, theirs] = await Promise.all(main.members.map(read));
      expect(ours).to.deep.equal(theirs);
      return ours as T;
    }

    it('is opened by pairs, each with an agreement and a lane', async () => {
      for (const pair of pairs) await pair.open();
      for (const { lane, members } of pairs) {
        for (const member of members) expect((await record(member, `/v1/lanes/${lane}`)).status).to.equal('open');
      }
    });

    it('takes entries in bulk, of all pairs at once, and each file once', async () => {
      const posted = await Promise.all(pairs.map((pair) => pair.post(pair.file())));
      expect(posted.map(({ complete, accepted }) => [complete, accepted])).to.deep.equal(
        pairs.map(({ entries }) => [true, entries]),
      );
      expect(posted[0]?.segments).to.have.length.greaterThan(2);
      expect(await main.post(main.file())).to.deep.equal(posted[0]);
      const so = await same((member) => member.get<object>(`/v1/business-days/${main.day}/provisional?currency=USD`));
      expect(so).to.deep.include({ isProvisional: true, date: OPEN_DATE, count: 2_500 });
    });

    it('is closed, and signed by both members at the same time over the same files', async () => {
      const closed = await Promise.all(pairs.map((pair) => pair.close()));
      expect(closed.map((answer) => answer.record?.status)).to.deep.equal(['closed', 'closed', 'closed']);
      for (const format of ['jsonl', 'csv', 'camt053']) {
        const bytes = await same(async (member) => Buffer.from(await member.bytes(`${path()}/files/${format}`)));
        stage.write(`first.${format}`, bytes);
      }
      await Promise.all(pairs.map((pair) => pair.sign()));
      const signed = await same((member) => record(member, path()));
      expect([signed.status, signed.version]).to.deep.equal(['countersigned', 3]);
      expect(statementOf(signed).statement).to.deep.include({ count: 2_500, date: OPEN_DATE });
      const [ours, theirs] = main.members.map(({ member }) => statementOf(signed).signatures[member]);
      expect([ours?.digests, ours?.blocks]).to.deep.equal([theirs?.digests, theirs?.blocks]);
      expect(Number(ours?.blocks.from)).to.be.at.most(Number(ours?.blocks.to));
    });

    it('is closed once: whoever comes later is told so', async () => {
      const close = { businessDay: main.day, currency: 'USD', date: OPEN_DATE };
      const late = main.members.map((member) => refusal(write(member, '/v1/statements', close)));
      expect(await Promise.all(late)).to.deep.equal(['DAY_CLOSED', 'DAY_CLOSED']);
      const again = main.members.map((member) => refusal(write(member, `${path()}/signature`)));
      expect(await Promise.all(again)).to.deep.equal(['STATUS_FORBIDS', 'STATUS_FORBIDS']);
    });

    it('is issued anew, refused into a dispute, issued anew again, and countersigned by both at once', async () => {
      const { debtor, creditor } = main;
      await write(creditor, `${path()}/reissue`, { reason: 'printed anew' });
      const refused = await write(debtor, `${path()}/refusal`, { code: 'entryUnknown', text: 'which is 7?' });
      expect(refused.record?.status).to.equal('disputed');
      expect(await refusal(write(creditor, `${path()}/signature`))).to.equal('STATUS_FORBIDS');
      const { status, groups } = await same((member) => record(member, path()));
      expect([status, groups['refusals']]).to.deep.equal([
        'disputed',
        { given: [{ by: debtor.member, issue: 2, code: 'entryUnknown', text: 'which is 7?' }] },
      ]);
      await write(debtor, `${path()}/reissue`, { reason: 'found it' });
      await main.sign('-again');
      const signed = await same((member) => record(member, path()));
      expect([signed.status, statementOf(signed).statement.issue.number]).to.deep.equal(['countersigned', 3]);
    });

    it('takes a late entry on the open date, and none for a date that is not closed', async () => {
      const late = { ...(JSON.parse(bulkFile(1, 'LATE-')) as object), lateFor: OPEN_DATE };
      const line = (change: object = {}): string => `${JSON.stringify({ ...late, ...change })}\n`;
      expect(await main.post(line(), 'late')).to.deep.include({ complete: true, accepted: 1 });
      expect(await refusal(main.post(line({ endToEndId: 'LATE-2', lateFor: '2099-01-01' }), 'future'))).to.equal(
        'LATE_DATE_NOT_CLOSED',
      );
      const so = await same((member) => member.get<object>(`/v1/business-days/${main.day}/provisional?currency=USD`));
      expect(so).to.deep.include({ date: NEXT_DATE, count: 1 });
    });

    let reconciled: Reconciled;
    it('is matched with the creditor’s own books; run and breaks are on the ledger for both', async () => {
      const mapping = JSON.stringify({
        columns: { endToEndId: 'Reference', amount: 'Amount', bookingDate: 'Date' },
        decimal: ',',
        currency: 'USD',
      });
      const to = `${path()}/reconciliation?mapping=${encodeURIComponent(mapping)}`;
      reconciled = await main.creditor.upload(to, 'approver', 'books', Buffer.from(books()), 'text/csv');
      expect(reconciled.summary).to.deep.include({ matches: 2_498 });
      expect(reconciled.summary.itemsByCode).to.deep.equal({ AMOUNT_UNDER: 1, TIMING: 2 });
      const { groups } = await same((member) => record(member, `/v1/match-runs/${reconciled.run}`));
      expect(groups['run']).to.deep.include({ by: main.creditor.member, statement: main.statement });
      const found = await same(async (member) =>
        (await member.get<{ items: RecordView[] }>('/v1/breaks')).items.map(common),
      );
      expect(found.map(({ id }) => id).sort()).to.deep.equal([...reconciled.breaks].sort());
      const blocks = found.map((one) => Number((one as RecordView & { blockNumber: string }).blockNumber));
      expect(Math.max(...blocks), 'a reader at the other member waits for this block').to.equal(
        Number(reconciled.blockNumber),
      );
    });

    /** One entry short and one nobody else has, which may still come; one too high, which is a break. */
    function books(): string {
      const lines = main.file().trimEnd().split('\n');
      const rows = lines.slice(1).map((line, at) => {
        const { endToEndId, amountMinor, valueDate } = JSON.parse(line) as Readonly<Record<string, string>>;
        const amount = at === 0 ? String(BigInt(amountMinor ?? 0) + 7_777n) : amountMinor;
        return `${endToEndId};${amount?.padStart(3, '0').replace(/(\d\d)$/, ',$1')};${valueDate}`;
      });
      return ['Reference;Amount;Date', ...rows, `NOBODY;7,00;${OPEN_DATE}`].join('\n');
    }

    it('has its breaks proposed by one member, agreed by the other, and closed', async () => {
      const { debtor, creditor } = main;
      const opened = await Promise.all(reconciled.breaks.map((id) => record(debtor, `/v1/breaks/${id}`)));
      const one = opened.find(({ groups }) => (groups as unknown as BreakContent).break.code === 'AMOUNT_UNDER')!;
      const to = `/v1/breaks/${one.id}`;
      const proposal = { type: 'bookOurs', reason: 'too much in our books', amountMinor: '7777', evidence: [] };
      await write(creditor, `${to}/proposal`, proposal);
      expect(await refusal(write(creditor, `${to}/agreement`))).to.equal('CREATOR_NOT_ENTITLED');
      await write(debtor, `${to}/agreement`);
      expect((await write(creditor, `${to}/closing`)).record?.status).to.equal('closed');
      expect((await same((member) => record(member, to))).status).to.equal('closed');
    });

    it('is cleared with the other pairs by the signatures of all, and paid', async () => {
      const { platform, sellerBank, buyerBank } = stage;
      const members = [platform, sellerBank, buyerBank];
      const account = { account: 'GB33BUKB20201555555555', bic: 'BUKBGB22' };
      const offered = await platform.post('/v1/clearing-agreements', 'administrator', 'offer', {
        currency: 'USD',
        legalBasis: 'Netting agreement 2026-11',
        members: members.map(({ member }) => ({ member, name: member, ...account })),
        businessDays: pairs.map(({ day }) => day),
      });
      const agreement = offered.record?.id ?? '';
      const join = `/v1/clearing-agreements/${agreement}/join`;
      await Promise.all([sellerBank, buyerBank].map((member) => member.post(join, 'administrator', 'join')));
      const body = { agreement, date: OPEN_DATE, disclosures: [await main.disclosure()] };
      clearing = (await write(platform, '/v1/clearings', body)).record?.id ?? '';
      const to = `/v1/clearings/${clearing}`;
      await Promise.all(members.map((member) => write(member, `${to}/signature`)));
      const bound = await Promise.all(members.map((member) => record(member, to)));
      expect(bound.map(({ status }) => status)).to.deep.equal(['agreed', 'agreed', 'agreed']);
      const instructions = bound[0]?.groups['settlement']?.['instructions'] as { debtor: string; creditor: string }[];
      const clientOf = (mspId: string): MemberClient => members.find(({ member }) => member === mspId)!;
      for (const [instruction, { debtor, creditor }] of instructions.entries()) {
        const paid = { instruction, valueDate: NEXT_DATE };
        await write(clientOf(debtor), `${to}/payments`, paid);
        await write(clientOf(creditor), `${to}/confirmations`, paid);
      }
      const settled = await Promise.all(members.map((member) => record(member, to)));
      expect(settled.map(({ status }) => status)).to.deep.equal(['settled', 'settled', 'settled']);
      expect(await refusal(write(platform, '/v1/clearings', body))).to.equal('DAY_CLOSED');
    });

    it('is proven by files alone, when gateways and ledger are gone', async () => {
      stage.write('last.jsonl', await main.creditor.bytes(`${path()}/files/jsonl`));
      for (const member of main.members) {
        const bytes = await member.bytes(`${path()}/evidence-package`, 'approver');
        stage.write(`${member.member}.evidence.json`, bytes);
      }
      await run.stop();
      for (const { member } of main.members) {
        const proof = ['--evidence', file(`${member}.evidence.json`), '--trust', file('trust.json')];
        const held = await concordat(['statement', 'verify', file('last.jsonl'), ...proof]);
        expect(held.code, held.output).to.equal(0);
        const superseded = await concordat(['statement', 'verify', file('first.jsonl'), ...proof]);
        expect(superseded.code).to.equal(1);
        expect(superseded.output).to.match(/^✗ STATEMENT_SUPERSEDED /m);
      }
    });
  });
}
