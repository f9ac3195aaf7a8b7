import type { AddCommands, Io } from './command';

interface SimulateFlags {
  readonly in: string;
  readonly out: string;
  readonly reject: readonly string[];
  readonly rejectAll: boolean;
}

/** `concordat bank simulate`: stands for a bank's payment system between two folders. */
export const addBankCommands: AddCommands = (program, io, run) => {
  program
    .command('bank')
    .description('a simulated bank, for demonstrations')
    .command('simulate')
    .description('answer every pain.001 that appears in a folder with camt.054, or with pain.002 RJCT on request')
    .requiredOption('--in <folder>', 'folder that instructions are put into')
    .requiredOption('--out <folder>', 'folder that answers are written to')
    .option('--reject <endToEndId...>', 'end-to-end ids to refuse', [])
    .option('--reject-all', 'refuse everything', false)
    .action((flags: SimulateFlags) => run(() => simulate(flags, io)));
};

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
    signal: stop.signal,
    onAnswer: (fileName) => out(`answered ${fileName}`),
    onRefusal: (fileName, reason) => err(`cannot read ${fileName}: ${reason}`),
  });
}
