import { expect } from 'chai';
import { join } from 'node:path';
import type { GatewayConfig } from '../../../gateway/compose/gateway-config';
import { startGateway, type RunningGateway } from '../../../gateway/compose/start-gateway';
import { loadConsortium } from '../../../scripts/start/consortium';
import { gatewayConfigs } from '../../../scripts/start/gateway-configs';
import { waitUntilReady } from '../../../scripts/start/ready';
import { loadSecrets } from '../../../scripts/start/secrets';
import { CuttableProxy } from '../../support/e2e/cuttable-proxy';
import { GatewayHarness } from '../../support/e2e/gateway-harness';

const MEMBER = 'BuyerBankMSP';

/** A second gateway of one member, with a folder of its own and a link to its peer that can be cut. */
describe('a gateway without its peer, and after a restart', function () {
  this.timeout(120_000);
  const harness = new GatewayHarness();
  let proxy: CuttableProxy;
  let config: GatewayConfig;
  let gateway: RunningGateway;

  before(async () => {
    await harness.start();
    const { dataFolder } = harness.run;
    const basePort = Number(new URL(harness.stage.platform.url).port) - 10;
    const consortium = loadConsortium({ dataFolder, basePort });
    const found = gatewayConfigs(consortium, loadSecrets(dataFolder)).find(({ member }) => member === MEMBER)!;
    proxy = new CuttableProxy(Number(found.ledger.endpoint.split(':')[1]));
    const endpoint = `127.0.0.1:${await proxy.start()}`;
    config = {
      ...found,
      dataFolder: join(dataFolder, 'second-gateway'),
      port: 0,
      ledger: { ...found.ledger, endpoint },
    };
    await start();
  });
  after(async () => {
    await gateway.stop();
    proxy.stop();
    await harness.run.discard();
  });

  async function start(): Promise<void> {
    gateway = await startGateway(config);
    await waitUntilReady({ [MEMBER]: gateway.url });
  }

  const send = (path: string, key?: string, reason = 'a reason'): Promise<Response> =>
    fetch(`${gateway.url}${path}`, {
      method: key === undefined ? 'GET' : 'POST',
      headers: {
        authorization: `Bearer ${harness.tokens[MEMBER]!.approver}`,
        'content-type': 'application/json',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(key === undefined
        ? {}
        : { body: JSON.stringify({ kind: 'demand', order: harness.stage.known('order'), reason }) }),
    });
  const notice = (key: string, reason?: string): Promise<Response> => send('/v1/notices', key, reason);
  const codeOf = async (response: Response): Promise<string> =>
    `${response.status} ${((await response.json()) as { code?: string }).code ?? ''}`.trim();
  const failed = async (): Promise<string[]> => {
    const { checks } = (await (await send('/readyz')).json()) as { checks: { name: string; ok: boolean }[] };
    return checks.filter(({ ok }) => !ok).map(({ name }) => name);
  };

  it('answers a repeat after a restart as it did before, byte for byte; the key stays taken', async () => {
    const first = await notice('kept');
    const text = await first.text();
    expect(first.status).to.equal(201);
    await gateway.stop();
    await start();
    const again = await notice('kept');
    expect([again.status, again.headers.get('idempotency-replayed'), again.headers.get('location')]).to.deep.equal([
      201,
      'true',
      first.headers.get('location'),
    ]);
    expect(await again.text()).to.equal(text);
    expect(await codeOf(await notice('kept', 'another reason'))).to.equal('422 IDEMPOTENCY_KEY_REUSED');
  });

  it('stopped while writes are under way, it ends every one of them', async () => {
    const writes = Array.from({ length: 8 }, (_, at) => notice(`last-${at}`, `last ${at}`));
    await until(async () => (await gateway.core.outbox.pendingCount()) > 0);
    const stopped = gateway.stop();
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    await stopped;
    // Those that had not begun are refused before anything was sent.
    expect(
      statuses.every((status) => status === 201 || status === 503),
      statuses.join(),
    ).to.equal(true);
    expect(statuses).to.include(201);
    await start();
    for (let at = 0; at < 8; at++) expect((await notice(`last-${at}`, `last ${at}`)).status).to.equal(201);
    expect(await reasons('last ')).to.equal(8);
    expect(await gateway.core.outbox.pendingCount()).to.equal(0);
  });

  it('without its peer it lives, says that it is not ready, still reads, and refuses writes without effect', async () => {
    proxy.cut();
    await until(async () => (await failed()).includes('stream'));
    expect((await send('/livez')).status).to.equal(200);
    expect((await send('/readyz')).status).to.equal(503);
    expect(await failed()).to.include.members(['peer', 'stream', 'index']);
    expect((await send('/v1/notices')).status).to.equal(200);
    const refused = await notice('later');
    const { outcome } = (await refused.clone().json()) as { outcome: string };
    expect([await codeOf(refused), outcome]).to.deep.equal(['503 PEER_UNAVAILABLE', 'unavailable']);

    proxy.mend();
    await waitUntilReady({ [MEMBER]: gateway.url });
    expect((await notice('later')).status, 'the key of a refused write can be used').to.equal(201);
  });

  /** Notices of this order whose reason begins so. */
  async function reasons(start: string): Promise<number> {
    const { items } = (await (await send('/v1/notices?limit=200')).json()) as {
      items: { groups: { notice: { reason: string } } }[];
    };
    return items.filter(({ groups }) => groups.notice.reason.startsWith(start)).length;
  }
});

/** Waits for what happens elsewhere; mocha's own timeout ends a wait in vain. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
