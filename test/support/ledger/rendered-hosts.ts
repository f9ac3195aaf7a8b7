import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Commands of a run book that one user of one host gives. */
export interface RunBookBlock {
  readonly section: string;
  readonly host: string;
  readonly user: string;
  readonly commands: string;
}

/** A host on this machine: the folder that was rendered for it, and where it is installed. */
export interface InstalledHost {
  readonly rendered: string;
  readonly folder: string;
}

/** Every block of a run book, in its order. */
export function blocksOf(runBook: string): RunBookBlock[] {
  return runBook.split(/^## /m).flatMap((section) => {
    const [title = ''] = section.split('\n');
    const found = section.matchAll(/```bash\n# (\S+), as (\S+)\n([\s\S]*?)```/g);
    return [...found].map(([, host = '', user = '', commands = '']) => ({
      section: title.replace(/^\d+\. /, ''),
      ...{ host, user, commands },
    }));
  });
}

/**
 * Follows a run book on this machine without systemd: what root would do with units is done by running their ExecStart
 * lines with their environment files; users are not made; everything else is run as it stands.
 */
export class RenderedHosts {
  readonly #children = new Map<string, ChildProcess>();

  constructor(private readonly hosts: Readonly<Record<string, InstalledHost>>) {
    for (const { rendered, folder } of Object.values(hosts)) cpSync(rendered, folder, { recursive: true });
  }

  /** Runs one block; answers what it printed. @throws Error with what it said when it fails. */
  async run({ host, user, commands }: RunBookBlock): Promise<string> {
    if (user === 'root') {
      for (const [, units = ''] of commands.matchAll(/^systemctl stop (.*)$/gm)) {
        await Promise.all(units.split(' ').map((unit) => end(this.#children.get(`${host} ${unit}`))));
      }
      for (const [, units = ''] of commands.matchAll(/^systemctl enable --now (.*)$/gm)) {
        for (const unit of units.split(' ')) this.start(host, unit);
      }
      return '';
    }
    const { PATH = '', HOME = '' } = process.env;
    const options = { encoding: 'utf8', env: { PATH, HOME }, timeout: 60_000 } as const;
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', commands], options);
    if (status === 0) return stdout + stderr;
    throw new Error(`${commands}\n${stdout}\n${stderr}`);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#children.values()].map(end));
  }

  /** What `systemctl start` does. */
  start(host: string, unit: string): void {
    const { folder } = this.hosts[host]!;
    const text = readFileSync(join(folder, 'systemd', unit), 'utf8');
    const setting = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';
    const [command = '', ...args] = setting('ExecStart').split(' ');
    const variables = readFileSync(setting('EnvironmentFile'), 'utf8').trim().split('\n');
    const environment = Object.fromEntries(
      variables.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    const log = openSync(this.#logFile(host, unit), 'a');
    const child = spawn(command, args, {
      cwd: setting('WorkingDirectory'),
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#children.set(`${host} ${unit}`, child);
  }

  #logFile(host: string, unit: string): string {
    return join(this.hosts[host]!.folder, `${unit}.log`);
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill();
  await ended;
}
