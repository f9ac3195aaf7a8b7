import { expect } from 'chai';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { GatewayConfig } from '../../../gateway/compose/gateway-config';
import { MemberClient, Refused } from '../../../scripts/demo/member-client';
import { loadConsortium } from '../../../scripts/start/consortium';
import { gatewayConfigs } from '../../../scripts/start/gateway-configs';
import { loadSecrets } from '../../../scripts/start/secrets';
import { waitUntilReady } from '../../../scripts/start/ready';
import { GatewayHarness } from '../../support/e2e/gateway-harness';

const WRITES = 60,
  AT_ONCE = 10,
  KILL_AFTER = 15;

describe('a gateway killed in the middle of its writes', function () {
  this.timeout(120_000);
  const harness = new GatewayHarness();
  let config: GatewayConfig;
  let child: ChildProcess | undefined;

  before(async () => {
    await harness.start();
    const { dataFolder } = harness.run;
    const basePort = Number(new URL(harness.stage.platform.url).port) - 10;
    const consortium = loadConsortium({ dataFolder, basePort });
    const found = gatewayConfigs(consortium, loadSecrets(dataFolder)).find(({ member }) => member === 'BuyerBankMSP')!;
    config = { ...found, dataFolder: join(dataFolder, 'killed-gateway'), port: basePort + 34 };
  });
  after(async () => {
    await kill();
    await harness.run.discard();
  });

  async function start(): Promise<MemberClient> {
    const process = fork(join(__dirname, '../../support/e2e/gateway-child.js'), [JSON.stringify(config)]);
    child = process;
    const url = await new Promise<string>((resolve, reject) => {
      process.once('message', (message: { url?: string; failed?: string }) =>
        message.url === undefined ? reject(new Error(message.failed)) : resolve(message.url),
      );
    });
    await waitUntilReady({ BuyerBankMSP: url });
    return new MemberClient('BuyerBankMSP', url, (role) => harness.tokens['BuyerBankMSP']![role]);
  }

  async function kill(): Promise<void> {
    const process = child;
    child = undefined;
    if (process === undefined) return;
    const ended = new Promise((resolve) => process.once('exit', resolve));
    process.kill('SIGKILL');
    await ended;
  }

  const write = (client: MemberClient, number: number): Promise<unknown> =>
    client.post('/v1/notices', 'approver', `kill-${number}`, {
      kind: 'demand',
      order: harness.stage.known('order'),
      reason: `demand ${number}`,
    });

  it('ends every write exactly once, and calls none failed that was not', async () => {
    const first = await start();
    const answered = new Set<number>();
    let next = 0;
    const work = async (): Promise<void> => {
      for (let number = next++; number < WRITES; number = next++) {
        try {
          await write(first, number);
          answered.add(number);
          if (answered.size === KILL_AFTER) await kill();
        } catch (error) {
          // A connection that broke says nothing; a refusal that says "rejected" would be a falsehood.
          if (error instanceof Refused) expect(error.problem['outcome']).to.not.equal('rejected');
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    expect(answered.size, 'some were answered before the kill').to.be.at.least(KILL_AFTER);
    expect(answered.size, 'and some were not').to.be.lessThan(WRITES);

    const second = await start();
    for (let number = 0; number < WRITES; number++) await untilAnswered(second, number);
    const reasons = await allReasons();
    expect(reasons.length).to.equal(WRITES);
    expect(new Set(reasons).size).to.equal(WRITES);
    const metrics = Buffer.from(await second.bytes('/metrics')).toString('utf8');
    expect(metrics).to.match(/^concordat_outbox_pending\{[^}]*\} 0$/m);
  });

  /** Repeats a write under its own key until it is answered: "unknown", conflicts and busy peers only mean later. */
  async function untilAnswered(client: MemberClient, number: number): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      try {
        await write(client, number);
        return;
      } catch (error) {
        if (!(error instanceof Refused) || error.problem['outcome'] === 'rejected') throw error;
      }
    }
    throw new Error(`write ${number} was never answered`);
  }

  /** What the arbitration member, who takes part in every notice, has been told. */
  async function allReasons(): Promise<string[]> {
    interface Page {
      readonly items: readonly { readonly groups: { readonly notice: { readonly reason: string } } }[];
      readonly nextCursor: string | null;
    }
    const reasons: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/v1/notices?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const page: Page = await harness.stage.arbitration.get<Page>(path);
      reasons.push(...page.items.map(({ groups }) => groups.notice.reason));
      cursor = page.nextCursor;
    }
    return reasons;
  }
});
