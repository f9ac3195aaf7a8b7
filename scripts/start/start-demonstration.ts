import { spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { Io } from '../commands/command';
import type { StartFlags } from '../commands/start';
import { playDemonstration } from '../demo/demonstration';
import { Stage } from '../demo/stage';
import { bankFolders } from '../demo/steps-finance';
import { projectRoot } from '../project-root';
import { verifyPackages, writeTrustFile } from './offline-proof';
import { waitUntilReady } from './ready';
import { startConsortium, type RunningConsortium } from './running-consortium';
import { summary } from './summary';

/** Ports a base port may start at: 55 of them follow. */
const MAX_BASE_PORT = 65_535 - 60;

/** Reads the flags every command of the demonstration shares. @throws Error naming the flag. */
export function placeOf({ basePort, data, ledger }: Pick<StartFlags, 'basePort' | 'data' | 'ledger'>): {
  readonly basePort: number;
  readonly dataFolder: string;
} {
  const port = Number(basePort);
  if (!Number.isInteger(port) || port < 1_024 || port > MAX_BASE_PORT) {
    throw new Error(`--base-port must be a whole number from 1024 to ${MAX_BASE_PORT}, not "${basePort}"`);
  }
  return { basePort: port, dataFolder: resolve(data ?? (ledger === 'fabric' ? '.concordat-fabric' : '.concordat')) };
}

/** Starts everything, plays what is left of the demonstration, says where things are, and stays until it is stopped. */
export async function startDemonstration(flags: StartFlags, io: Io): Promise<number> {
  const startedAt = performance.now();
  const place = placeOf(flags);
  const stopped = stopSignal();
  const running = await startConsortium({
    ...place,
    ledger: flags.ledger,
    bin: flags.bin,
    onProgress: (text) => io.out(`  ${text}`),
    onUnexpectedExit: (name, code) => stopped.end(1, `${name} ended by itself (code ${String(code)}); stopping`),
  });
  let bank: ChildProcess | undefined;
  try {
    await waitUntilReady(running.urls);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    io.out(`${running.ledger.description} Ready after ${seconds} s.\n`);
    const stage = await openStage(running, io);
    writeTrustFile(running.consortium, stage);
    bank = startBank(stage, io);
    if (flags.demo) await play(stage, io);
    io.out(await summary(running, stage));
    if (flags.exit) return 0;
    io.out('Everything stays up until you press Ctrl-C. 按 Ctrl-C 停止。');
    return await stopped.wait(io);
  } finally {
    bank?.kill('SIGTERM');
    await running.stop();
  }
}

async function openStage({ consortium, urls, secrets }: RunningConsortium, io: Io): Promise<Stage> {
  return Stage.open({ dataFolder: consortium.dataFolder, urls, secrets, say: (line) => io.out(`  ${line}`) });
}

async function play(stage: Stage, io: Io): Promise<void> {
  if (stage.state['completed'] === 'yes') {
    io.out('The demonstration was played before; its records are there.\n');
    return;
  }
  await playDemonstration(stage);
  io.out('▸ Offline verification 离线验证');
  await verifyPackages(stage, io);
  io.out('');
}

/** The buyer's bank's payment system: its own process, which knows two folders and nothing of Concordat. */
function startBank(stage: Stage, io: Io): ChildProcess {
  const { toBank, fromBank } = bankFolders(stage.files);
  const command = join(projectRoot(), 'bin', 'concordat.js');
  const child = spawn(process.execPath, [command, 'bank', 'simulate', '--in', toBank, '--out', fromBank], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => io.err(`bank simulator: ${text.trim()}`));
  return child;
}

/** Ends the wait on Ctrl-C, on SIGTERM, or when something that must run has ended. */
function stopSignal(): { end: (code: number, reason: string) => void; wait: (io: Io) => Promise<number> } {
  let end: (code: number, reason: string) => void = () => undefined;
  const ended = new Promise<{ code: number; reason: string }>((done) => {
    end = (code, reason) => done({ code, reason });
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(0, `stopping (${signal})`));
  return {
    end: (code, reason) => end(code, reason),
    wait: async (io) => {
      const { code, reason } = await ended;
      io.err(reason);
      return code;
    },
  };
}
