import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import type { MemberClient } from '../../../scripts/demo/member-client';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import type { EntriesAnswer } from '../../../gateway/entries/entries-answer';
import { GatewayHarness, type Ask } from '../../support/e2e/gateway-harness';
import { OwnGateway } from '../../support/e2e/own-gateway';

const MEMBER = 'BuyerBankMSP';
const PART = 'application/offset+octet-stream';
const PART_LIMIT = 8_388_608;
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Between two looks: a gateway answers a hundred requests a second to one user. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

interface View {
  readonly id: string;
  readonly state: string;
  readonly offset: number;
  readonly lines: number | null;
  readonly settled: number;
  readonly answer: EntriesAnswer | null;
  readonly problem: { readonly code: string; readonly title: string } | null;
}

describe('files of entries in parts over HTTP', function () {
  this.timeout(180_000);
  const harness = new GatewayHarness();
  let path: string;
  before(async () => {
    await harness.start();
    path = `/v1/lanes/${harness.stage.known('lane')}/uploads`;
  });
  after(() => harness.run.discard());

  const ask = (asked: Ask): Promise<Response> => harness.ask({ at: MEMBER, ...asked });
  const codeOf = (asked: Ask): Promise<string> => harness.codeOf({ at: MEMBER, ...asked });
  const declaration = (file: string, change: object = {}): string =>
    JSON.stringify({
      size: Buffer.byteLength(file),
      sha256: sha256(file),
      mediaType: 'application/x-ndjson',
      ...change,
    });
  const declared = async (file: string, change: object = {}): Promise<View> =>
    (await (await ask({ method: 'POST', path, body: declaration(file, change) })).json()) as View;
  const part = (id: string, offset: number | string, body: string | Uint8Array, more: Partial<Ask> = {}): Ask => ({
    method: 'PATCH',
    path: `${path}/${id}`,
    type: PART,
    headers: { 'upload-offset': String(offset) },
    body,
    ...more,
  });
  const view = async (id: string): Promise<View> => (await (await ask({ path: `${path}/${id}` })).json()) as View;
  const finished = async (id: string, read: (id: string) => Promise<View> = view): Promise<View> => {
    for (;;) {
      const upload = await read(id);
      if (upload.state === 'done' || upload.state === 'refused') return upload;
      await pause();
    }
  };

  it('are received, posted, told line by line, and forgotten', async () => {
    const file = bulkFile(30, 'PARTS-');
    const created = await ask({ method: 'POST', path, body: declaration(file) });
    expect([created.status, created.headers.get('upload-offset')]).to.deep.equal([201, '0']);
    const { id } = (await created.json()) as View;
    const half = Math.floor(file.length / 2);
    const first = await ask(part(id, 0, file.slice(0, half)));
    expect([first.status, first.headers.get('upload-offset')]).to.deep.equal([200, String(half)]);
    expect(await view(id)).to.deep.include({ state: 'receiving', offset: half, lines: null });
    await ask(part(id, half, file.slice(half)));
    const done = await finished(id);
    expect(done).to.deep.include({ state: 'done', lines: 30, settled: 30, problem: null });
    expect(done.answer).to.deep.include({ complete: true, accepted: 30, refused: 0 });
    const json = await (await ask({ path: `${path}/${id}/outcomes`, role: 'viewer' })).text();
    const outcomes = json
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { outcome: string; line: number });
    expect(outcomes.map(({ line, outcome }) => `${line} ${outcome}`)).to.deep.equal(
      Array.from({ length: 30 }, (_, at) => `${at + 1} posted`),
    );
    const csv = await ask({ path: `${path}/${id}/outcomes?format=csv&outcome=posted` });
    expect(csv.headers.get('content-type')).to.match(/^text\/csv/);
    expect((await csv.text()).split('\r\n').slice(0, 2).join('|')).to.match(
      /^line,endToEndId,outcome,transactionId,segment,code,possibleDuplicate\|1,PARTS-000001,posted,[0-9a-f]{64},[0-9a-f]{32},,$/,
    );
    const listed = (await (await ask({ path })).json()) as { items: View[] };
    expect(listed.items.map((one) => one.id)).to.include(id);
    expect((await ask({ method: 'DELETE', path: `${path}/${id}` })).status).to.equal(200);
    expect(await codeOf({ path: `${path}/${id}` })).to.equal('404 UPLOAD_NOT_FOUND');
  });

  it('sent again are duplicates, in the ordinary way of posting as well', async () => {
    const file = bulkFile(30, 'PARTS-');
    const { id } = await declared(file);
    await ask(part(id, 0, file));
    expect((await finished(id)).answer).to.deep.include({ complete: true, accepted: 0, duplicates: 30 });
    const lane = path.replace('/uploads', '/entries');
    const bulk = await ask({ method: 'POST', path: lane, body: file, type: 'application/x-ndjson' });
    expect(await bulk.json()).to.deep.include({ complete: true, accepted: 0, duplicates: 30 });
  });

  it('refuse a part that does not fit, and stay where they are', async () => {
    const file = bulkFile(2, 'ODD-');
    const { id } = await declared(file);
    const elsewhere = await ask(part(id, 7, file));
    expect([elsewhere.status, elsewhere.headers.get('upload-offset')]).to.deep.equal([409, '0']);
    const ODD: readonly (readonly [what: string, asked: Ask, code: string])[] = [
      ['an offset beyond the end', part(id, file.length + 1, 'x'), '409 UPLOAD_OFFSET_DIFFERS'],
      ['an offset beyond every number', part(id, '9'.repeat(16), 'x'), '400 FIELDS_INVALID'],
      ['a negative offset', part(id, -1, 'x'), '400 FIELDS_INVALID'],
      ['an offset in words', part(id, 'ten', 'x'), '400 FIELDS_INVALID'],
      ['no offset', part(id, 0, 'x', { headers: {} }), '400 FIELDS_INVALID'],
      ['more than was declared', part(id, 0, `${file}x`), '422 UPLOAD_BEYOND_SIZE'],
      ['a part too large', part(id, 0, Buffer.alloc(PART_LIMIT + 1)), '413 BODY_TOO_LARGE'],
      ['an empty part', part(id, 0, ''), '400 BODY_MISSING'],
      ['another media type', part(id, 0, file, { type: 'application/x-ndjson' }), '415 MEDIA_TYPE_UNSUPPORTED'],
      ['an id of nobody', part('0'.repeat(32), 0, 'x'), '404 UPLOAD_NOT_FOUND'],
      ['a viewer', part(id, 0, file, { role: 'viewer' }), '403 ROLE_MISSING'],
      [
        "another member's token",
        part(id, 0, file, { token: harness.tokens['SellerBankMSP']!.maker }),
        '401 TOKEN_AUDIENCE',
      ],
      ["another member's gateway", part(id, 0, file, { at: 'SellerBankMSP' }), '404 UPLOAD_NOT_FOUND'],
      ['a member outside', part(id, 0, file, { at: 'PlatformMSP' }), '404 RECORD_NOT_FOUND'],
    ];
    for (const [what, asked, code] of ODD) expect(await codeOf(asked), what).to.equal(code);
    expect(await view(id)).to.deep.include({ state: 'receiving', offset: 0 });
  });

  it('refuse a declaration that is none', async () => {
    const file = bulkFile(1, 'NONE-');
    for (const change of [
      { size: 0 },
      { size: -1 },
      { size: 536_870_913 },
      { size: 1.5 },
      { sha256: 'x' },
      { mediaType: 'x' },
    ]) {
      const code = await codeOf({ method: 'POST', path, body: declaration(file, change) });
      expect(code, JSON.stringify(change)).to.equal('400 FIELDS_INVALID');
    }
  });

  it('of which a part breaks off keep what was whole before it', async () => {
    const file = bulkFile(20, 'BROKEN-');
    const { id } = await declared(file);
    await ask(part(id, 0, file.slice(0, 100)));
    const { port } = new URL(harness.stage.buyerBank.url);
    const socket = connect(Number(port), '127.0.0.1');
    const head = [
      `PATCH ${path}/${id} HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${harness.tokens[MEMBER]!.maker}`,
      `content-type: ${PART}`,
      'upload-offset: 100',
      `content-length: ${file.length - 100}`,
    ];
    await new Promise<void>((resolve) =>
      socket.write(`${head.join('\r\n')}\r\n\r\n${file.slice(100, 300)}`, () => resolve()),
    );
    socket.destroy();
    expect(await view(id)).to.deep.include({ state: 'receiving', offset: 100 });
    await ask(part(id, 100, file.slice(100)));
    expect((await finished(id)).answer).to.deep.include({ complete: true, accepted: 20 });
  });

  it('of other bytes than declared, or with wrong lines, are refused in the language asked for', async () => {
    const file = bulkFile(2, 'WRONG-');
    const other = await declared(file, { sha256: '0'.repeat(64) });
    await ask(part(other.id, 0, file));
    expect((await finished(other.id)).problem?.code).to.equal('UPLOAD_DIGEST_DIFFERS');
    const wrong = file.replace('"USD"', '"EUR"');
    const { id } = await declared(wrong);
    await ask(part(id, 0, wrong));
    expect((await finished(id)).problem?.code).to.equal('BULK_LINES_INVALID');
    const chinese = await ask({ path: `${path}/${id}`, headers: { 'accept-language': 'zh' } });
    expect(((await chinese.json()) as View).problem?.title).to.match(/[\u4e00-\u9fff]/);
  });

  describe('at a gateway that is killed', () => {
    let gateway: OwnGateway;
    before(() => (gateway = new OwnGateway(harness)));
    afterEach(() => gateway?.kill());

    it('go on at the byte and at the entry where they stopped', async () => {
      const file = Buffer.from(bulkFile(24_010, 'KILLED-'));
      const half = 1_500_000;
      let client = await gateway.start();
      const read = (id: string): Promise<View> => client.get(`${path}/${id}`, 'maker');
      const { id } = await client.post<View>(path, 'maker', 'killed', JSON.parse(declaration(file.toString())));
      await send(client, id, 0, file.subarray(0, half));
      await gateway.kill();
      client = await gateway.start();
      expect(await read(id)).to.deep.include({ state: 'receiving', offset: half });
      await send(client, id, half, file.subarray(half));
      let before = await read(id);
      for (; before.settled === 0; before = await read(id)) await pause();
      expect(before).to.deep.include({ state: 'posting', lines: 24_010 });
      await gateway.kill();
      client = await gateway.start();
      const { state, answer } = await finished(id, read);
      expect(state).to.equal('done');
      expect(answer).to.deep.include({ complete: true, accepted: 24_010, duplicates: 0 });
      const segments = await headers(client);
      expect(segments.reduce((sum, { count }) => sum + count, 0)).to.equal(24_010 + 30 + 20);
    });

    it('and of two that are sent one file at once, each entry is posted by one of them', async () => {
      const file = Buffer.from(bulkFile(3_000, 'BOTH-'));
      const client = await gateway.start();
      const before = (await headers(client)).reduce((sum, { count }) => sum + count, 0);
      const lane = path.replace('/uploads', '/entries');
      const post = (to: MemberClient, at: number): Promise<EntriesAnswer> =>
        to.upload(lane, 'maker', `both-${at}`, file, 'application/x-ndjson');
      const answers = await Promise.all([client, harness.stage.buyerBank].map(post));
      for (const { complete, accepted, duplicates } of answers) {
        expect([complete, accepted + duplicates]).to.deep.equal([true, 3_000]);
      }
      expect(answers.reduce((sum, { accepted }) => sum + accepted, 0)).to.equal(3_000);
      expect((await headers(client)).reduce((sum, { count }) => sum + count, 0)).to.equal(before + 3_000);
    });

    const send = async (client: MemberClient, id: string, offset: number, bytes: Uint8Array): Promise<void> => {
      const { status } = await fetch(`${client.url}${path}/${id}`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${harness.tokens[MEMBER]!.maker}`,
          'content-type': PART,
          'upload-offset': String(offset),
        },
        body: Buffer.from(bytes),
      });
      expect(status).to.equal(200);
    };

    const headers = async (client: MemberClient): Promise<readonly { count: number }[]> => {
      const found: { count: number }[] = [];
      for (let cursor = ''; ;) {
        const page = await client.get<{
          items: { groups: { header: { count: number } } }[];
          nextCursor: string | null;
        }>(`/v1/segments?limit=100${cursor}`);
        found.push(...page.items.map(({ groups }) => groups.header));
        if (page.nextCursor === null) return found;
        cursor = `&cursor=${page.nextCursor}`;
      }
    };
  });
});
