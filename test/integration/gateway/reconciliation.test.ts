import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BreakContent } from '../../../chaincode/domain/operations/breaks/types';
import { DEFAULT_RULE_SET } from '../../../gateway/reconciliation/rules/default-rule-set';
import { sha256Hex } from '../../../chaincode/domain/hash';
import { BACK_TEST_FORMAT, backTestBytes } from '../../../gateway/reconciliation/back-test-days';
import { ruleSetDigest } from '../../../gateway/reconciliation/rules/parse-rule-set';
import { loadFiles, reconcile as reconcileLoaded } from '../../../gateway/reconciliation/reconcile-files';
import { makeReport } from '../../../gateway/reconciliation/report/write-report';
import { Undoings } from '../../../gateway/reconciliation/undoing';
import { readWorkbook } from '../../../gateway/spreadsheets/read-workbook';
import { workbookBytes } from '../../../gateway/spreadsheets/write-workbook';
import { MemberClient, Refused, type RecordView } from '../../../scripts/demo/member-client';
import { loadSecrets } from '../../../scripts/start/secrets';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { GatewayHarness } from '../../support/e2e/gateway-harness';
import { releaseOrSkip } from '../../support/ledger/real-release';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

interface Reconciled {
  readonly root: string;
  readonly run?: string;
  readonly breaks: readonly string[];
  readonly summary: {
    readonly asOf: string;
    readonly matches: number;
    readonly breaks: number;
    readonly itemsByCode: Record<string, number>;
  };
}
interface Items<T> {
  readonly items: readonly T[];
}

for (const ledger of ['embedded', 'fabric'] as const) {
  const place = ledger === 'fabric' ? 'a real network' : 'the embedded ledger';
  describe(`own books against a statement, through the gateways of both members, on ${place}`, function () {
    this.timeout(300_000);
    const harness = new GatewayHarness(ledger);
    const folder = mkdtempSync(join(tmpdir(), 'concordat-books-'));
    let statement: string;
    const banks = (): readonly [MemberClient, MemberClient] => [harness.stage.buyerBank, harness.stage.sellerBank];
    let writes = 0;
    const post = <T = { record?: RecordView }>(client: MemberClient, path: string, body: object = {}): Promise<T> =>
      client.post<T>(path, 'approver', `w${writes++}`, body);
    const contentOf = (record: RecordView): BreakContent => record.groups as unknown as BreakContent;
    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'none',
        (error: unknown) => (error instanceof Refused ? error.code : String(error)),
      );

    before(async function () {
      if (ledger === 'fabric') releaseOrSkip(this);
      await harness.start();
      const [buyerBank, sellerBank] = banks();
      const lane = `/v1/lanes/${harness.stage.known('lane')}/entries`;
      await buyerBank.upload(lane, 'maker', 'entries', Buffer.from(bulkFile(20)), 'application/x-ndjson');
      const closing = `/v1/business-days/${harness.stage.known('businessDay')}/closing`;
      for (let round = 0; round < 4; round++) for (const bank of [buyerBank, sellerBank]) await post(bank, closing);
      const { items } = await buyerBank.get<Items<RecordView>>('/v1/statements?limit=200');
      statement = items.find(({ groups }) => groups['statement']?.['count'] === 20)!.id;
    });
    after(async () => {
      rmSync(folder, { recursive: true, force: true });
      await harness.run.discard();
    });

    /** The seller's bank's own books: what it is owed, one entry short, one too high, one nobody else has. */
    const books = (): string => {
      const lines = bulkFile(20)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { endToEndId: string; amountMinor: string; valueDate: string });
      const rows = lines.slice(1).map(({ endToEndId, amountMinor, valueDate }, at) => {
        const amount = at === 0 ? String(BigInt(amountMinor) + 7_777n) : amountMinor;
        return `${endToEndId};${amount.padStart(3, '0').replace(/(\d\d)$/, ',$1')};${valueDate}`;
      });
      return ['Reference;Amount;Date', ...rows, 'NOBODY;7,00;2026-11-10'].join('\n');
    };
    const mapping = {
      columns: { endToEndId: 'Reference', amount: 'Amount', bookingDate: 'Date' },
      decimal: ',',
      currency: 'USD',
    };
    const reconcile = (more = ''): Promise<Reconciled> => {
      const path = `/v1/statements/${statement}/reconciliation?mapping=${encodeURIComponent(JSON.stringify(mapping))}${more}`;
      return harness.stage.sellerBank.upload(path, 'approver', `r${writes++}`, Buffer.from(books()), 'text/csv');
    };

    it('are matched; a dry run writes nothing', async () => {
      const { summary, run, breaks } = await reconcile('&dryRun=true');
      expect(summary).to.deep.include({ matches: 18, breaks: 3 });
      expect(summary.itemsByCode).to.deep.equal({ AMOUNT_UNDER: 1, MISSING_EXTERNAL: 1, MISSING_INTERNAL: 1 });
      expect([run, breaks]).to.deep.equal([undefined, []]);
      expect((await harness.stage.sellerBank.get<Items<RecordView>>('/v1/breaks')).items).to.deep.equal([]);
    });

    it('put their run and breaks on the ledger, where both members see the same', async () => {
      const dry = await reconcile('&dryRun=true');
      const { root, run, breaks } = await reconcile();
      expect(root, 'same files, same rules, same result').to.equal(dry.root);
      expect(breaks).to.have.length(3);
      const [buyerBank, sellerBank] = banks();
      const seen = await Promise.all(
        [buyerBank, sellerBank].map((bank) => bank.get<RecordView>(`/v1/match-runs/${run ?? ''}`)),
      );
      expect(seen[0]?.groups).to.deep.equal(seen[1]?.groups);
      expect(seen[0]?.groups['run']).to.deep.include({ by: 'SellerBankMSP', resultRoot: root, statement });
      const { items } = await buyerBank.get<Items<RecordView>>('/v1/breaks');
      const holders = items
        .map((record) => `${contentOf(record).break.code} ${contentOf(record).handling.holder}`)
        .sort();
      expect(holders).to.deep.equal([
        'AMOUNT_UNDER BuyerBankMSP',
        'MISSING_EXTERNAL BuyerBankMSP',
        'MISSING_INTERNAL SellerBankMSP',
      ]);
    });

    const breakOf = async (code: string): Promise<RecordView> => {
      const { items } = await harness.stage.buyerBank.get<Items<RecordView>>('/v1/breaks');
      return items.find((record) => contentOf(record).break.code === code)!;
    };

    it('are settled break by break, each member with its own word', async () => {
      const [buyerBank, sellerBank] = banks();
      const path = `/v1/breaks/${(await breakOf('AMOUNT_UNDER')).id}`;
      const proposal = { type: 'bookOurs', reason: 'too much in our books', amountMinor: '7777', evidence: [] };
      expect(await refusal(post(sellerBank, `${path}/assignment`, { text: 'yours' }))).to.equal('BALL_NOT_YOURS');
      await post(sellerBank, `${path}/proposal`, proposal);
      expect(await refusal(post(sellerBank, `${path}/agreement`))).to.equal('CREATOR_NOT_ENTITLED');
      await post(buyerBank, `${path}/agreement`);
      const closed = await post(sellerBank, `${path}/closing`);
      expect(closed.record?.status).to.equal('closed');
      const expired = await refusal(
        post(sellerBank, `${path}/reopening`, { run: contentOf(closed.record!).break.run }),
      );
      expect(expired).to.equal('NEW_DATA_MISSING');
    });

    it('are closed by force by two people alone', async () => {
      const path = `/v1/breaks/${(await breakOf('MISSING_INTERNAL')).id}/forced-closing`;
      const { sellerBank } = harness.stage;
      await post(sellerBank, path, { reason: 'below a dollar' });
      expect(await refusal(post(sellerBank, `${path}/approval`))).to.equal('SECOND_PERSON_MISSING');
      const secrets = loadSecrets(harness.run.dataFolder);
      const token = await secrets.tokens.token({ member: sellerBank.member, userId: 'second', roles: ['approver'] });
      const second = new MemberClient(sellerBank.member, sellerBank.url, () => token);
      const closed = await post(second, `${path}/approval`);
      expect(contentOf(closed.record!).handling.closing).to.deep.include({
        reason: 'below a dollar',
        approver: 'second',
      });
    });

    it('go out to a spreadsheet and come back, row by row, and no locked cell may change', async () => {
      const { buyerBank } = harness.stage;
      const bytes = await buyerBank.bytes('/v1/break-sheet');
      const path = join(folder, 'sheet.xlsx');
      writeFileSync(path, bytes);
      const { rows } = await readWorkbook(path);
      expect(rows).to.have.length(2);
      const [header, row] = rows.map(({ cells }) => [...cells]) as [string[], string[]];
      const at = (name: string): number => header.indexOf(name);
      const filled = (changes: Readonly<Record<string, string>>): string[] => {
        const cells = header.map((_, column) => row[column] ?? '');
        for (const [name, text] of Object.entries(changes)) cells[at(name)] = text;
        return cells;
      };
      const sheet = (...lines: readonly (readonly string[])[]): Promise<Buffer> =>
        workbookBytes([{ name: 'x', columns: header.map((heading) => ({ heading })), rows: [lines] }]);
      const send = async (...lines: readonly (readonly string[])[]): Promise<string[]> => {
        const answer = await buyerBank.upload<Items<{ row: number; outcome: string; code?: string }>>(
          '/v1/break-sheet',
          'approver',
          `s${writes++}`,
          await sheet(...lines),
          XLSX,
        );
        expect('blockNumber' in answer).to.equal(answer.items.some(({ outcome }) => outcome === 'done'));
        return answer.items.map(({ row: number, outcome, code = '' }) => `${number} ${outcome} ${code}`.trim());
      };
      const propose = { action: 'propose', type: 'noAction', reason: 'found it' };
      expect(
        await send(
          filled({ ...propose, residualMinor: '1' }),
          filled({ ...propose, version: '9' }),
          filled({ action: 'delete' }),
          filled({}),
          filled(propose),
        ),
      ).to.deep.equal([
        '2 refused SHEET_CELL_ALTERED',
        '3 refused RECORD_STALE',
        '4 refused SHEET_ACTION_UNKNOWN',
        '6 done',
      ]);
      expect((await breakOf('MISSING_EXTERNAL')).status).to.equal('proposed');
      const foreign = await refusal(
        buyerBank.upload('/v1/break-sheet', 'approver', 'foreign', Buffer.from('PK nothing'), XLSX),
      );
      expect(foreign).to.equal('SHEET_INVALID');
    });

    it('are exported with their ages, without formulas', async () => {
      const text = Buffer.from(await harness.stage.buyerBank.bytes('/v1/break-export')).toString('utf8');
      const lines = text.trimEnd().split('\r\n');
      expect(lines).to.have.length(4);
      expect(lines[0]).to.match(/^id,status,code,/);
      expect(text).to.match(/,proposed,MISSING_EXTERNAL,/);
    });

    it('are matched under rules that two people took into use, and no others', async () => {
      const { sellerBank } = harness.stage;
      const rules = { ...DEFAULT_RULE_SET, id: 'seller-bank', version: '1' };
      const proposed = await post(sellerBank, '/v1/rule-sets', { rules });
      const id = proposed.record?.id ?? '';
      expect(await refusal(reconcile(`&dryRun=true&ruleSet=${id}`))).to.equal('RULE_SET_NOT_APPROVED');
      expect(await refusal(post(sellerBank, `/v1/rule-sets/${id}/approval`))).to.equal('SECOND_PERSON_MISSING');
      await sellerBank.post(`/v1/rule-sets/${id}/approval`, 'administrator', `w${writes++}`);
      const { summary } = await reconcile(`&dryRun=true&ruleSet=${id}`);
      expect(summary).to.deep.include({ matches: 18 });
      const changed = { ...rules, version: '2' };
      expect(await refusal(post(sellerBank, '/v1/rule-sets', { rules: changed }))).to.equal('BACK_TEST_MISSING');
      const [before, after] = [{ digest: ruleSetDigest(rules) }, { digest: ruleSetDigest(changed) }];
      const inputs = { ours: '1'.repeat(64), theirs: '2'.repeat(64) };
      const days = [{ asOf: '2026-11-10', inputs, before: 18, after: 18, kept: 18, appear: [], disappear: [] }];
      const backTest = { format: BACK_TEST_FORMAT, before, after, days };
      const other = { rules: changed, backTest: { ...backTest, after: before } };
      expect(await refusal(post(sellerBank, '/v1/rule-sets', other))).to.equal('RULE_SET_INVALID');
      const next = await post(sellerBank, '/v1/rule-sets', { rules: changed, backTest });
      const digest = sha256Hex(backTestBytes(backTest));
      expect(next.record?.groups['ruleSet']?.['backTest']).to.deep.include({ digest, days: 1, kept: 18 });
      const read = await sellerBank.bytes(`/v1/documents/${digest}/bytes`);
      expect(JSON.parse(Buffer.from(read).toString('utf8')), 'what the second person reads').to.deep.equal(backTest);
      const approval = `/v1/rule-sets/${next.record?.id ?? ''}/approval`;
      const approve = (body: object): Promise<unknown> =>
        sellerBank.post(approval, 'administrator', `w${writes++}`, body);
      expect(await refusal(approve({}))).to.equal('BACK_TEST_DIFFERS');
      expect(await refusal(post(sellerBank, approval, { backTest: digest }))).to.equal('SECOND_PERSON_MISSING');
      await approve({ backTest: digest });
      expect(await refusal(post(sellerBank, '/v1/rule-sets', { rules: { id: 'x' } }))).to.equal('RULE_SET_INVALID');
      expect(await refusal(harness.stage.buyerBank.get(`/v1/rule-sets/${id}`))).to.equal('RECORD_NOT_FOUND');
    });

    it('of no known format are refused with the reason', async () => {
      const path = `/v1/statements/${statement}/reconciliation?dryRun=true`;
      const file = Buffer.from('hello');
      const failed = await harness.stage.sellerBank
        .upload(path, 'approver', 'odd', file, 'text/plain')
        .catch((error: unknown) => error);
      expect((failed as Refused).code).to.equal('BOOKS_UNREADABLE');
      expect((failed as Refused).problem['details']).to.deep.include({ reason: 'SOURCE_FORMAT_UNKNOWN', side: 'ours' });
    });

    it('leave a match apart once its member has undone it, proved under the root of the run', async () => {
      const [buyerBank, sellerBank] = banks();
      const { run = '', root, summary } = await reconcile();
      const [ours, theirs] = [join(folder, 'ours.csv'), join(folder, 'theirs.jsonl')];
      writeFileSync(ours, books());
      writeFileSync(theirs, await sellerBank.bytes(`/v1/statements/${statement}/files/jsonl`));
      const files = {
        ours: { path: ours, options: { mapping } },
        theirs: { path: theirs, options: { member: 'SellerBankMSP' } },
      };
      const place = { kind: 'sqlite', folder } as const;
      const loaded = await loadFiles(files, { rules: DEFAULT_RULE_SET, place });
      const undoings = new Undoings(new Set([4]));
      const result = reconcileLoaded(loaded, { rules: DEFAULT_RULE_SET, asOf: summary.asOf });
      expect((await makeReport(result, loaded.readers, [undoings])).root, 'anybody repeats the run').to.equal(root);
      const [undoing] = await undoings.told(loaded.sides, loaded.readers);
      await loaded.close();

      const path = `/v1/match-runs/${run}/undone-matches`;
      const body = { ...undoing, reason: 'wrongEntry' };
      expect(await refusal(post(buyerBank, path, body))).to.equal('CREATOR_NOT_ENTITLED');
      expect(await refusal(post(sellerBank, path, { ...body, index: 0 }))).to.equal('MATCH_NOT_IN_RUN');
      const { record } = await post(sellerBank, path, body);
      expect(record?.status).to.equal('amended');
      expect((await buyerBank.get<RecordView>(`/v1/match-runs/${run}`)).groups['undone']).to.deep.equal(
        record?.groups['undone'],
      );
      expect(await refusal(post(sellerBank, path, body))).to.equal('MATCH_UNDONE_ALREADY');
      const next = await reconcile('&dryRun=true');
      expect(next.summary).to.deep.include({ matches: summary.matches - 1 });
      expect(next.summary.itemsByCode).to.deep.include({ MATCH_UNDONE: 1 });
    });
  });
}
