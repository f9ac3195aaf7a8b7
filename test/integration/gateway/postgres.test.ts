import { expect } from 'chai';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { GatewayConfig } from '../../../gateway/compose/gateway-config';
import { openMemberCore } from '../../../gateway/compose/member-core';
import { openPostgresStore } from '../../../gateway/database/postgres-store';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import type { Store } from '../../../gateway/database/store';
import { openDatabase } from '../../../network/storage/open-database';
import { MemberClient, Refused, type WriteAnswer } from '../../../scripts/demo/member-client';
import { loadConsortium } from '../../../scripts/start/consortium';
import { gatewayConfigs } from '../../../scripts/start/gateway-configs';
import { waitUntilReady } from '../../../scripts/start/ready';
import { loadSecrets } from '../../../scripts/start/secrets';
import { GatewayHarness } from '../../support/e2e/gateway-harness';
import { needPostgres } from '../../support/postgres/each-database';
import { PrivatePostgres } from '../../support/postgres/private-postgres';
import { tablesDigest } from '../../support/postgres/tables-digest';

const MEMBER = 'BuyerBankMSP';
const WRITES = 60;
const AT_ONCE = 10;

interface Running {
  readonly child: ChildProcess;
  readonly client: MemberClient;
}

describe('two gateway processes of one member on PostgreSQL', function () {
  this.timeout(180_000);
  const harness = new GatewayHarness();
  let postgres: PrivatePostgres;
  let config: GatewayConfig;
  let basePort: number;
  const running: Running[] = [];

  before(async function () {
    needPostgres(this);
    postgres = await PrivatePostgres.start();
    await harness.start();
    const { dataFolder } = harness.run;
    basePort = Number(new URL(harness.stage.platform.url).port) - 10;
    const consortium = loadConsortium({ dataFolder, basePort });
    const found = gatewayConfigs(consortium, loadSecrets(dataFolder)).find(({ member }) => member === MEMBER)!;
    config = { ...found, dataFolder: join(dataFolder, 'shared-gateway'), databaseUrl: postgres.url };
    running.push(await start(34), await start(35));
  });
  after(async () => {
    for (const one of running.splice(0)) await kill(one);
    await harness.run.discard();
    await postgres?.stop();
  });

  async function start(port: number): Promise<Running> {
    const own = { ...config, port: basePort + port };
    const child = fork(join(__dirname, '../../support/e2e/gateway-child.js'), [JSON.stringify(own)]);
    const url = await new Promise<string>((resolve, reject) => {
      child.once('message', (message: { url?: string; failed?: string }) =>
        message.url === undefined ? reject(new Error(message.failed)) : resolve(message.url),
      );
    });
    await waitUntilReady({ [MEMBER]: url });
    return { child, client: new MemberClient(MEMBER, url, (role) => harness.tokens[MEMBER]![role]) };
  }

  async function kill({ child }: Running): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  const write = (client: MemberClient, name: string): Promise<WriteAnswer> =>
    client.post('/v1/notices', 'approver', name, {
      kind: 'demand',
      order: harness.stage.known('order'),
      reason: name,
    });

  /** Writes at all processes in turn, ten at once; `meanwhile` is told how many were answered. */
  async function load(
    name: string,
    meanwhile: (answered: number) => Promise<void> | void,
  ): Promise<Map<string, string>> {
    const answered = new Map<string, string>();
    const clients = running.map(({ client }) => client);
    let next = 0;
    const work = async (): Promise<void> => {
      for (let number = next++; number < WRITES; number = next++) {
        const key = `${name}-${number}`;
        try {
          const { transactionId } = await write(clients[number % clients.length]!, key);
          answered.set(key, transactionId);
          await meanwhile(answered.size);
        } catch (error) {
          // A connection that broke says nothing; a refusal that says "rejected" would be a falsehood.
          if (error instanceof Refused) expect(error.problem['outcome'], String(error)).to.not.equal('rejected');
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return answered;
  }

  /** Repeats a write under its own key until it is answered: anything but "rejected" only means later. */
  async function untilAnswered(client: MemberClient, key: string): Promise<WriteAnswer> {
    for (const until = Date.now() + 60_000; Date.now() < until; await delay(100)) {
      try {
        return await write(client, key);
      } catch (error) {
        if (error instanceof Refused && error.problem['outcome'] === 'rejected') throw error;
      }
    }
    throw new Error(`${key} was never answered`);
  }

  /** Every write stands once, and whoever was answered before is answered the same by any process. */
  async function requireOnce(name: string, answered: ReadonlyMap<string, string>): Promise<void> {
    const keys = Array.from({ length: WRITES }, (_, number) => `${name}-${number}`);
    for (const [at, key] of keys.entries()) {
      const { client } = running[at % running.length]!;
      const { transactionId } = await untilAnswered(client, key);
      if (answered.has(key)) expect(transactionId, key).to.equal(answered.get(key));
    }
    const reasons = (await allReasons()).filter((reason) => reason.startsWith(`${name}-`));
    expect(reasons.sort()).to.deep.equal(keys.sort());
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

  async function failedChecks(url: string): Promise<Record<string, string>> {
    const response = await fetch(`${url}/readyz`);
    const { checks } = (await response.json()) as { checks: readonly { name: string; ok: boolean; code: string }[] };
    return Object.fromEntries(checks.filter(({ ok }) => !ok).map(({ name, code }) => [name, code]));
  }

  it('runs a request once that comes to both at the same time', async () => {
    const keys = Array.from({ length: 10 }, (_, number) => `both-${number}`);
    const tries = keys.flatMap((key) => running.map(({ client }) => write(client, key)));
    for (const one of await Promise.allSettled(tries)) {
      if (one.status === 'rejected') expect((one.reason as Refused).code).to.equal('IDEMPOTENCY_IN_FLIGHT');
    }
    for (const key of keys) {
      const answers = await Promise.all(running.map(({ client }) => untilAnswered(client, key)));
      expect(new Set(answers.map(({ transactionId }) => transactionId))).to.have.length(1);
    }
    const reasons = (await allReasons()).filter((reason) => reason.startsWith('both-'));
    expect(reasons.sort()).to.deep.equal(keys.sort());
  });

  it('ends every write exactly once when one of them is killed in the middle', async () => {
    const [victim] = running;
    const answered = await load('killed', async (count) => {
      if (count === 20) await kill(victim!);
    });
    expect(answered.size, 'some were answered before the kill').to.be.at.least(20);
    expect(answered.size, 'and some were not').to.be.lessThan(WRITES);
    running.shift();
    await requireOnce('killed', answered);
    const metrics = Buffer.from(await running[0]!.client.bytes('/metrics')).toString('utf8');
    expect(metrics).to.match(/^concordat_outbox_pending\{[^}]*\} 0$/m);
    running.push(await start(36));
  });

  it('ends every write exactly once when the database is killed and started again', async () => {
    const told: Record<string, string>[] = [];
    const answered = await load('database', async (count) => {
      if (count !== 15) return;
      await postgres.kill();
      for (const { client } of running) told.push(await failedChecks(client.url));
      await postgres.run();
    });
    expect(told.map(({ database }) => database)).to.deep.equal(['DATABASE_UNAVAILABLE', 'DATABASE_UNAVAILABLE']);
    expect(answered.size).to.be.at.least(15);
    await waitUntilReady(Object.fromEntries(running.map(({ client }, at) => [`${MEMBER} ${at}`, client.url])), 60_000);
    await requireOnce('database', answered);
  });

  it('has the rows that an index read anew from block 0 has, on either database', async () => {
    const shared = await openPostgresStore(postgres.url, MEMBER);
    await sql`create database rebuilt`.execute(shared.db);
    const anew = `${postgres.url.slice(0, postgres.url.lastIndexOf('/'))}/rebuilt`;
    const height = BigInt(await harness.height());
    const digests: object[] = [await tablesDigest(shared)];
    await shared.close();
    for (const database of [{ databaseUrl: anew }, {}]) {
      const dataFolder = join(harness.run.dataFolder, `anew-${Object.keys(database).length}`);
      const { databaseUrl: _, ...files } = config;
      const core = await openMemberCore({ ...files, ...database, dataFolder }, () => undefined);
      await core.index.waitForHeight(height - 1n);
      await core.stop();
      const store: Store =
        'databaseUrl' in database
          ? await openPostgresStore(anew, MEMBER)
          : sqliteStore(openDatabase(join(dataFolder, 'index.db')));
      digests.push(await tablesDigest(store));
      await store.close();
    }
    expect(digests[1]).to.deep.equal(digests[0]);
    expect(digests[2]).to.deep.equal(digests[0]);
  });
});
