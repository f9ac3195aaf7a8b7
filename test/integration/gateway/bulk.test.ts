import { expect } from 'chai';
import type { BulkAnswer } from '../../../gateway/routes/views/answers';
import type { Stage } from '../../../scripts/demo/stage';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { GatewayHarness, type Ask } from '../../support/e2e/gateway-harness';

describe('bulk files over HTTP', function () {
  this.timeout(120_000);
  const harness = new GatewayHarness();
  let stage: Stage;
  const ask = (asked: Ask): Promise<Response> => harness.ask(asked);
  const codeOf = (asked: Ask): Promise<string> => harness.codeOf(asked);

  before(async () => {
    await harness.start();
    stage = harness.stage;
  });
  after(() => harness.run.discard());

  const post = (body: string, more: Partial<Ask> = {}, query = ''): Promise<Response> =>
    ask({
      at: 'BuyerBankMSP',
      method: 'POST',
      path: `/v1/lanes/${stage.known('lane')}/entries${query}`,
      body,
      type: 'application/x-ndjson',
      ...more,
    });

  it('name one bad line in ten thousand and post nothing; or all the others, if the caller said so', async () => {
    const lines = bulkFile(10_000).trimEnd().split('\n');
    lines[7_776] = lines[7_776]!.replace('"USD"', '"EUR"');
    const body = `${lines.join('\n')}\n`;
    const refused = await post(body);
    const problem = (await refused.json()) as { code: string; errors: { line: number; code: string }[] };
    expect([refused.status, problem.code]).to.deep.equal([422, 'BULK_LINES_INVALID']);
    expect(problem.errors.map(({ line, code }) => [line, code])).to.deep.equal([[7_777, 'AGREEMENT_NOT_IN_FORCE']]);
    const before = (await stage.sellerBank.get<{ items: object[] }>('/v1/segments')).items.length;
    expect(before).to.equal(0);
    const accepted = (await (await post(body, {}, '?partial=true')).json()) as {
      complete: boolean;
      accepted: number;
      refusedLines: { line: number }[];
    };
    expect(accepted).to.deep.include({ complete: true, accepted: 9_999 });
    expect(accepted.refusedLines.map(({ line }) => line)).to.deep.equal([7_777]);
  });

  const [good] = bulkFile(1).split('\n') as [string];
  const changed = (change: object): string => `${JSON.stringify({ ...(JSON.parse(good) as object), ...change })}\n`;
  const LINES: readonly (readonly [what: string, body: string, code: string, line: number])[] = [
    ['no JSON', `${good}\n{"x"\n`, 'JSON_INVALID', 2],
    ['a negative amount', changed({ amountMinor: '-1' }), 'AMOUNT_INVALID', 1],
    ['a fractional amount', changed({ amountMinor: '1.5' }), 'AMOUNT_INVALID', 1],
    ['a currency nobody knows', changed({ currency: 'XXQ' }), 'CURRENCY_UNKNOWN', 1],
    ['a date that is none', changed({ valueDate: '2026-02-30' }), 'DATE_INVALID', 1],
    ['too much', changed({ amountMinor: '100000001' }), 'ENTRY_LIMIT_EXCEEDED', 1],
    ['one id twice', `${good}\n${good}\n`, 'SEGMENT_ENTRY_DUPLICATE', 2],
    ['an overlong line', `${' '.repeat(1)}${JSON.stringify({ a: 'x'.repeat(9_000) })}\n`, 'LINE_TOO_LONG', 1],
  ];
  for (const [what, body, code, line] of LINES) {
    it(`refuse ${what} by its line: ${code}`, async () => {
      const problem = (await (await post(body)).json()) as { errors: { line: number; code: string }[] };
      expect(problem.errors.map((one) => [one.line, one.code])).to.deep.equal([[line, code]]);
    });
  }

  it('are held against the totals their sender states, as a whole and before anything is posted', async () => {
    const body =
      changed({ endToEndId: 'CT-1', amountMinor: '30' }) + changed({ endToEndId: 'CT-2', amountMinor: '12' });
    const CONTROLS: readonly (readonly [query: string, code: string])[] = [
      ['?entries=3', 'CONTROL_TOTALS_DIFFER'],
      ['?amountMinor=43', 'CONTROL_TOTALS_DIFFER'],
      ['?entries=1&amountMinor=42', 'CONTROL_TOTALS_DIFFER'],
      ['?entries=0', 'FIELDS_INVALID'],
      ['?entries=-1', 'FIELDS_INVALID'],
      ['?amountMinor=42.0', 'FIELDS_INVALID'],
    ];
    for (const [query, code] of CONTROLS) {
      expect(((await (await post(body, {}, query)).json()) as { code: string }).code, query).to.equal(code);
    }
    const none = { entries: 0, amountMinor: '0' };
    const answer = (await (await post(body, {}, '?entries=2&amountMinor=42')).json()) as BulkAnswer;
    const accepted = { entries: 2, amountMinor: '42' };
    expect(answer.totals).to.deep.equal({ accepted, duplicate: none, refused: none, notPosted: none });
    const mixed = `${body}${changed({ endToEndId: 'CT-3', amountMinor: '5', currency: 'EUR' })}`;
    const partly = (await (await post(mixed, {}, '?partial=true&entries=3&amountMinor=47')).json()) as BulkAnswer;
    const refused = { entries: 1, amountMinor: '5' };
    expect(partly.totals).to.deep.equal({ accepted: none, duplicate: accepted, refused, notPosted: none });
    expect(partly.complete, 'all that could be posted stands').to.equal(true);
  });

  it('refuse an empty one, one of a type not taken, and one for a lane of others', async () => {
    expect(
      await codeOf({
        at: 'BuyerBankMSP',
        method: 'POST',
        path: `/v1/lanes/${stage.known('lane')}/entries`,
        body: '\n',
        type: 'application/x-ndjson',
      }),
    ).to.equal('422 BULK_EMPTY');
    expect(
      await codeOf({
        at: 'BuyerBankMSP',
        method: 'POST',
        path: `/v1/lanes/${stage.known('lane')}/entries`,
        body: good,
        type: 'text/plain',
      }),
    ).to.equal('415 MEDIA_TYPE_UNSUPPORTED');
    expect(
      await codeOf({
        method: 'POST',
        path: `/v1/lanes/${stage.known('lane')}/entries`,
        body: good,
        type: 'application/x-ndjson',
      }),
    ).to.equal('404 RECORD_NOT_FOUND');
  });

  it('take CSV with a header, byte order mark and CRLF', async () => {
    const { uetr: _u, orderRef: _o, invoiceRef: _i, ...entry } = JSON.parse(good) as Record<string, string>;
    const row = { ...entry, endToEndId: 'CSV-1', uetr: '', orderRef: '', invoiceRef: '' };
    const body = `\uFEFF${Object.keys(row).join(',')}\r\n${Object.values(row).join(',')}\r\n`;
    const answer = (await (await post(body, { type: 'text/csv' })).json()) as { accepted: number };
    expect(answer.accepted).to.equal(1);
  });
});
