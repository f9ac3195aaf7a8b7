import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { trustFromGenesis } from '../../evidence/trust-file';
import type { Io } from '../commands/command';
import type { Stage } from '../demo/stage';
import { projectRoot } from '../project-root';
import { genesisFile, type Consortium } from './consortium';

/** What an arbitrator would have received by another way: the network's genesis hash and the members' roots. */
export function writeTrustFile(consortium: Pick<Consortium, 'definition' | 'ledger'>, stage: Stage): string {
  const genesis = readFileSync(genesisFile(consortium));
  return stage.write('trust.json', `${JSON.stringify(trustFromGenesis(genesis), null, 2)}\n`);
}

/** Has the offline verifier judge the package and its altered copy. @throws Error unless it accepts one and not the other. */
export async function verifyPackages(stage: Stage, io: Io): Promise<void> {
  const genuine = await verify(stage, 'case.evidence.json');
  const altered = await verify(stage, 'case-altered.evidence.json');
  io.out(`  concordat evidence verify accepts the package: exit code ${genuine.code}`);
  io.out(`  and rejects it altered: exit code ${altered.code}\n${indented(altered.output)}`);
  if (genuine.code !== 0 || altered.code !== 1) throw new Error(`the verifier failed\n${genuine.output}`);
}

/** Runs the command line's own verifier on a file of the demonstration. */
export function verify(stage: Stage, name: string): Promise<{ code: number; output: string }> {
  return concordat(['evidence', 'verify', join(stage.files, name), '--trust', join(stage.files, 'trust.json')]);
}

/** Runs a command in a process of its own, as a person would. */
export function concordat(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(projectRoot(), 'bin', 'concordat.js'), ...args]);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject);
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** The lines of a report that say what is wrong, for showing below a sentence. */
function indented(output: string): string {
  return output
    .split('\n')
    .filter((line) => /✗|✘|rejected|FAIL/i.test(line))
    .slice(0, 4)
    .map((line) => `    ${line}`)
    .join('\n');
}
