import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { FabricError } from './fabric-error';

const COMMAND_TIMEOUT_MS = 120_000;
const ATTEMPT_EVERY_MS = 150;

/** What one of Fabric's commands wrote. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. @throws FabricError COMMAND_FAILED with the last lines it wrote. */
export function runCommand(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandOutput> {
  const { PATH = '', HOME = '' } = process.env;
  const options = { env: { PATH, HOME, ...environment }, timeout: COMMAND_TIMEOUT_MS, maxBuffer: 32 << 20 };
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ stdout, stderr });
      const name = [file.slice(file.lastIndexOf('/') + 1), ...args.slice(0, 3)].join(' ');
      const said = lastLines(stderr.trim() || stdout.trim() || error.message);
      reject(new FabricError('COMMAND_FAILED', `${name} failed: ${said}`));
    });
  });
}

/**
 * Tries until something is so.
 *
 * @throws FabricError NOT_READY with `what` and the last reason once the time is over.
 */
export async function until<T>(what: string, attempt: () => Promise<T | undefined>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let reason = '';
  while (Date.now() < deadline) {
    try {
      const found = await attempt();
      if (found !== undefined) return found;
    } catch (error) {
      reason = `: ${(error as Error).message}`;
    }
    await delay(ATTEMPT_EVERY_MS);
  }
  throw new FabricError('NOT_READY', `${what}: not so within ${Math.round(timeoutMs / 1_000)} s${reason}`);
}

/** What a command says went wrong, without the log lines around it. */
function lastLines(text: string): string {
  const lines = text.split('\n');
  const errors = lines.filter((line) => /^Error:|panic:/.test(line));
  return (errors.length > 0 ? errors : lines.slice(-3)).join(' ').slice(-600);
}
