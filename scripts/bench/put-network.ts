import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FabricNetwork } from '../../network/fabric/fabric-network';
import type { FabricRelease } from '../../network/fabric/release';
import { freePorts } from '../../network/material/free-ports';
import { toNetworkDefinition, type NetworkDefinition } from '../../network/material/network-definition';
import { Children, LEDGER_OPTIONS } from '../start/children';
import { putLoad, type LoadResult } from './load';
import { connectTo, type PutPlan, type PutTarget } from './put-client';

const MEMBERS = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];
const TWO_OF_THREE = `OutOf(2,${MEMBERS.map((mspId) => `'${mspId}.peer'`).join(',')})`;

/** Three members, one contract under two of three: ledger, contracts and client each in a process of their own. */
export class PutNetwork {
  readonly #folder = mkdtempSync(join(tmpdir(), 'concordat-bench-'));
  readonly #definition: NetworkDefinition;
  #children = new Children(() => undefined);
  #real: FabricNetwork | undefined;
  /** Process id of the ledger. */
  ledgerPid = 0;

  private constructor(ports: number[]) {
    const services = Object.fromEntries(MEMBERS.map((mspId) => [mspId, `127.0.0.1:${ports.pop()}`]));
    const members = MEMBERS.map((mspId) => ({
      mspId,
      domain: `${mspId.toLowerCase()}.test`,
      port: ports.pop(),
      users: [{ name: 'User' }, { name: 'Admin', role: 'admin' }],
    }));
    const chaincodes = [{ name: 'bench', version: '1', policy: TWO_OF_THREE, services }];
    const folder = join(this.#folder, 'network');
    const fabric = { orderers: 1 };
    this.#definition = toNetworkDefinition({ channel: 'bench', members, chaincodes, fabric, folder }, this.#folder);
  }

  static async prepare(): Promise<PutNetwork> {
    return new PutNetwork(await freePorts(MEMBERS.length * 2));
  }

  async start(): Promise<void> {
    const contracts = this.#startContracts();
    this.ledgerPid = await this.#children.start<number>(
      'ledger',
      '../bench/put-ledger-process.js',
      this.#definition,
      LEDGER_OPTIONS,
    );
    await contracts;
  }

  /** The same on a real network of one ordering node. @throws FabricError. */
  async startReal(release: FabricRelease): Promise<void> {
    const contracts = this.#startContracts();
    this.#real = await FabricNetwork.prepare({ definition: this.#definition, release });
    await this.#real.up();
    await contracts;
  }

  #startContracts(): Promise<unknown> {
    this.#children = new Children(() => undefined);
    const [chaincode] = this.#definition.chaincodes;
    return this.#children.start('contracts', '../bench/put-contracts-process.js', chaincode);
  }

  /** Runs loads one after another, by a client in a process of its own. */
  load(plans: readonly PutPlan[], onProgress: (text: string) => void): Promise<LoadResult[]> {
    const argument = { target: this.#target(), plans };
    return this.#children.start<LoadResult[]>('client', '../bench/put-client-process.js', argument, { onProgress });
  }

  /** One transaction by a client in this process. @throws Error when it does not commit. */
  async putOnce(prefix: string): Promise<void> {
    const connection = connectTo(this.#target(), 'native');
    try {
      const { failed } = await putLoad(connection.contract, { transactions: 1, inFlight: 1, prefix });
      if (failed > 0) throw new Error('the first transaction did not commit');
    } finally {
      connection.close();
    }
  }

  #target(): PutTarget {
    const [member] = this.#definition.members;
    if (member === undefined) throw new Error('no member');
    const place = join(this.#definition.folder, 'material', member.mspId);
    return {
      mspId: member.mspId,
      endpoint: `127.0.0.1:${member.port}`,
      serverName: `peer0.${member.domain}`,
      tlsRoot: join(place, 'tlsca', 'ca.pem'),
      user: join(place, 'users', 'User'),
    };
  }

  async stop(): Promise<void> {
    await this.#children.stop();
    await this.#real?.down();
    this.#real = undefined;
  }

  async discard(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
