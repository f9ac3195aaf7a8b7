import { expect } from 'chai';
import { Signature } from 'ethers';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { developmentTokens } from '../../../gateway/http/development-tokens';
import { ROLES } from '../../../gateway/http/roles';
import { BUYER, SELLER, type Stage } from '../../../scripts/demo/stage';
import { bulkFile } from '../../../scripts/demo/steps-reconciliation';
import { loadSecrets } from '../../../scripts/start/secrets';
import { GatewayHarness, SECRET, type Ask } from '../../support/e2e/gateway-harness';
import { orderContent, places, withValue } from '../../support/e2e/order-content';
import { filesWith } from '../../support/e2e/private-scan';

describe('a hostile caller, and many at once', function () {
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

  /** A user of its own, so that one test does not use up another's requests. */
  const userOf = (userId: string, member = 'PlatformMSP'): Promise<string> => {
    const { privateKeyPem } = loadSecrets(harness.run.dataFolder).tokens;
    return developmentTokens(privateKeyPem).token({ member, userId, roles: [...ROLES] });
  };

  const ADDRESSES: readonly (readonly [what: string, asked: Ask, code: string])[] = [
    ['a broken escape', { path: '/v1/purchase-orders/%ff' }, '404 ROUTE_NOT_FOUND'],
    ['an escape cut off', { path: '/v1/purchase-orders/%e4%b8' }, '404 ROUTE_NOT_FOUND'],
    ['another spelling', { path: '/V1/purchase-orders' }, '404 ROUTE_NOT_FOUND'],
    ['a folder above', { path: '/assets/..%2f..%2fpackage.json' }, '404 ROUTE_NOT_FOUND'],
    ['a method not taken', { method: 'DELETE', path: '/v1/purchase-orders' }, '405 METHOD_NOT_ALLOWED'],
    ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'].map(
      (name) => [`?${name}`, { path: `/v1/purchase-orders?${name}=1` }, '400 FIELDS_INVALID'] as const,
    ),
    ['a filter twice', { path: '/v1/purchase-orders?limit=1&limit=2' }, '400 FIELDS_INVALID'],
    ['a date nobody opened', dated(SECRET), '404 BUSINESS_DAY_NOT_FOUND'],
    ['another date nobody opened', dated('0'.repeat(32)), '404 BUSINESS_DAY_NOT_FOUND'],
    ['no such signing request', { path: `/v1/signing-requests/${SECRET}` }, '404 SIGNING_REQUEST_NOT_FOUND'],
  ];
  for (const [what, asked, code] of ADDRESSES)
    it(`addresses: ${what} is ${code}`, async () => expect(await codeOf(asked)).to.equal(code));

  function dated(id: string): Ask {
    const body = '{"date":"2026-11-11"}';
    return { method: 'POST', path: `/v1/business-days/${id}/proposal`, role: 'approver', body };
  }

  const FORMS: readonly (readonly [
    what: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    code: string,
  ])[] = [
    ['from another site', 'token=x', { 'sec-fetch-site': 'cross-site' }, '403 FORM_ORIGIN'],
    ['from another origin', 'token=x', { origin: 'https://elsewhere.example' }, '403 FORM_ORIGIN'],
    ['too large', `token=${'x'.repeat(20_000)}`, {}, '413 BODY_TOO_LARGE'],
    ['with too many fields', Array.from({ length: 1_500 }, (_, at) => `a${at}`).join('&'), {}, '413 BODY_TOO_LARGE'],
    ['compressed', 'token=x', { 'content-encoding': 'gzip' }, '415 MEDIA_TYPE_UNSUPPORTED'],
  ];
  for (const [what, body, headers, code] of FORMS) {
    it(`forms: one ${what} is ${code}`, async () => {
      const type = 'application/x-www-form-urlencoded';
      expect(await codeOf({ method: 'POST', path: '/login', token: null, body, type, headers })).to.equal(code);
    });
  }

  it('signing in by the form opens the page it was asked for, of this gateway alone', async () => {
    const signIn = (token: string, next: string): Promise<Response> =>
      fetch(`${stage.platform.url}/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ token, next }),
      });
    const good = await signIn(harness.tokens['PlatformMSP']!.viewer, '/statements');
    expect([good.status, good.headers.get('location')]).to.deep.equal([303, '/statements']);
    expect(good.headers.get('set-cookie')).to.match(/^concordat_PlatformMSP=.*; HttpOnly; SameSite=Strict/);
    for (const next of ['//elsewhere.example', '/\\elsewhere.example', 'https://elsewhere.example'])
      expect((await signIn(harness.tokens['PlatformMSP']!.viewer, next)).headers.get('location')).to.equal('/orders');
    const foreign = await signIn(harness.tokens['BuyerBankMSP']!.viewer, '/orders');
    expect([foreign.status, foreign.headers.get('set-cookie')]).to.deep.equal([401, null]);
    expect(await foreign.text()).to.contain('TOKEN_AUDIENCE');
  });

  it('no value in any place of an order makes a fault or comes back in a refusal', async () => {
    const good = orderContent(stage);
    const HOSTILE = [7, -1, 1.5, true, '', [], {}, [[]], '1e3', `${SECRET}\n`, SECRET.repeat(200), '\u0000', '\ud800'];
    for (const [at, place] of places(good).entries()) {
      const token = await userOf(`fuzz-${at}`);
      const codes = await Promise.all(
        HOSTILE.map((value) => {
          const body = JSON.stringify(withValue(good, place, value));
          return codeOf({ method: 'POST', path: '/v1/purchase-orders', token, body });
        }),
      );
      expect(
        codes.every((code) => /^(201$|400 |404 |422 )/.test(code)),
        `${place.join('/')}: ${codes.join(', ')}`,
      ).to.equal(true);
      expect(codes.filter((code) => code === '400 FIELDS_INVALID').length, place.join('/')).to.be.greaterThan(5);
    }
  });

  const MONEY: readonly (readonly [place: string, value: unknown, code: string])[] = [
    ['price/totalMinor', '-100000', 'AMOUNT_INVALID'],
    ['price/totalMinor', '1000.00', 'AMOUNT_INVALID'],
    ['price/totalMinor', 100_000, 'AMOUNT_INVALID'],
    ['price/lines/0/amountMinor', '-1', 'AMOUNT_INVALID'],
    ['terms/currency', 'XXQ', 'CURRENCY_UNKNOWN'],
    ['terms/issueDate', '2026-02-30', 'DATE_INVALID'],
    ['terms/lines/0/quantity', '0', 'QUANTITY_INVALID'],
    ['parties/buyer/country', 'ZZ', 'COUNTRY_UNKNOWN'],
  ];
  for (const [place, value, code] of MONEY) {
    it(`an order with ${place} = ${String(value)} is refused there: ${code}`, async () => {
      const body = JSON.stringify(withValue(orderContent(stage), place.split('/'), value));
      const before = await harness.height();
      const { errors } = (await (await ask({ method: 'POST', path: '/v1/purchase-orders', body })).json()) as {
        errors: { pointer: string; code: string }[];
      };
      expect(errors.map((one) => [one.pointer, one.code])).to.deep.equal([[`/${place}`, code]]);
      expect(await harness.height()).to.equal(before);
    });
  }

  describe('signatures', () => {
    interface Created {
      readonly id: string;
      readonly deadline: number;
      readonly required: readonly { readonly typedData: Parameters<Stage['signature']>[1] }[];
    }
    const despatch = async (more: object = {}): Promise<Created> => {
      const lines = [{ id: '1', quantity: '1', unit: 'KGM' }];
      const order = stage.known('order');
      const input = { order, number: 'D', despatchedOn: '2026-11-05', carrier: 'LogisticsMSP', document: null, lines };
      const body = JSON.stringify({ operation: 'despatchGoods', input, ...more });
      return (await (await ask({ method: 'POST', path: '/v1/signing-requests', body })).json()) as Created;
    };
    const hand = (id: string, signature: object): Promise<string> =>
      codeOf({
        method: 'POST',
        path: `/v1/signing-requests/${id}/signatures`,
        role: 'approver',
        body: JSON.stringify({ signatures: [signature] }),
      });
    const highS = (signature: string): string => {
      const { r, s, yParity } = Signature.from(signature);
      const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
      return `${r}${(order - BigInt(s)).toString(16).padStart(64, '0')}${yParity === 0 ? '1c' : '1b'}`;
    };

    it("in the upper half, of another request, of another party's key or over another deadline are refused", async () => {
      const [one, other] = [await despatch(), await despatch()];
      const typedData = one.required[0]!.typedData;
      const good = await stage.signature(SELLER, typedData);
      expect(await hand(one.id, { ...good, signature: highS(good.signature) })).to.match(/SIGNATURE_INVALID$/);
      expect(await hand(other.id, good)).to.match(/SIGNATURE_INVALID$/);
      expect(await hand(one.id, await stage.signature(BUYER, typedData))).to.match(/KEY_NOT_BOUND$/);
      const later = { ...typedData, message: { ...typedData.message, deadline: 29_991_231 } };
      expect(await hand(one.id, await stage.signature(SELLER, later))).to.match(/SIGNATURE_INVALID$/);
    });

    it('two over one version: one commits, the other is stale; a used one is closed', async () => {
      const requests = [await despatch(), await despatch()];
      const signed = await Promise.all(requests.map(({ required }) => stage.signature(SELLER, required[0]!.typedData)));
      const codes = await Promise.all(requests.map(({ id }, at) => hand(id, signed[at]!)));
      expect(
        codes.filter((code) => code === '200'),
        codes.join(', '),
      ).to.have.length(1);
      expect(codes.find((code) => code !== '200')).to.match(/^409 /);
      const won = codes.indexOf('200');
      expect(await hand(requests[won]!.id, signed[won]!)).to.equal('409 SIGNING_REQUEST_CLOSED');
      expect(await hand(requests[1 - won]!.id, signed[1 - won]!)).to.match(
        /^409 (RECORD_STALE|SIGNING_REQUEST_CLOSED)$/,
      );
    });
  });

  it('fifty files on one lane at once: every entry stands exactly once, whatever was told first', async () => {
    const path = `/v1/lanes/${stage.known('lane')}/entries`;
    const lines = bulkFile(50).trimEnd().split('\n');
    const token = await userOf('fifty', 'BuyerBankMSP');
    const send = async (at: number): Promise<boolean> => {
      for (let attempt = 0; attempt < 60; attempt++) {
        const asked = {
          at: 'BuyerBankMSP',
          method: 'POST',
          path,
          token,
          body: lines[at]!,
          type: 'application/x-ndjson',
          key: `lane-${at}`,
        };
        const code = await codeOf(asked);
        if (code === '200') return true;
        expect(code).to.match(/^(409|503|504|429) /);
      }
      return false;
    };
    expect(await Promise.all(lines.map((_, at) => send(at)))).to.not.include(false);
    const found: { sequence: number; count: number; amountMinor: string }[] = [];
    for (let cursor = ''; ;) {
      const path = `/v1/segments?limit=20${cursor}`;
      const page = (await (await ask({ at: 'SellerBankMSP', path, role: 'viewer' })).json()) as {
        items: { groups: { header: (typeof found)[number] } }[];
        nextCursor: string | null;
      };
      found.push(...page.items.map(({ groups }) => groups.header));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    const amounts = lines.map((line) => (JSON.parse(line) as { amountMinor: string }).amountMinor);
    const sum = (parts: readonly string[]): bigint => parts.reduce((total, part) => total + BigInt(part), 0n);
    // Files that wait for the lane share segments, so the control totals tell: as many entries, the same sum.
    expect(found.reduce((total, { count }) => total + count, 0)).to.equal(50);
    expect(sum(found.map(({ amountMinor }) => amountMinor))).to.equal(sum(amounts));
    expect(new Set(found.map(({ sequence }) => sequence)).size).to.equal(found.length);
  });

  it('an upload broken off leaves nothing behind', async () => {
    const { port } = new URL(stage.buyerBank.url);
    const before = await harness.height();
    const socket = connect(Number(port), '127.0.0.1');
    const head = [
      `POST /v1/lanes/${stage.known('lane')}/entries HTTP/1.1`,
      'host: x',
      `authorization: Bearer ${harness.tokens['BuyerBankMSP']!.maker}`,
      'idempotency-key: broken',
      'content-type: application/x-ndjson',
      'content-length: 100000',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${bulkFile(2)}`);
    const spool = join(harness.run.dataFolder, 'gateways', 'BuyerBankMSP', 'spool');
    await until(() => readdirSync(spool).length === 1);
    socket.destroy();
    await until(() => readdirSync(spool).length === 0);
    expect(await harness.height()).to.equal(before);
  });

  it('the API viewer asks for nothing from elsewhere', async () => {
    const page = await fetch(`${stage.platform.url}/docs`);
    const text = `${await page.text()}${await (await fetch(`${stage.platform.url}/docs/viewer.js`)).text()}`;
    expect(text).to.not.match(/https?:\/\/|["'(]\/\//);
    expect(page.headers.get('content-security-policy')).to.match(/default-src 'none'.*connect-src 'self'/);
  });

  it('a caller who asks too fast is told when to come back; others are not held up', async () => {
    const [fast, slow] = [await userOf('fast'), await userOf('slow')];
    // More than the bucket holds and fills again within nine seconds: a busy machine does not get through in time.
    const asked = await Promise.all(Array.from({ length: 1_200 }, () => ask({ path: '/v1/cases', token: fast })));
    const limited = asked.filter(({ status }) => status === 429);
    expect(limited.length).to.be.greaterThan(0);
    expect(Number(limited[0]!.headers.get('retry-after'))).to.be.at.least(1);
    expect(await codeOf({ path: '/v1/cases', token: slow })).to.equal('200');
  });

  it('no log or metric holds what any of them sent', async () => {
    const logs = filesWith(join(harness.run.dataFolder, 'gateways'), SECRET).filter((file) => file.includes('.log'));
    expect(logs).to.deep.equal([]);
    expect(await (await fetch(`${stage.platform.url}/metrics`)).text()).to.not.contain(SECRET);
  });
});

/** Waits for what an event elsewhere brings about; mocha's own timeout ends a wait in vain. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
