import '../quiet';
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Network } from '@hyperledger/fabric-gateway';
import {
  openConnection,
  type FabricConnection,
  type FabricConnectionOptions,
} from '../../../gateway/adapters/fabric-gateway/connection';
import { softwareIdentity } from '../../../gateway/adapters/identity/signing-identity';
import { startEmbeddedLedger, type RunningLedger } from '../../../network/embedded/embedded-ledger';
import { FabricNetwork } from '../../../network/fabric/fabric-network';
import type { FabricRelease } from '../../../network/fabric/release';
import { freePorts } from '../../../network/material/free-ports';
import { toNetworkDefinition, type NetworkDefinition } from '../../../network/material/network-definition';
import { hostDeployment } from '../../../scripts/start/chaincode-host';
import { ProbeContract } from './probe-contract';

export const MEMBERS = ['AlphaMSP', 'BetaMSP', 'GammaMSP'] as const;
export type Member = (typeof MEMBERS)[number];

const COLLECTIONS = [
  {
    name: 'pair',
    policy: "OR('AlphaMSP.member','BetaMSP.member')",
    requiredPeerCount: 0,
    maxPeerCount: 3,
    blockToLive: 0,
    memberOnlyRead: true,
    memberOnlyWrite: true,
  },
  {
    name: 'brief',
    policy: "OR('AlphaMSP.member','BetaMSP.member')",
    requiredPeerCount: 0,
    maxPeerCount: 3,
    blockToLive: 2,
    memberOnlyRead: false,
    memberOnlyWrite: false,
  },
];

/** A network of three members with the probe contract, whose ledger, embedded or real, a test starts and stops. */
export class ProbeNetwork {
  readonly folder = mkdtempSync(join(tmpdir(), 'concordat-probe-'));
  definition!: NetworkDefinition;
  #connections: FabricConnection[] = [];
  #ledger: RunningLedger | undefined;
  #child: ChildProcess | undefined;
  #real: FabricNetwork | undefined;
  #contracts: ChildProcess | undefined;
  readonly #isApart: boolean;

  /** `contracts`: where the contract services run. */
  constructor(contracts: 'here' | 'apart' = 'here') {
    this.#isApart = contracts === 'apart';
  }

  /** Prepares definition and contract services; `block`, `fabric` and `more` as in a network file. */
  async prepare(block: object = {}, port?: number, fabric: object = { orderers: 1 }, more: object = {}): Promise<void> {
    const ports = await freePorts(MEMBERS.length * 2);
    const services = Object.fromEntries(MEMBERS.map((mspId) => [mspId, `127.0.0.1:${ports.pop()}`]));
    this.definition = toNetworkDefinition(
      {
        channel: 'probe',
        members: MEMBERS.map((mspId, at) => ({
          mspId,
          domain: `${mspId.toLowerCase()}.test`,
          port: at === 0 && port !== undefined ? port : ports.pop(),
          users: [{ name: 'User' }, { name: 'Admin', role: 'admin' }],
        })),
        chaincodes: [{ name: 'probe', version: '1', services, collections: COLLECTIONS }],
        block,
        fabric,
        folder: join(this.folder, 'network'),
        ...more,
      },
      this.folder,
    );
    if (!this.#isApart) await hostDeployment(this.definition.chaincodes[0]!, [ProbeContract]);
    else await this.startContracts();
  }

  /** Starts the contract services in a process of their own. */
  async startContracts(): Promise<void> {
    const child = fork(join(__dirname, 'contracts-child.js'), [JSON.stringify(this.definition.chaincodes[0])]);
    this.#contracts = child;
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error('the contracts did not start')));
    });
  }

  /** Kills them at once. */
  async killContracts(): Promise<void> {
    const child = this.#contracts;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  /** Starts a real Fabric network of the release's own binaries instead of the embedded ledger. */
  async startReal(release: FabricRelease): Promise<FabricNetwork> {
    this.#real = await FabricNetwork.prepare({ definition: this.definition, release });
    await this.#real.up();
    return this.#real;
  }

  /** Starts the ledger in this process. */
  async start(): Promise<RunningLedger> {
    this.#ledger = await startEmbeddedLedger({ network: this.definition });
    return this.#ledger;
  }

  /** Starts the ledger in a process of its own; resolves with its height. */
  startChild(environment: NodeJS.ProcessEnv = {}): Promise<number> {
    return this.#ready(
      fork(join(__dirname, 'ledger-child.js'), [JSON.stringify(this.definition)], {
        env: { ...process.env, ...environment },
      }),
    );
  }

  /** The same where no file may grow beyond a size: what a full disk looks like to the process. */
  startChildOnSmallDisk(kilobytes: number): Promise<number> {
    const script = `ulimit -f ${kilobytes}; exec "$0" "$@"`;
    const args = [process.execPath, join(__dirname, 'ledger-child.js'), JSON.stringify(this.definition)];
    return this.#ready(spawn('bash', ['-c', script, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  }

  #ready(child: ChildProcess): Promise<number> {
    this.#child = child;
    return new Promise((resolve, reject) => {
      child.once('message', (message: { height?: number; failed?: string }) =>
        message.failed === undefined ? resolve(message.height ?? 0) : reject(new Error(message.failed)),
      );
      child.once('error', reject);
    });
  }

  /** Kills the child at once, as a power cut of its process would. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.disconnect();
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  connect(mspId: Member, user = 'User'): FabricConnection {
    const connection = openConnection(this.connectionOptions(mspId, user));
    this.#connections.push(connection);
    return connection;
  }

  /** How a client of a member connects; another port when it goes through a proxy. */
  connectionOptions(mspId: Member, user = 'User', port?: number): FabricConnectionOptions {
    const member = this.definition.members.find((candidate) => candidate.mspId === mspId)!;
    const material = join(this.definition.folder, 'material', mspId);
    return {
      channel: 'probe',
      mspId,
      endpoint: `127.0.0.1:${port ?? member.port}`,
      tlsRootCertificate: readFileSync(join(material, 'tlsca', 'ca.pem')),
      serverName: `peer0.${member.domain}`,
      identity: softwareIdentity(
        mspId,
        readFileSync(join(material, 'users', user, 'cert.pem')),
        readFileSync(join(material, 'users', user, 'key.pem')),
      ),
    };
  }

  network(mspId: Member, user = 'User'): Network {
    return this.connect(mspId, user).gateway.getNetwork('probe');
  }

  disconnect(): void {
    for (const { gateway, client } of this.#connections) {
      gateway.close();
      client.close();
    }
    this.#connections = [];
  }

  async stop(): Promise<void> {
    this.disconnect();
    await this.kill();
    await this.#ledger?.stop();
    this.#ledger = undefined;
    await this.#real?.down();
    this.#real = undefined;
    await this.killContracts();
  }

  async discard(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
