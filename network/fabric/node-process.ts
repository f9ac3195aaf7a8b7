import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './commands';

const STOP_TIMEOUT_MS = 20_000;

/** One of Fabric's nodes, run in the background; its process id and log lie in its folder. */
export class NodeProcess {
  readonly #folder: string;
  readonly #binary: string;
  readonly #args: readonly string[];

  /** `folder` holds the node's configuration file and becomes its working folder. */
  constructor(folder: string, binary: string, args: readonly string[] = []) {
    this.#folder = folder;
    this.#binary = binary;
    this.#args = args;
  }

  get logFile(): string {
    return join(this.#folder, 'node.log');
  }

  get #pidFile(): string {
    return join(this.#folder, 'node.pid');
  }

  /** Process id while it runs. A reused id is told by the command that runs under it. */
  get pid(): number | undefined {
    if (!existsSync(this.#pidFile)) return undefined;
    const pid = Number(readFileSync(this.#pidFile, 'utf8'));
    return Number.isInteger(pid) && pid > 0 && isRunning(pid, this.#binary) ? pid : undefined;
  }

  /** Starts it unless it runs. */
  start(): void {
    if (this.pid !== undefined) return;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const log = openSync(this.logFile, 'a', 0o600);
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(this.#binary, this.#args, {
      cwd: this.#folder,
      env: { PATH, HOME, FABRIC_CFG_PATH: this.#folder },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    writeFileSync(this.#pidFile, String(child.pid ?? ''));
    child.on('error', () => undefined); // a node that does not start is told by its readiness check
    child.unref();
  }

  /** Asks it to end, and kills it when it does not. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const { pid } = this;
    if (pid !== undefined) {
      process.kill(pid, signal);
      const ended = (): Promise<true | undefined> => Promise.resolve(this.pid === undefined ? true : undefined);
      await until(`${this.#binary} ended`, ended, STOP_TIMEOUT_MS).catch(() => process.kill(pid, 'SIGKILL'));
    }
    rmSync(this.#pidFile, { force: true });
  }
}

/** Whether a process runs this command; where the system does not tell the command, whether it runs at all. */
function isRunning(pid: number, binary: string): boolean {
  try {
    process.kill(pid, 0);
    if (!existsSync('/proc/self/stat')) return true;
    const isOver = /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return !isOver && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(binary);
  } catch {
    return false;
  }
}
