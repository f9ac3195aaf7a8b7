import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPrivateKey } from 'node:crypto';
import { connect, signers, type Gateway } from '@hyperledger/fabric-gateway';
import { openConnection, type FabricConnection } from '../../gateway/adapters/fabric-gateway/connection';
import { toNetworkDefinition, type NetworkDefinition } from '../../network/material/network-definition';
import { Children } from '../start/children';

const MEMBERS = ['AlphaMSP', 'BetaMSP', 'GammaMSP'];
const TWO_OF_THREE = `OutOf(2,${MEMBERS.map((mspId) => `'${mspId}.peer'`).join(',')})`;

/** Three members, one contract under two of three: ledger, contracts and client each in a process of their own. */
export class PutNetwork {
  readonly #folder = mkdtempSync(join(tmpdir(), 'concordat-bench-'));
  readonly #definition: NetworkDefinition;
  readonly #open: FabricConnection[] = [];
  #children = new Children(() => undefined);
  /** Process id of the ledger. */
  ledgerPid = 0;

  private constructor(ports: number[]) {
    const services = Object.fromEntries(MEMBERS.map((mspId) => [mspId, `127.0.0.1:${ports.pop()}`]));
    const members = MEMBERS.map((mspId) => ({
      mspId,
      domain: `${mspId.toLowerCase()}.test`,
      port: ports.pop(),
      users: [{ name: 'User' }],
    }));
    const chaincodes = [{ name: 'bench', version: '1', policy: TWO_OF_THREE, services }];
    const folder = join(this.#folder, 'network');
    this.#definition = toNetworkDefinition({ channel: 'bench', members, chaincodes, folder }, this.#folder);
  }

  static async prepare(): Promise<PutNetwork> {
    return new PutNetwork(await freePorts(MEMBERS.length * 2));
  }

  async start(): Promise<void> {
    this.#children = new Children(() => undefined);
    const services = this.#definition.chaincodes[0]?.services;
    const contracts = this.#children.start('contracts', '../bench/put-contracts-process.js', services);
    this.ledgerPid = await this.#children.start<number>('ledger', '../bench/put-ledger-process.js', this.#definition);
    await contracts;
  }

  /** A client of the first member; `stock` signs as the client library does by itself. */
  connect(signing: 'native' | 'stock'): Gateway {
    const [member] = this.#definition.members;
    if (member === undefined) throw new Error('no member');
    const place = join(this.#definition.folder, 'material', member.mspId);
    const certificate = readFileSync(join(place, 'users', 'User', 'cert.pem'));
    const privateKey = readFileSync(join(place, 'users', 'User', 'key.pem'));
    const connection = openConnection({
      channel: 'bench',
      mspId: member.mspId,
      endpoint: `127.0.0.1:${member.port}`,
      tlsRootCertificate: readFileSync(join(place, 'tlsca', 'ca.pem')),
      serverName: `peer0.${member.domain}`,
      certificate,
      privateKey,
    });
    this.#open.push(connection);
    if (signing === 'native') return connection.gateway;
    const signer = signers.newPrivateKeySigner(createPrivateKey(privateKey));
    return connect({ client: connection.client, identity: { mspId: member.mspId, credentials: certificate }, signer });
  }

  async stop(): Promise<void> {
    for (const { gateway, client } of this.#open.splice(0)) {
      gateway.close();
      client.close();
    }
    await this.#children.stop();
  }

  async discard(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((done) => {
          const server = createServer().listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
