import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerClientName } from '../../../gateway/adapters/open-client';
import { parse, stringify } from 'yaml';
import { MemberClient } from '../../../scripts/demo/member-client';
import { roleTokens, Stage } from '../../../scripts/demo/stage';
import { projectRoot } from '../../../scripts/project-root';
import type { LedgerKind } from '../../../scripts/start/consortium';
import { writeTrustFile } from '../../../scripts/start/offline-proof';
import { waitUntilReady } from '../../../scripts/start/ready';
import { startConsortium, type RunningConsortium } from '../../../scripts/start/running-consortium';

/** The demonstration's consortium in a folder of its own, started and stopped as often as a test likes. */
export class DemonstrationRun {
  readonly dataFolder = mkdtempSync(join(tmpdir(), 'concordat-e2e-'));
  readonly said: string[] = [];
  readonly #ledger: LedgerKind;
  /** The channel of a real network names its members' ports, so later starts have the first one's. */
  #basePort: number | undefined;
  #running: RunningConsortium | undefined;
  #stage: Stage | undefined;

  readonly #client: LedgerClientName;

  constructor(ledger: LedgerKind = 'embedded', client: LedgerClientName = 'fabric-gateway') {
    this.#ledger = ledger;
    this.#client = client;
  }

  get stage(): Stage {
    if (this.#stage === undefined) throw new Error('the consortium was not started');
    return this.#stage;
  }

  async start(): Promise<void> {
    const unexpected: string[] = [];
    this.#basePort ??= await freeBasePort();
    process.env['LEDGER_CLIENT'] = this.#client; // the gateways' processes inherit it
    this.#running = await startConsortium({
      ledger: this.#ledger,
      dataFolder: this.dataFolder,
      basePort: this.#basePort,
      onUnexpectedExit: (name) => unexpected.push(name),
    });
    await waitUntilReady(this.#running.urls);
    const { urls, secrets, consortium } = this.#running;
    this.#stage = await Stage.open({
      dataFolder: this.dataFolder,
      urls,
      secrets,
      say: (line) => this.said.push(line),
    });
    writeTrustFile(consortium, this.#stage);
  }

  /** Before the first start: one more bank, that takes no part in the demonstration. */
  addBank(mspId: string, domain: string): void {
    const text = readFileSync(join(projectRoot(), 'network', 'consortium.yaml'), 'utf8');
    const raw = parse(text, { merge: true }) as {
      members: { mspId: string; users: object[] }[];
      chaincodes: { policy?: string; services: Record<string, string> }[];
    };
    raw.members.push({ ...(raw.members[1] as object), mspId, domain, port: 17_061 } as never);
    raw.chaincodes.forEach((chaincode, at) => {
      chaincode.services[mspId] = `127.0.0.1:${17_062 + at}`;
      if (chaincode.policy !== undefined) chaincode.policy = chaincode.policy.replace(')', `,'${mspId}.peer')`);
    });
    writeFileSync(join(this.dataFolder, 'consortium.yaml'), stringify(raw));
  }

  /** A client of a member that the demonstration's stage does not know. */
  async client(mspId: string): Promise<MemberClient> {
    if (this.#running === undefined) throw new Error('the consortium was not started');
    const tokens = await roleTokens(this.#running.secrets, mspId);
    return new MemberClient(mspId, this.#running.urls[mspId] as string, (role) => tokens[role], this.stage.lastBlock);
  }

  /** The member whose own a file of the ledger is, by its path below the network's folder; undefined for a common one. */
  ownerOf(file: string): string | undefined {
    const pattern = this.#ledger === 'fabric' ? /^fabric\/nodes\/peer\d\.([^/]+)\// : /^ledger\/members\/([^/]+)\//;
    return pattern.exec(file)?.[1];
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async discard(): Promise<void> {
    await this.stop();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

/** A base port of which this moment all of the consortium's ports are free. */
export async function freeBasePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    // Below the ports that systems give to outgoing connections, which would take one while a node is down.
    const base = 20_000 + Math.floor(Math.random() * 124) * 100;
    const ports = [10, 20, 30, 40, 50, 60].flatMap((member) => [0, 1, 2, 3].map((service) => base + member + service));
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return base;
  }
  throw new Error('no free range of ports was found');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
