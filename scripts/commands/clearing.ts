import type { AddCommands, Io } from './command';

interface PreviewFlags {
  readonly agent?: string;
  readonly json?: boolean;
}

/** `concordat clearing preview`: what a date's statements net to, from the files that pairs disclose, offline. */
export const addClearingCommands: AddCommands = (program, io, run) => {
  program
    .command('clearing')
    .description('multilateral clearing: exit 0 netted, 1 a disclosure is not what it says, 2 unreadable')
    .command('preview <files...>')
    .description('check disclosures (GET /v1/statements/{id}/disclosure), net them, and list the payments left')
    .option('--agent <mspId>', 'the member all pay to and are paid by')
    .option('--json', 'the result as JSON')
    .action((files: string[], flags: PreviewFlags) => run(() => preview(files, flags, io)));
};

async function preview(files: readonly string[], { agent, json }: PreviewFlags, io: Io): Promise<number> {
  const { readFileSync } = await import('node:fs');
  const { Rejection } = await import('../../chaincode/domain/errors.js');
  const { previewClearing } = await import('../../gateway/services/clearing-preview.js');
  try {
    const parsed = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as never);
    const result = previewClearing(parsed, agent ?? null);
    if (json === true) io.out(JSON.stringify(result, null, 2));
    else for (const line of linesOf(result)) io.out(line);
    return 0;
  } catch (error) {
    if (error instanceof Rejection) {
      io.err(`✗ ${error.code}  ${Object.values(error.details).join(' ')}`);
      return 1;
    }
    io.err(error instanceof SyntaxError ? `no JSON: ${error.message}` : String(error));
    return 2;
  }
}

type Preview = ReturnType<typeof import('../../gateway/services/clearing-preview').previewClearing>;

function linesOf({ currency, date, positions, instructions, savings }: Preview): string[] {
  return [
    `${currency} ${date}: ${savings.bilateralPayments} payments of ${savings.bilateralMinor} become ${savings.payments} of ` +
      `${savings.netMinor} (minor units); saved ${(savings.savedBasisPoints / 100).toFixed(2)} %`,
    ...positions.map(({ member, owesMinor, owedMinor, netMinor }) =>
      [member.padEnd(24), owesMinor.padStart(20), owedMinor.padStart(20), netMinor.padStart(20)].join(' '),
    ),
    ...instructions.map(({ debtor, creditor, amountMinor }) => `${debtor} → ${creditor}  ${amountMinor}`),
  ];
}
