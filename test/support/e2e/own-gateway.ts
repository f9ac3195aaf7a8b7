import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { GatewayConfig } from '../../../gateway/compose/gateway-config';
import { MemberClient } from '../../../scripts/demo/member-client';
import { loadConsortium } from '../../../scripts/start/consortium';
import { gatewayConfigs } from '../../../scripts/start/gateway-configs';
import { waitUntilReady } from '../../../scripts/start/ready';
import { loadSecrets } from '../../../scripts/start/secrets';
import type { GatewayHarness } from './gateway-harness';
import type { KillPoint } from './kill-points';

const MEMBER = 'BuyerBankMSP';

/** A second gateway of the buyer's bank in a process and a folder of its own, which a test kills and starts again. */
export class OwnGateway {
  readonly #harness: GatewayHarness;
  readonly #config: GatewayConfig;
  #child: ChildProcess | undefined;

  constructor(harness: GatewayHarness, change: Partial<GatewayConfig> = {}) {
    this.#harness = harness;
    const { dataFolder } = harness.run;
    const basePort = Number(new URL(harness.stage.platform.url).port) - 10;
    const consortium = loadConsortium({ dataFolder, basePort });
    const found = gatewayConfigs(consortium, loadSecrets(dataFolder)).find(({ member }) => member === MEMBER)!;
    this.#config = { ...found, dataFolder: join(dataFolder, 'own-gateway'), port: basePort + 34, ...change };
  }

  /** Starts it, with a point at which it dies by itself if one is named. */
  async start(point?: KillPoint): Promise<MemberClient> {
    const args = [JSON.stringify(this.#config), ...(point === undefined ? [] : [point])];
    const child = fork(join(__dirname, 'gateway-child.js'), args);
    this.#child = child;
    const url = await new Promise<string>((resolve, reject) => {
      child.once('message', (message: { url?: string; failed?: string }) =>
        message.url === undefined ? reject(new Error(message.failed)) : resolve(message.url),
      );
    });
    await waitUntilReady({ [MEMBER]: url });
    return new MemberClient(MEMBER, url, (role) => this.#harness.tokens[MEMBER]![role]);
  }

  /** Resolves once it has died, by a signal or by itself. */
  async ended(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.ended();
    this.#child = undefined;
  }
}
