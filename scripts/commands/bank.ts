import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddCommands, Io } from './command';

interface SimulateFlags {
  readonly in: string;
  readonly out: string;
  readonly reject: readonly string[];
  readonly rejectAll: boolean;
  readonly charge?: string;
}

interface ReturnFlags {
  readonly out: string;
  readonly reason: string;
}

/** `concordat bank`: stands for banks' payment systems, between two folders or for one file. */
export const addBankCommands: AddCommands = (program, io, run) => {
  const bank = program.command('bank').description('a simulated bank, for demonstrations');
  bank
    .command('simulate')
    .description('answer every pain.001 that appears in a folder with camt.054, or with pain.002 RJCT on request')
    .requiredOption('--in <folder>', 'folder that instructions are put into')
    .requiredOption('--out <folder>', 'folder that answers are written to')
    .option('--reject <endToEndId...>', 'end-to-end ids to refuse', [])
    .option('--reject-all', 'refuse everything', false)
    .option('--charge <amount>', "what the creditor's bank charges for each payment, borne by the debtor")
    .action((flags: SimulateFlags) => run(() => simulate(flags, io)));
  bank
    .command('return')
    .description("give a payment back: its pain.001 in, the creditor's bank's pacs.004 out")
    .argument('<file>', 'pain.001 of the payment')
    .requiredOption('--out <folder>', 'folder that the message is written to')
    .option('--reason <code>', 'ISO 20022 return reason code', 'AC04')
    .action((file: string, flags: ReturnFlags) => run(() => giveBack(file, flags, io)));
};

async function giveBack(file: string, { out: folder, reason }: ReturnFlags, { out }: Io): Promise<void> {
  const { returnPayment } = await import('../bank/return-payment.js');
  const { fileName, bytes } = await returnPayment(readFileSync(file), reason);
  writeFileSync(join(folder, fileName), bytes);
  out(`returned by ${fileName}`);
}

/** Works until it is told to stop; an instruction that has its answer already is left alone. */
async function simulate(flags: SimulateFlags, { out, err }: Io): Promise<void> {
  const { watchInstructions } = await import('../bank/bank-simulator.js');
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  out(`bank simulator: ${flags.in} → ${flags.out}; stop with Ctrl-C`);
  await watchInstructions({
    from: flags.in,
    to: flags.out,
    isRejected: (endToEndId) => flags.rejectAll || flags.reject.includes(endToEndId),
    ...(flags.charge === undefined ? {} : { charge: flags.charge }),
    signal: stop.signal,
    onAnswer: (fileName) => out(`answered ${fileName}`),
    onRefusal: (fileName, reason) => err(`cannot read ${fileName}: ${reason}`),
  });
}
