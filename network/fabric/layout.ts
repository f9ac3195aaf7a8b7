import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { NetworkDefinition } from '../material/network-definition';

/** Ports that no network file names: of the orderer, and of each peer beside its endpoint. */
export interface NodePorts {
  readonly orderer: { readonly listen: number; readonly admin: number; readonly operations: number };
  readonly peers: Readonly<Record<string, { readonly chaincode: number; readonly operations: number }>>;
}

/** Where one network's files lie. */
export class Layout {
  readonly folder: string;

  constructor({ folder }: NetworkDefinition) {
    this.folder = join(folder, 'fabric');
  }

  readonly orderer = 'orderer';

  /** A node's folder: configuration, keys, state, log and process id. */
  node(name: string): string {
    return join(this.folder, 'nodes', name);
  }

  msp(name: string): string {
    return join(this.node(name), 'msp');
  }

  tls(name: string, file: 'server.crt' | 'server.key' | 'ca.crt'): string {
    return join(this.node(name), 'tls', file);
  }

  /** MSP folder of a member's administrator. */
  admin(mspId: string): string {
    return join(this.folder, 'admins', mspId);
  }

  /** MSP folder of an organisation, without keys. */
  organisation(mspId: string): string {
    return join(this.folder, 'organisations', mspId);
  }

  get genesisBlock(): string {
    return join(this.folder, 'genesis.block');
  }

  get packages(): string {
    return join(this.folder, 'packages');
  }
}

/** Chooses free ports at the first start and keeps them for later ones. */
export async function nodePorts({ members }: NetworkDefinition, { folder }: Layout): Promise<NodePorts> {
  const file = join(folder, 'ports.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as NodePorts;
  const free = await freePorts(3 + 2 * members.length);
  const next = (): number => free.pop() as number;
  const ports: NodePorts = {
    orderer: { listen: next(), admin: next(), operations: next() },
    peers: Object.fromEntries(members.map(({ mspId }) => [mspId, { chaincode: next(), operations: next() }])),
  };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(ports, null, 2)}\n`);
  return ports;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((done, fail) => {
          const server = createServer().once('error', fail);
          server.listen(0, '127.0.0.1', () => done(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
