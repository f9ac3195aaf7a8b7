import { join } from 'node:path';
import type { NetworkDefinition } from '../material/network-definition';

export type TlsFile = 'server.crt' | 'server.key' | 'ca.crt';

/** Where one real network's files lie. */
export class Layout {
  readonly folder: string;

  /** `part` is the folder below that of the definition. */
  constructor({ folder }: Pick<NetworkDefinition, 'folder'>, part = 'fabric') {
    this.folder = join(folder, part);
  }

  /** A node's folder: configuration, keys, state, log and process id. */
  node(name: string): string {
    return join(this.folder, 'nodes', name);
  }

  msp(name: string): string {
    return join(this.node(name), 'msp');
  }

  tls(name: string, file: TlsFile): string {
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

  /** Where changes of the channel's configuration are made. */
  get updates(): string {
    return join(this.folder, 'updates');
  }

  get packages(): string {
    return join(this.folder, 'packages');
  }

  /** Which nodes there are, and their ports. */
  get topology(): string {
    return join(this.folder, 'topology.json');
  }
}
