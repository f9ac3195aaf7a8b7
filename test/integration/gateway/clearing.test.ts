import { expect } from 'chai';
import type { MemberClient, RecordView, WriteAnswer } from '../../../scripts/demo/member-client';
import type { Refused } from '../../../scripts/demo/member-client';
import { NEXT_DATE, OPEN_DATE, type Stage } from '../../../scripts/demo/stage';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { concordat } from '../../../scripts/start/offline-proof';
import { XmlReader } from '../../../gateway/documents/xml/xml-reader';
import { DemonstrationRun } from '../../support/e2e/demonstration-run';
import { releaseOrSkip } from '../../support/ledger/real-release';

interface BusinessDays {
  readonly items: readonly { readonly id: string; readonly members: readonly string[] }[];
}

interface Posted {
  readonly segments: readonly { readonly blockNumber: string }[];
}

/** Debtor, creditor, entries posted. */
type Owed = readonly [debtor: MemberClient, creditor: MemberClient, entries: number];

for (const ledger of ['embedded', 'fabric'] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`clearing on ${place}`, function () {
    this.timeout(240_000);
    const run = new DemonstrationRun(ledger);
    let stage: Stage;
    let owed: readonly Owed[];
    let members: readonly MemberClient[];
    let agreement: string;
    let clearing: string;
    const statements = new Map<string, string>();
    const days = new Map<string, string>();

    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      await run.start();
      stage = run.stage;
      const { platform, sellerBank, buyerBank } = stage;
      members = [platform, sellerBank, buyerBank];
      owed = [
        [buyerBank, sellerBank, 30],
        [sellerBank, platform, 20],
        [platform, buyerBank, 10],
      ];
      for (const one of owed) await closedPair(one);
    });
    after(() => run.discard());

    const nameOf = ([debtor, creditor]: Owed): string => `${debtor.member}-${creditor.member}`;

    /** A pair's date with some entries, closed and signed by both. */
    async function closedPair(one: Owed): Promise<void> {
      const [debtor, creditor, entries] = one;
      const key = nameOf(one);
      await debtor.post('/v1/business-days', 'approver', `${key}-day`, { with: creditor.member, date: OPEN_DATE });
      const { items } = await debtor.get<BusinessDays>('/v1/business-days');
      const day = items.find((item) => item.members.includes(creditor.member))!.id;
      days.set(key, day);
      const offered = await debtor.post('/v1/standing-agreements', 'administrator', `${key}-offer`, {
        receiver: creditor.member,
        debtor: debtor.member,
        currency: 'USD',
        types: ['principal', 'fee'],
        entryLimitMinor: '100000000',
        dayLimitMinor: '100000000000',
        businessDay: day,
      });
      const path = `/v1/standing-agreements/${offered.record?.id ?? ''}/agreement`;
      const lane = (await creditor.post(path, 'administrator', `${key}-agree`)).record?.id ?? '';
      const file = Buffer.from(bulkFile(entries, `${key.slice(0, 4)}-`));
      const posted = await debtor.upload<Posted>(
        `/v1/lanes/${lane}/entries`,
        'maker',
        `${key}-post`,
        file,
        'application/x-ndjson',
      );
      debtor.note(Number(posted.segments[0]?.blockNumber ?? 0));
      await debtor.post(`/v1/business-days/${day}/proposal`, 'approver', `${key}-propose`, { date: NEXT_DATE });
      await creditor.post(`/v1/business-days/${day}/advance`, 'approver', `${key}-advance`, { date: NEXT_DATE });
      const close = { businessDay: day, currency: 'USD', date: OPEN_DATE };
      const { record } = await creditor.post('/v1/statements', 'approver', `${key}-close`, close);
      statements.set(key, record?.id ?? '');
      for (const member of [debtor, creditor]) {
        await member.post(`/v1/statements/${record?.id ?? ''}/signature`, 'approver', `${key}-sign-${member.member}`);
      }
    }

    const disclosed = (one: Owed): Promise<object> =>
      one[0].get<object>(`/v1/statements/${statements.get(nameOf(one)) ?? ''}/disclosure`, 'approver');

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
        businessDays: [...days.values()],
      });
      agreement = record?.id ?? '';
      const join = `/v1/clearing-agreements/${agreement}/join`;
      await stage.sellerBank.post(join, 'administrator', 'join');
      const joined = await stage.buyerBank.post(join, 'administrator', 'join');
      expect(joined.record?.status).to.equal('agreed');
    });

    it('nets what the pairs countersigned, as anybody can check offline', async () => {
      const [buyerToSeller] = owed as [Owed, ...Owed[]];
      const files = await Promise.all(
        owed.map(async (one) => stage.write(`${nameOf(one)}.json`, JSON.stringify(await disclosed(one)))),
      );
      const preview = await concordat(['clearing', 'preview', ...files, '--json']);
      expect(preview.code, preview.output).to.equal(0);
      // The platform takes no part in the banks' pair: its disclosure was handed over.
      const body = { agreement, date: OPEN_DATE, disclosures: [await disclosed(buyerToSeller)] };
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
      const body = { agreement, date: OPEN_DATE, disclosures: [await disclosed(owed[0] as Owed)] };
      const again = await stage.platform
        .post('/v1/clearings', 'approver', 'again', body)
        .catch((error: Refused) => error);
      expect((again as Refused).code).to.equal('DAY_CLOSED');
    });
  });
}
