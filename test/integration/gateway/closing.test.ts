import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TakenStep } from '../../../gateway/closing/closing-service';
import type { MemberClient } from '../../../scripts/demo/member-client';
import { type RecordView } from '../../../scripts/demo/member-client';
import { OPEN_DATE } from '../../../scripts/demo/stage';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { concordat } from '../../../scripts/start/offline-proof';
import { GatewayHarness } from '../../support/e2e/gateway-harness';
import { releaseOrSkip } from '../../support/ledger/real-release';

interface Items<T> {
  readonly items: readonly T[];
}

for (const ledger of ['embedded', 'fabric'] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`the daily close by both members’ gateways, on ${place}`, function () {
    this.timeout(300_000);
    const harness = new GatewayHarness(ledger);
    let day: string;
    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      await harness.start();
      day = harness.stage.known('businessDay');
    });
    after(() => harness.run.discard());

    const banks = (): readonly [MemberClient, MemberClient] => [harness.stage.buyerBank, harness.stage.sellerBank];
    let runs = 0;
    const close = async (client: MemberClient, beforeCutOff = false): Promise<readonly TakenStep[]> => {
      const path = `/v1/business-days/${day}/closing`;
      const { items } = await client.post<Items<TakenStep>>(path, 'approver', `close-${runs++}`, { beforeCutOff });
      return items;
    };
    const told = (steps: readonly TakenStep[]): string[] => steps.map(({ step, outcome }) => `${step.kind} ${outcome}`);
    const statements = async (client: MemberClient): Promise<readonly RecordView[]> =>
      (await client.get<Items<RecordView>>('/v1/statements')).items;

    it('shows an open date so far', async () => {
      const [buyerBank] = banks();
      const path = `/v1/lanes/${harness.stage.known('lane')}/entries`;
      await buyerBank.upload(path, 'maker', 'entries', Buffer.from(bulkFile(3)), 'application/x-ndjson');
      const provisional = await buyerBank.get<object>(`/v1/business-days/${day}/provisional?currency=USD`);
      expect(provisional).to.deep.include({ isProvisional: true, date: OPEN_DATE, count: 3, creditMinor: '0' });
    });

    it('has nothing to do once the calendars put the cut-off into the future', async () => {
      const [buyerBank, sellerBank] = banks();
      const calendar = {
        version: 1,
        effectiveFrom: '2026-01-01',
        holidays: [],
        cutOff: '18:00',
        timeZone: 'Asia/Shanghai',
      };
      await sellerBank.post('/v1/calendars', 'administrator', 'calendar', calendar);
      const book = await buyerBank.get<Items<never> & { versions: object[] }>('/v1/calendars/SellerBankMSP');
      expect(book.versions[0]).to.deep.include({ ...calendar, weekend: [0, 6], workdays: [] });
      const status = await buyerBank.get<{ endsAt: string; date: string }>(`/v1/business-days/${day}/closing`);
      // The later of the two cut-offs: the buyer's bank has no calendar, its day ends at midnight in UTC.
      expect(status).to.deep.include({ date: OPEN_DATE, endsAt: '2026-11-11T00:00:00.000Z' });
    });

    it('moves on, closes and signs, whoever comes first, and both may come at once', async () => {
      const [buyerBank, sellerBank] = banks();
      // The story's date is long over, so that nobody has to be asked to hurry.
      const path = `/v1/business-days/${day}/closing`;
      const proposed = await buyerBank.post<object>(path, 'approver', 'first', {});
      expect(proposed).to.have.keys('items', 'blockNumber');
      expect(told((proposed as Items<TakenStep>).items)).to.deep.equal(['proposeDate done']);
      expect(await buyerBank.post<object>(path, 'approver', 'second', {})).to.deep.equal({ items: [] });
      expect(told(await close(sellerBank))).to.deep.equal([
        'advanceDate done',
        'closeDay done',
        'signStatement done',
        'proposeDate done',
      ]);
      for (let round = 0; round < 40; round++) {
        const steps = await Promise.all([close(buyerBank), close(sellerBank)]);
        for (const { outcome, code } of steps.flat()) expect(outcome, code ?? '').to.be.oneOf(['done', 'lost']);
        if (steps.flat().length === 0) break;
      }
      const held = await Promise.all(banks().map(statements));
      expect(held[0]).to.have.length.greaterThan(5);
      for (const one of held) expect([...new Set(one.map(({ status }) => status))]).to.deep.equal(['countersigned']);
      const dates = held[0]!.map(({ groups }) => String(groups['statement']?.['date'])).sort();
      expect(new Set(dates).size, 'no date twice').to.equal(dates.length);
      expect(dates[0]).to.equal(OPEN_DATE);
      expect(dates.every((date) => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()))).to.equal(true);
      const calendars = held[0]!.map(({ groups }) => groups['statement']?.['calendars']);
      expect(calendars[0]).to.deep.equal({ BuyerBankMSP: 0, SellerBankMSP: 1 });
    });

    it('does not sign over files the other one has not signed, and goes on after a re-issue', async () => {
      const [buyerBank, sellerBank] = banks();
      const [last] = await statements(buyerBank);
      const path = `/v1/statements/${last?.id ?? ''}`;
      const reissued = await sellerBank.post(`${path}/reissue`, 'approver', 'reissue', { reason: 'printed anew' });
      expect(reissued.record?.groups['statement']?.['issue']).to.deep.include({ number: 2, by: 'SellerBankMSP' });
      const refused = await buyerBank.post(`${path}/refusal`, 'approver', 'refuse', { code: 'other', text: 'why?' });
      expect(refused.record?.status).to.equal('disputed');
      expect(told(await close(buyerBank))).to.deep.equal([]);
      await buyerBank.post(`${path}/reissue`, 'approver', 'reissue', { reason: 'agreed by telephone' });
      for (const client of banks()) expect(told(await close(client))).to.include('signStatement done');
      const { status, version } = await buyerBank.get<RecordView>(path);
      expect(status).to.equal('countersigned');
      expect(version).to.equal(8);
    });

    it('posts a file part by part from the command line, and once however often it is run', async () => {
      const { dataFolder } = harness.run;
      const [file, token] = [join(dataFolder, 'cli.ndjson'), join(dataFolder, 'cli.token')];
      writeFileSync(file, bulkFile(25, 'CLI-'));
      writeFileSync(token, harness.tokens['BuyerBankMSP']!.maker);
      const [buyerBank] = banks();
      const flags = ['--lane', harness.stage.known('lane'), '--gateway', buyerBank.url, '--token-file', token];
      const count = async (): Promise<unknown> =>
        (await buyerBank.get<{ count: number }>(`/v1/business-days/${day}/provisional?currency=USD`)).count;
      const before = Number(await count());
      for (let run = 0; run < 2; run++) {
        const { code, output } = await concordat(['entries', 'post', file, ...flags, '--lines-at-once', '10']);
        expect(code, output).to.equal(0);
        expect(output).to.contain('25 entries posted');
      }
      expect(await count()).to.equal(before + 25);
      const rest = await concordat(['entries', 'post', file, ...flags, '--from-line', '21', '--key', 'again']);
      expect(rest.output).to.contain('0 entries posted');
      expect(await count(), 'they were posted under the other key').to.equal(before + 25);
    });

    it('uploads a file from the command line, from where the gateway has it, and keeps what became of each line', async () => {
      const { dataFolder } = harness.run;
      const [file, token, outcomes] = ['up.ndjson', 'up.token', 'up.csv'].map((name) => join(dataFolder, name)) as [
        string,
        string,
        string,
      ];
      const [buyerBank] = banks();
      writeFileSync(file, `${bulkFile(40, 'UP-')}${bulkFile(1, 'CLI-')}`);
      writeFileSync(token, harness.tokens['BuyerBankMSP']!.maker);
      const flags = [
        '--lane',
        harness.stage.known('lane'),
        '--gateway',
        buyerBank.url,
        '--token-file',
        token,
        '--resume',
      ];
      const first = await concordat([
        'entries',
        'post',
        file,
        ...flags,
        '--part-bytes',
        '1000',
        '--outcomes',
        outcomes,
      ]);
      expect(first.code, first.output).to.equal(0);
      expect(first.output).to.contain('40 entries posted, 1 were there already, 0 refused');
      const kept = readFileSync(outcomes, 'utf8').trimEnd().split('\r\n');
      expect(kept).to.have.length(42);
      expect(kept.at(-1)).to.match(/^41,CLI-000001,duplicate,[0-9a-f]{64},/);
      const again = await concordat(['entries', 'post', file, ...flags]);
      expect([again.code, again.output.includes('bytes received')]).to.deep.equal([0, false]);
      const other = await concordat(['entries', 'post', file, ...flags, '--key', 'other']);
      expect(other.output).to.contain('0 entries posted, 41 were there already');
      writeFileSync(file, bulkFile(2, 'UP-').replace('"principal"', '"fee"'));
      const refused = await concordat(['entries', 'post', file, ...flags]);
      expect([refused.code, refused.output]).to.satisfy(
        ([code, output]: [number, string]) => code === 1 && output.includes('SEGMENT_ENTRY_CONFLICT'),
      );
      const short = await concordat(['entries', 'post', file, ...flags, '--partial', '--entries', '3']);
      expect([short.code, short.output]).to.satisfy(
        ([code, output]: [number, string]) => code === 1 && output.includes('CONTROL_TOTALS_DIFFER'),
      );
      const partly = await concordat(['entries', 'post', file, ...flags, '--partial', '--key', 'partly']);
      expect(partly.code).to.equal(1);
      expect(partly.output).to.contain('0 entries posted, 1 were there already, 1 refused');
    });

    it('takes a late entry on the open date, with the date it came too late for', async () => {
      const [buyerBank] = banks();
      const line = { ...JSON.parse(bulkFile(1, 'LATE-')), lateFor: OPEN_DATE } as object;
      const path = `/v1/lanes/${harness.stage.known('lane')}/entries`;
      const body = Buffer.from(`${JSON.stringify(line)}\n`);
      const { complete } = await buyerBank.upload<{ complete: boolean }>(
        path,
        'maker',
        'late',
        body,
        'application/x-ndjson',
      );
      expect(complete).to.equal(true);
      const future = Buffer.from(`${JSON.stringify({ ...line, endToEndId: 'LATE-2', lateFor: '2099-01-01' })}\n`);
      const failed = await buyerBank
        .upload(path, 'maker', 'future', future, 'application/x-ndjson')
        .catch((error: { code: string }) => error.code);
      expect(failed).to.equal('LATE_DATE_NOT_CLOSED');
    });
  });
}
