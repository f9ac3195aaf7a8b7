import { Command } from 'commander';

/** What a command prints to and how it ends; a terminal gets progress, a pipe gets plain lines. */
const io = {
  out: (line: string): void => {
    process.stdout.write(`${line}\n`);
  },
  err: (line: string): void => {
    process.stderr.write(`${line}\n`);
  },
  isTerminal: process.stdout.isTTY === true,
};

type Run = () => Promise<number | void>;

async function run(work: Run): Promise<void> {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    io.err(error instanceof Error ? error.message : String(error));
    if (process.env['CONCORDAT_TRACE'] !== undefined) io.err(String((error as Error).stack));
    process.exitCode = 2;
  }
}

const program = new Command('concordat')
  .description(
    'Cross-border orders, fulfilment, financing and reconciliation on Hyperledger Fabric. 跨境订单、履约、融资与对账',
  )
  .version('0.1.0');

const ledger = program.command('ledger').description('the embedded development ledger alone');
ledger
  .command('start')
  .description('serve any consortium and any contracts described by a network file (docs/network.schema.json)')
  .requiredOption('--network <file>', 'network definition, YAML or JSON')
  .action((options: { network: string }) => run(async () => (await import('./ledger.js')).runLedger(options.network)));

void program.parseAsync();
