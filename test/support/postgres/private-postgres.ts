import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../../../network/material/free-ports';

const DEBIAN = '/usr/lib/postgresql';

/** Why there is no PostgreSQL to test with; undefined when there is one. */
export function postgresMissing(): string | undefined {
  if (programs() === undefined) return `no PostgreSQL in ${DEBIAN}/*/bin (apt-get install postgresql)`;
  if (process.getuid?.() === 0 && serverUser() === undefined)
    return 'this is root, as whom PostgreSQL does not run, and there is no user postgres';
  return undefined;
}

/** A PostgreSQL of this test run alone: on a free port of loopback, in a temporary folder, gone with the process. */
export class PrivatePostgres {
  readonly #programs: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #user = process.getuid?.() === 0 ? serverUser() : undefined;
  #server: ChildProcess | undefined;
  readonly #clean = (): void => {
    this.#server?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  private constructor(port: number) {
    this.#programs = programs() as string;
    this.#port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'concordat-postgres-'));
    if (this.#user !== undefined) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    process.once('exit', this.#clean);
  }

  static async start(): Promise<PrivatePostgres> {
    const [port] = await freePorts(1);
    const postgres = new PrivatePostgres(port as number);
    execFileSync(
      join(postgres.#programs, 'initdb'),
      ['-D', postgres.#data, '-U', 'concordat', '-A', 'trust', '-E', 'UTF8', '--no-sync'],
      { ...postgres.#user, cwd: postgres.#folder, stdio: 'ignore' },
    );
    await postgres.run();
    return postgres;
  }

  get url(): string {
    return `postgres://concordat@127.0.0.1:${this.#port}/postgres`;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** Starts the server on the data it has; after a kill it first waits for the killed one's children. */
  async run(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const server = spawn(
        join(this.#programs, 'postgres'),
        [
          '-D',
          this.#data,
          '-h',
          '127.0.0.1',
          '-p',
          String(this.#port),
          '-k',
          this.#folder,
          '-c',
          'max_connections=200',
        ],
        { ...this.#user, cwd: this.#folder, stdio: 'ignore' },
      );
      this.#server = server;
      while (server.exitCode === null && server.signalCode === null) {
        if (await this.#accepts()) return;
        await delay(50);
      }
      await delay(100);
    }
    throw new Error('PostgreSQL did not start');
  }

  /** As a power cut of the database alone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGQUIT');
    process.removeListener('exit', this.#clean);
    this.#clean();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  /** A server that starts takes connections and refuses sessions; `pg_isready` knows the difference. */
  async #accepts(): Promise<boolean> {
    const open = await new Promise<boolean>((resolve) => {
      const socket = createConnection(this.#port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (!open) return false;
    try {
      execFileSync(join(this.#programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(this.#port)], {
        stdio: 'ignore',
      });
      return true;
    } catch {
      return false;
    }
  }
}

function programs(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((folder) => existsSync(join(folder, 'initdb')));
}

function serverUser(): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}
