import type { AddCommands, Io } from './command';

const WARNING =
  'This is a development ledger: one process, no fault tolerance. For anything else use Hyperledger Fabric.';

/** `concordat ledger start`: the embedded ledger alone. */
export const addLedgerCommands: AddCommands = (program, io, run) => {
  const ledger = program.command('ledger').description('the embedded development ledger alone');
  ledger
    .command('start')
    .description('serve any consortium and any contracts described by a network file (docs/network.schema.json)')
    .requiredOption('--network <file>', 'network definition, YAML or JSON')
    .action((options: { network: string }) => run(() => runLedger(options.network, io)));
};

/** Serves the network of one file until it is told to stop, and says where. */
async function runLedger(file: string, { out }: Io): Promise<void> {
  const { startEmbeddedLedger } = await import('../../network/embedded/embedded-ledger.js');
  const { driverName } = await import('../../network/storage/open-database.js');
  const ledger = await startEmbeddedLedger({ network: file });
  out(`${WARNING}\nSQLite driver: ${driverName()}`);
  for (const [mspId, address] of Object.entries(ledger.endpoints)) out(`${mspId}  ${address}`);
  out(`connection file     ${ledger.material.connectionFile}`);
  out(`connection profile  ${ledger.material.connectionProfile}`);
  out(`height ${ledger.height}; stop with Ctrl-C`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  await ledger.stop();
}
