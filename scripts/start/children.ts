import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** What a child says over its channel: how far it is, that it serves (or what it found), or why it cannot. */
export type ChildMessage = { readonly progress: string } | { readonly ready: unknown } | { readonly failed: string };

/**
 * Several busy processes share this machine. By default each brings four threads for signatures and four for garbage
 * collection, whatever the processors; half as many as there are processors waste less time on taking turns. A larger
 * young generation spares copying what the requests in flight hold.
 */
const HELPER_THREADS = Math.max(1, Math.floor(availableParallelism() / 2));
const NODE_OPTIONS = ['--no-deprecation', `--v8-pool-size=${HELPER_THREADS}`, '--max-semi-space-size=32'];

/** The ledger holds more for longer: with Node.js's own young generation it stays 30 MB smaller, for 1 % of its speed. */
export const LEDGER_OPTIONS: ChildOptions = { nodeOptions: ['--max-semi-space-size=16'] };

export interface ChildOptions {
  readonly onProgress?: (text: string) => void;
  /** Options of Node.js beside, and above, those that every child gets. */
  readonly nodeOptions?: readonly string[];
}

/** The child processes of one start, stopped together and in reverse order. */
export class Children {
  readonly #running: { readonly name: string; readonly process: ChildProcess }[] = [];
  #stopping = false;

  constructor(private readonly onUnexpectedExit: (name: string, code: number | null) => void) {}

  /**
   * Starts a compiled script beside this one and resolves with what it says when it serves.
   *
   * @throws Error with the child's own words when it cannot start.
   */
  start<Ready>(
    name: string,
    script: string,
    argument: unknown,
    { onProgress = () => undefined, nodeOptions = [] }: ChildOptions = {},
  ): Promise<Ready> {
    const child = fork(join(__dirname, script), [JSON.stringify(argument)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // Fabric's chaincode libraries tell every decorator they meet and every refusal, and call functions of yesterday.
      env: { UV_THREADPOOL_SIZE: String(HELPER_THREADS), ...process.env, CORE_CHAINCODE_LOGGING_LEVEL: 'critical' },
      execArgv: [...process.execArgv, ...NODE_OPTIONS, ...nodeOptions],
      // Children must outlive the terminal's Ctrl-C long enough to be stopped in order.
      detached: process.platform !== 'win32',
    });
    this.#running.push({ name, process: child });
    return new Promise((resolve, reject) => {
      child.on('message', (message: ChildMessage) => {
        if ('progress' in message) onProgress(message.progress);
        else if ('ready' in message) resolve(message.ready as Ready);
        else reject(new Error(`${name}: ${message.failed}`));
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`${name} ended before it was ready (code ${code})`));
        if (!this.#stopping) this.onUnexpectedExit(name, code);
      });
    });
  }

  /** Asks every child to stop, last started first, and kills what does not within 5 seconds. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { process: child } of this.#running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(force);
    }
  }
}

/** Runs a child's body: reports readiness or the reason for failure to the parent, stops on SIGTERM or a lost parent. */
export async function runChild<A>(
  body: (argument: A, onProgress: (text: string) => void) => Promise<{ ready: unknown; stop: () => Promise<void> }>,
): Promise<void> {
  const say = (message: ChildMessage): void => {
    process.send?.(message);
  };
  try {
    const { ready, stop } = await body(JSON.parse(process.argv[2] ?? 'null') as A, (progress) => say({ progress }));
    const end = (): void => {
      void stop().finally(() => process.exit(0));
    };
    process.once('SIGTERM', end);
    process.once('disconnect', end);
    say({ ready });
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
}
