import { expect } from 'chai';
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { ROLES } from '../../../gateway/http/roles';
import type { Stage } from '../../../scripts/demo/stage';
import { sample } from '../../../scripts/demo/steps-order';
import { loadSecrets } from '../../../scripts/start/secrets';
import { GatewayHarness, SECRET, type Ask } from '../../support/e2e/gateway-harness';
import { filesWith } from '../../support/e2e/private-scan';

describe('a gateway over HTTP', function () {
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

  describe('tokens', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const made = async (change: {
      issuer?: string;
      audience?: string;
      lifetime?: number;
      age?: number;
      roles?: unknown;
      subject?: string;
      own?: boolean;
    }): Promise<string> => {
      const key =
        change.own === false ? privateKey : createPrivateKey(loadSecrets(harness.run.dataFolder).tokens.privateKeyPem);
      const now = Math.floor(Date.now() / 1_000) - (change.age ?? 0);
      const token = new SignJWT({ roles: change.roles ?? ['viewer'] })
        .setProtectedHeader({ alg: 'ES256' })
        .setIssuer(change.issuer ?? 'concordat-development')
        .setAudience(change.audience ?? 'concordat:PlatformMSP')
        .setIssuedAt(now)
        .setExpirationTime(now + (change.lifetime ?? 600));
      return (change.subject === '' ? token : token.setSubject(change.subject ?? 'somebody')).sign(key);
    };
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"x"}').toString('base64url')}.`;
    const TOKENS: readonly (readonly [
      what: string,
      token: () => Promise<string | null> | string | null,
      code: string,
    ])[] = [
      ['a good one', () => made({}), '200'],
      ['none', () => null, '401 TOKEN_MISSING'],
      ['no token at all', () => 'x', '401 TOKEN_MALFORMED'],
      ['an unsigned one', () => unsigned, '401 TOKEN_ALGORITHM'],
      ["another key's", () => made({ own: false }), '401 TOKEN_SIGNATURE'],
      ["another gateway's", () => made({ audience: 'concordat:BuyerBankMSP' }), '401 TOKEN_AUDIENCE'],
      ["another issuer's", () => made({ issuer: 'elsewhere' }), '401 TOKEN_ISSUER'],
      ['an expired one', () => made({ age: 1_000 }), '401 TOKEN_EXPIRED'],
      ['one of tomorrow', () => made({ age: -3_600 }), '401 TOKEN_NOT_YET_VALID'],
      ['one for a week', () => made({ lifetime: 7 * 86_400 }), '401 TOKEN_LIFETIME'],
      ['one without a subject', () => made({ subject: '' }), '401 TOKEN_CLAIMS'],
      ['one with a role nobody knows', () => made({ roles: ['king'] }), '401 TOKEN_CLAIMS'],
      ['one without roles', () => made({ roles: [] }), '401 TOKEN_CLAIMS'],
    ];
    for (const [what, token, code] of TOKENS) {
      it(`${what}: ${code}`, async () =>
        expect(await codeOf({ path: '/v1/purchase-orders', token: await token() })).to.equal(code));
    }
  });

  it('every route refuses every role that has no permission, before it looks at anything else', async () => {
    for (const [path, methods] of Object.entries(harness.document.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const role = ROLES.find((one) => !operation['x-roles'].includes(one));
        if (role === undefined) continue;
        const asked = { method: method.toUpperCase(), path: path.replace(/\{\w+\}/g, '0'.repeat(32)), role };
        expect(await codeOf(asked), `${method} ${path} as ${role}`).to.equal('403 ROLE_MISSING');
      }
    }
  });

  it('every write refuses what is no request, and writes nothing', async () => {
    const before = await harness.height();
    for (const [path, methods] of Object.entries(harness.document.paths)) {
      const operation = methods['post'];
      if (operation === undefined) continue;
      const at = { method: 'POST', path: path.replace(/\{\w+\}/g, '0'.repeat(32)), role: operation['x-roles'][0]! };
      expect(await codeOf({ ...at, key: null, body: '{}' }), `${path} without a key`).to.equal(
        '400 IDEMPOTENCY_KEY_MISSING',
      );
      const takesJson =
        Object.keys(operation.requestBody?.content ?? {}).includes('application/json') &&
        Object.keys(operation.requestBody!.content).length === 1;
      if (!takesJson) continue;
      const BODIES: readonly (readonly [string, string, string, string])[] = [
        ['no JSON', `{"${SECRET}"`, 'application/json', '400 JSON_INVALID'],
        ['a list', '[]', 'application/json', '400 JSON_INVALID'],
        ['nothing', '', 'application/json', '400 BODY_MISSING'],
        ['another type', 'a=1', 'application/x-www-form-urlencoded', '415 MEDIA_TYPE_UNSUPPORTED'],
        [
          'a field nobody knows',
          `{"${SECRET}":"${SECRET}"}`.replace(`"${SECRET}":`, '"surprise":'),
          'application/json',
          '400 FIELDS_INVALID',
        ],
        ['a prototype', '{"__proto__":{"a":1}}', 'application/json', '400 FIELDS_INVALID'],
        ['a depth', `{"a":${'['.repeat(60)}${']'.repeat(60)}}`, 'application/json', '400 FIELDS_INVALID'],
        ['a fraction', '{"a":1.5}', 'application/json', '400 FIELDS_INVALID'],
      ];
      for (const [what, body, type, code] of BODIES)
        expect(await codeOf({ ...at, body, type }), `${path} with ${what}`).to.equal(code);
    }
    expect(
      await codeOf({ method: 'POST', path: '/v1/purchase-orders', body: JSON.stringify({ a: 'x'.repeat(3_000_000) }) }),
    ).to.equal('413 BODY_TOO_LARGE');
    expect(await harness.height()).to.equal(before);
  });

  it('one key is one write: replayed as it was, refused for anything else', async () => {
    const first = sample('ubl/examples/order-2.1.xml');
    const upload = { method: 'POST', path: '/v1/documents', body: first, type: 'application/xml', key: 'once' };
    const answers = [await ask(upload), await ask(upload)];
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201]);
    expect(await answers[1]!.text()).to.equal(await answers[0]!.text());
    expect(answers[1]!.headers.get('idempotency-replayed')).to.equal('true');
    expect(await codeOf({ ...upload, body: sample('ubl/examples/despatch-advice-2.0.xml') })).to.equal(
      '422 IDEMPOTENCY_KEY_REUSED',
    );
    expect(await codeOf({ ...upload, role: 'system' })).to.equal('201');
    const again = await Promise.all(Array.from({ length: 5 }, () => codeOf({ ...upload, key: 'at-once' })));
    expect(again.filter((code) => code === '201').length, again.join(', ')).to.be.greaterThan(0);
    expect(again.every((code) => code === '201' || code === '409 IDEMPOTENCY_IN_FLIGHT')).to.equal(true);
  });

  it("another member's record, another type's and one that never was look alike", async () => {
    const order = stage.known('order');
    const asked: Ask[] = [
      { at: 'LogisticsMSP', path: `/v1/purchase-orders/${order}` },
      { at: 'ArbitrationMSP', path: `/v1/purchase-orders/${order}` },
      { path: `/v1/invoices/${order}` },
      { path: `/v1/purchase-orders/${'0'.repeat(32)}` },
      { path: '/v1/purchase-orders/not-an-id' },
      { path: `/v1/purchase-orders/${order.toUpperCase()}` },
    ];
    const texts = new Set<string>();
    for (const one of asked) {
      const response = await ask(one);
      const { requestId: _id, ...problem } = (await response.json()) as { requestId: string };
      texts.add(JSON.stringify(problem));
    }
    expect(texts.size).to.equal(1);
    expect([...texts][0]).to.contain('RECORD_NOT_FOUND');
  });

  it('a list walked by cursors is the whole list, once', async () => {
    const content = { kind: 'dispute', order: stage.known('order'), reason: 'x' };
    for (let number = 0; number < 5; number++)
      await stage.buyerBank.post('/v1/notices', 'approver', `notice-${number}`, content);
    const ids: string[] = [];
    let cursor = '';
    do {
      const response = await ask({
        at: 'BuyerBankMSP',
        path: `/v1/notices?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      });
      const page = (await response.json()) as { items: { id: string }[]; nextCursor: string | null };
      expect(page.items.length).to.be.at.most(2);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');
    expect(new Set(ids).size).to.equal(5);
    expect(ids).to.have.length(5);
    expect(await codeOf({ at: 'BuyerBankMSP', path: '/v1/notices?cursor=AAAA' })).to.match(/^400 /);
    expect(await codeOf({ at: 'BuyerBankMSP', path: '/v1/notices?limit=201' })).to.equal('400 FIELDS_INVALID');
    expect(await codeOf({ at: 'BuyerBankMSP', path: '/v1/notices?surprise=1' })).to.equal('400 FIELDS_INVALID');
  });

  it('waits for a block that is named, and says when it does not come', async () => {
    const named = (block: string): Ask => ({
      path: '/v1/purchase-orders',
      headers: { 'concordat-after-block': block },
    });
    expect(await codeOf(named(String((await harness.height()) - 1)))).to.equal('200');
    expect(await codeOf(named('soon'))).to.equal('400 FIELDS_INVALID');
    expect(await codeOf(named('999999999'))).to.equal('503 INDEX_BEHIND');
  });

  it('two members acting at once: exactly one date, and nobody is told a falsehood', async () => {
    const path = `/v1/business-days/${stage.known('businessDay')}/proposal`;
    const asked = Array.from({ length: 8 }, (_, at) => ({
      at: at % 2 === 0 ? 'BuyerBankMSP' : 'SellerBankMSP',
      method: 'POST',
      path,
      role: 'approver' as const,
      body: '{"date":"2026-11-11"}',
    }));
    const codes = await Promise.all(asked.map(codeOf));
    expect(
      codes.every((code) => code === '200' || code.startsWith('409 ')),
      codes.join(', '),
    ).to.equal(true);
    expect(codes.filter((code) => code === '200').length).to.be.greaterThan(0);
  });

  it('documents: hostile ones are refused by line, kept ones come back byte for byte', async () => {
    const bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>';
    const upload = (body: string | Uint8Array, type = 'application/xml'): Ask => ({
      method: 'POST',
      path: '/v1/documents',
      body,
      type,
    });
    const problem = (await (await ask(upload(bomb))).json()) as {
      code: string;
      errors: { code: string; line: number; title: string; remedy: string }[];
    };
    expect(problem.code).to.equal('DOCUMENT_INVALID');
    expect(problem.errors[0]).to.include({ code: 'XML_DOCTYPE', line: 1 });
    expect(problem.errors[0]!.title).to.not.equal('XML_DOCTYPE');
    expect(problem.errors[0]!.remedy).to.not.equal('');
    expect(await codeOf(upload('no document'))).to.equal('422 DOCUMENT_UNREADABLE');
    expect(await codeOf(upload(new Uint8Array(11 * 1024 * 1024)))).to.equal('413 BODY_TOO_LARGE');
    const bytes = sample('ubl/examples/order-2.0-international.xml');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const back = new Uint8Array(await (await ask({ path: `/v1/documents/${sha256}/bytes` })).arrayBuffer());
    expect(Buffer.from(back).equals(Buffer.from(bytes))).to.equal(true);
    expect(await codeOf({ at: 'BuyerBankMSP', path: `/v1/documents/${sha256}` })).to.equal('404 DOCUMENT_NOT_FOUND');
  });

  describe('signatures', () => {
    const other = (signature: string): string =>
      `${signature.slice(0, 10)}${signature[10] === '0' ? '1' : '0'}${signature.slice(11)}`;
    it('by another key, over other data or malformed are refused, and the request stays open', async () => {
      const order = stage.known('order');
      const created = (await (
        await ask({
          method: 'POST',
          path: '/v1/signing-requests',
          body: JSON.stringify({
            operation: 'despatchGoods',
            input: {
              order,
              number: 'D',
              despatchedOn: '2026-11-05',
              carrier: 'LogisticsMSP',
              document: null,
              lines: [{ id: '1', quantity: '1', unit: 'KGM' }],
            },
          }),
        })
      ).json()) as { id: string; required: { partyId: string; typedData: never }[] };
      const path = `/v1/signing-requests/${created.id}/signatures`;
      const hand = (signatures: object[]): Promise<string> =>
        codeOf({ method: 'POST', path, role: 'approver', body: JSON.stringify({ signatures }) });
      const good = await stage.signature('US.CONSORTIAL', created.required[0]!.typedData);
      const wrong = await stage.signature('GB.IYT-CORPORATION', created.required[0]!.typedData);
      expect(await hand([wrong])).to.match(/^(400|403|409|422) (SIGNATURE_INVALID|KEY_NOT_BOUND)$/);
      expect(await hand([{ ...good, signature: other(good.signature) }])).to.match(/SIGNATURE_INVALID$/);
      expect(await hand([{ ...good, address: wrong.address }])).to.match(/SIGNATURE_INVALID$/);
      expect(await hand([{ ...good, signature: '0x12' }])).to.equal('400 FIELDS_INVALID');
      const request = (await (await ask({ path: `/v1/signing-requests/${created.id}` })).json()) as { status: string };
      expect(request.status).to.equal('open');
    });
  });

  it('pages are in two languages, run nothing inline, and show who acts next', async () => {
    const page = async (language: string): Promise<Response> =>
      fetch(`${stage.buyerBank.url}/orders/${stage.known('order')}`, {
        headers: {
          cookie: `concordat_BuyerBankMSP=${harness.tokens['BuyerBankMSP']!.viewer}`,
          'accept-language': language,
          accept: 'text/html',
        },
      });
    const english = await page('en');
    const text = await english.text();
    expect(english.status).to.equal(200);
    expect(english.headers.get('content-security-policy')).to.contain("script-src 'self'");
    expect(text)
      .to.contain('AEG012345')
      .and.to.not.match(/<script(?![^>]*src=)|onclick=|style="/);
    expect(await (await page('zh')).text()).to.match(/订单/);
    const stranger = await fetch(`${stage.buyerBank.url}/orders`, {
      redirect: 'manual',
      headers: { accept: 'text/html' },
    });
    expect(stranger.headers.get('location')).to.match(/^\/login/);
  });

  it('shows hostile names as text', async () => {
    const uploaded = (await (
      await ask({
        method: 'POST',
        path: '/v1/documents',
        body: sample('ubl/examples/order-2.0-international.xml'),
        type: 'application/xml',
      })
    ).json()) as { orderDraft: Record<string, Record<string, unknown>> };
    const draft = uploaded.orderDraft;
    const content = {
      ...draft,
      parties: {
        buyer: { ...(draft['parties']!['buyer'] as object), name: '<script>alert(1)</script>' },
        seller: draft['parties']!['seller'],
      },
      terms: { ...draft['terms'], number: '"><img src=x>', arbitration: { seat: null, neutral: 'ArbitrationMSP' } },
      payment: {
        ...draft['payment'],
        platform: 'PlatformMSP',
        buyerBank: 'BuyerBankMSP',
        sellerBank: 'SellerBankMSP',
        businessDay: stage.known('businessDay'),
      },
    };
    const created = (await (
      await ask({ method: 'POST', path: '/v1/purchase-orders', body: JSON.stringify(content) })
    ).json()) as { record: { id: string } };
    for (const path of ['/orders', `/orders/${created.record.id}`]) {
      const text = await (
        await fetch(`${stage.platform.url}${path}`, {
          headers: { cookie: `concordat_PlatformMSP=${harness.tokens['PlatformMSP']!.viewer}`, accept: 'text/html' },
        })
      ).text();
      expect(text).to.contain('&lt;script&gt;').and.to.not.contain('<script>alert').and.to.not.contain('<img src=x>');
    }
  });

  it('tells its health and figures to whoever operates it', async () => {
    const ready = (await (await fetch(`${stage.platform.url}/readyz`)).json()) as { status: string };
    expect(ready.status).to.equal('ready');
    expect((await fetch(`${stage.platform.url}/livez`)).status).to.equal(200);
    const metrics = await (await fetch(`${stage.platform.url}/metrics`)).text();
    expect(metrics)
      .to.match(/^concordat_http_requests_total\{.*\} \d+$/m)
      .and.to.not.contain(SECRET);
    for (const path of ['/docs', '/openapi.json', '/docs/errors']) {
      const response = await fetch(`${stage.platform.url}${path}`);
      expect(response.status, path).to.equal(200);
      if (path === '/docs') expect(await response.text()).to.not.match(/(src|href)="(https?:)?\/\//);
    }
  });

  it('no body, log or metric holds what a refused caller sent', async () => {
    expect(filesWith(harness.run.dataFolder, SECRET)).to.deep.equal([]);
  });
});
