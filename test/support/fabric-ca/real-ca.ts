import { spawn, type ChildProcess } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { accessSync, constants, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Context } from 'mocha';
import { FabricCa } from '../../../network/fabric-ca/fabric-ca';
import type { CaEndpoint } from '../../../network/fabric-ca/ca-transport';
import { until } from '../../../network/fabric/commands';
import { freePorts } from '../../../network/material/free-ports';

/** Who registers on a CA that a test starts. */
export const REGISTRAR = { id: 'admin', secret: 'adminpw' } as const;
export const CA_NAME = 'ca-alpha';

/** Fabric CA's server, where there is one; otherwise says plainly that the suite is skipped, and skips it. */
export function caServerOrSkip(context: Context): string {
  const found = findCaServer();
  if (found !== undefined) return found;
  console.log('    real Fabric CA: skipped, no fabric-ca-server found (name its folder with FABRIC_CA_BIN)');
  return context.skip();
}

export function findCaServer(): string | undefined {
  const { FABRIC_CA_BIN, PATH = '' } = process.env;
  const folders = FABRIC_CA_BIN === undefined ? PATH.split(delimiter) : [FABRIC_CA_BIN];
  return folders.map((folder) => join(folder, 'fabric-ca-server')).find(isExecutable);
}

/** A Fabric CA server of the test's own, with TLS by its own root, in a folder that goes with it. */
export class RealCa {
  readonly folder = mkdtempSync(join(tmpdir(), 'concordat-ca-'));
  endpoint!: CaEndpoint;
  #child: ChildProcess | undefined;

  /** Starts it; below another it has its certificate from that one. */
  async start(binary: string, parent?: RealCa): Promise<void> {
    const [port, operations] = await freePorts(2);
    const { id, secret } = REGISTRAR;
    const { PATH = '', HOME = '' } = process.env;
    this.#child = spawn(binary, ['start', '-b', `${id}:${secret}`], {
      stdio: 'ignore',
      env: {
        PATH,
        HOME,
        FABRIC_CA_SERVER_HOME: this.folder,
        FABRIC_CA_SERVER_ADDRESS: '127.0.0.1',
        FABRIC_CA_SERVER_PORT: String(port),
        FABRIC_CA_SERVER_OPERATIONS_LISTENADDRESS: `127.0.0.1:${operations}`,
        FABRIC_CA_SERVER_CSR_HOSTS: '127.0.0.1,localhost',
        FABRIC_CA_SERVER_CA_NAME: CA_NAME,
        FABRIC_CA_SERVER_TLS_ENABLED: 'true',
        ...(parent && this.#below(parent)),
      },
    });
    await until('the CA answers', async () => {
      this.endpoint = {
        url: `https://127.0.0.1:${port}`,
        tlsRootPem: this.#read('ca-cert.pem') + (parent?.endpoint.tlsRootPem ?? ''),
      };
      return this.connect().info();
    });
  }

  connect(exchange?: ConstructorParameters<typeof FabricCa>[2]): FabricCa {
    return new FabricCa(this.endpoint, CA_NAME, exchange);
  }

  #below({ endpoint, folder }: RealCa): Record<string, string> {
    const url = endpoint.url.replace('https://', `https://${REGISTRAR.id}:${REGISTRAR.secret}@`);
    return {
      FABRIC_CA_SERVER_CSR_CN: '',
      FABRIC_CA_SERVER_INTERMEDIATE_PARENTSERVER_URL: url,
      FABRIC_CA_SERVER_INTERMEDIATE_PARENTSERVER_CANAME: CA_NAME,
      FABRIC_CA_SERVER_INTERMEDIATE_TLS_CERTFILES: join(folder, 'ca-cert.pem'),
    };
  }

  /** The authority's own key, PKCS#8. */
  get keyPem(): string {
    const keys = readdirSync(join(this.folder, 'msp', 'keystore')).map((name) => this.#read('msp', 'keystore', name));
    const found = keys.find((text) => text.includes('PRIVATE KEY') && isKeyOf(text, this.endpoint.tlsRootPem));
    if (found === undefined) throw new Error('the CA keeps no key of its certificate');
    return found;
  }

  async discard(): Promise<void> {
    const child = this.#child;
    if (child && child.exitCode === null && child.kill()) await new Promise((done) => child.once('exit', done));
    rmSync(this.folder, { recursive: true, force: true });
  }

  #read(...path: string[]): string {
    return readFileSync(join(this.folder, ...path), 'utf8');
  }
}

function isKeyOf(keyPem: string, certificatePem: string): boolean {
  return new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
