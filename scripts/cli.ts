import { Command, InvalidArgumentError } from 'commander';

/** What a command prints to and how it ends; a terminal gets progress, a pipe gets plain lines. */
const io = {
  out: (line: string): void => { process.stdout.write(`${line}\n`); },
  err: (line: string): void => { process.stderr.write(`${line}\n`); },
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

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1024 || value > 65_000) throw new InvalidArgumentError('a port from 1024 to 65000');
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number above zero');
  return value;
}

const program = new Command('concordat')
  .description('Cross-border orders, fulfilment, financing and reconciliation on Hyperledger Fabric. 跨境订单、履约、融资与对账')
  .version('0.1.0');

program.command('start')
  .description('start the embedded ledger, the contracts and a gateway per member; play the demonstration once; stay up')
  .option('--data <folder>', 'where everything is kept', '.concordat')
  .option('--base-port <port>', 'first port of the range used', port)
  .option('--no-demo', 'do not play the demonstration')
  .option('--exit', 'stop when the demonstration is done')
  .action((options) => run(async () => (await import('./start/start')).start(options, io)));

program.command('demo')
  .description('play the demonstration against a running start')
  .option('--data <folder>', 'the folder the start uses', '.concordat')
  .action((options) => run(async () => (await import('./demo/play')).demo(options, io)));

const ledger = program.command('ledger').description('the embedded development ledger alone');
ledger.command('start')
  .description('serve any consortium and any contracts described by a network file (docs/network.schema.json)')
  .requiredOption('--network <file>', 'network definition, YAML or JSON')
  .action((options: { network: string }) => run(async () => (await import('./ledger')).runLedger(options.network)));

const documents = program.command('document').description('trade documents');
documents.command('parse <file>')
  .description('canonical JSON and exit 0; a bad document: one problem per line and exit 1; not a document: exit 2')
  .action((file: string) => run(async () => (await import('./document-parse')).documentParse(file, io)));

const statement = program.command('statement').description('reconciliation statements');
statement.command('verify <file>')
  .description('recompute a statement file and check its signatures against pinned roots')
  .option('--trust <file>', 'pinned genesis hash and roots')
  .action((file: string, options) => run(async () => (await import('./statement-verify')).statementVerify(file, options, io)));

const evidence = program.command('evidence').description('evidence packages');
evidence.command('verify <file>')
  .description('verify a package offline: exit 0 verified, 1 rejected, 3 unverified (no trust file), 2 not a package')
  .option('--trust <file>', 'pinned genesis hash and roots, from outside the package')
  .option('--lang <language>', 'en or zh', 'en')
  .option('--json', 'the report as JSON')
  .action((file: string, options) => run(async () => (await import('./evidence-verify')).evidenceVerify(file, options, io)));

program.command('bench')
  .description('measure speed and size on this machine; JSON')
  .option('--transactions <count>', 'transactions of the throughput run', positive, 20_000)
  .option('--long <count>', 'transactions before memory is read', positive, 100_000)
  .option('--entries <count>', 'entries of the statement', positive, 100_000)
  .action((options) => run(async () => (await import('./bench/bench')).bench(options, io)));

void program.parseAsync();
