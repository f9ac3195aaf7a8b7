import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvidenceReport } from '../../evidence/report';
import type { TrustFile } from '../../evidence/trust-file';
import type { AddCommands, Io } from './command';

interface VerifyOptions {
  readonly trust?: string;
  readonly json?: boolean;
}

/** `concordat evidence ...`: the offline verifier. It opens files and nothing else. */
export const addEvidenceCommands: AddCommands = (program, io, run) => {
  const evidence = program
    .command('evidence')
    .description('the offline verifier: exit 0 verified, 1 rejected, 3 unverified, 2 unreadable');
  evidence
    .command('verify <file>')
    .description('verify an evidence package, without any network')
    .option('--trust <file>', 'trust file from outside the package; without it the answer is "unverified"')
    .option('--json', 'the report as JSON')
    .action((file: string, options: VerifyOptions) => run(() => verifyFile(file, options, io)));
  evidence
    .command('blocks <folder>')
    .description('verify a whole chain of raw blocks (*.block, from block 0 on) and judge every transaction anew')
    .option('--trust <file>', 'trust file; without it the answer is "unverified"')
    .option('--json', 'the report as JSON')
    .action((folder: string, options: VerifyOptions) => run(() => verifyFolder(folder, options, io)));
  evidence
    .command('trust <genesis-block>')
    .description('write the trust file of the network whose block 0 this is')
    .option('--out <file>', 'file to write; printed when absent')
    .action((file: string, options: { readonly out?: string }) => run(() => writeTrust(file, options.out, io)));
};

async function verifyFile(file: string, options: VerifyOptions, io: Io): Promise<number> {
  const { verifyEvidence } = await import('../../evidence/verify-evidence.js');
  const trust = await readTrust(options.trust);
  return answer(verifyEvidence(readFileSync(file), trust), options, io);
}

async function verifyFolder(folder: string, options: VerifyOptions, io: Io): Promise<number> {
  const { verifyBlocks } = await import('../../evidence/verify-blocks.js');
  const names = readdirSync(folder).filter((name) => name.endsWith('.block'));
  const numbered = names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  const trust = await readTrust(options.trust);
  const blocks = numbered.map((name) => readFileSync(join(folder, name)));
  return answer(verifyBlocks(blocks, trust), options, io);
}

async function writeTrust(file: string, out: string | undefined, { out: print }: Io): Promise<void> {
  const { trustFileText, trustFromGenesis } = await import('../../evidence/trust-file.js');
  const text = trustFileText(trustFromGenesis(readFileSync(file)));
  if (out === undefined) print(text.trimEnd());
  else writeFileSync(out, text);
}

async function readTrust(file: string | undefined): Promise<TrustFile | undefined> {
  const { parseTrustFile } = await import('../../evidence/trust-file.js');
  return file === undefined ? undefined : parseTrustFile(readFileSync(file));
}

async function answer(report: EvidenceReport, { json }: VerifyOptions, { out }: Io): Promise<number> {
  const { EXIT_CODES, renderReport } = await import('../../evidence/render-report.js');
  for (const line of json === true ? [JSON.stringify(report, null, 2)] : renderReport(report)) out(line);
  return EXIT_CODES[report.verdict];
}
