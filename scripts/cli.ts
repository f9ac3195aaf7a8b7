import { Command } from 'commander';
import type { AddCommands, Io, Run } from './commands/command';
import { addBankCommands } from './commands/bank';
import { addBenchCommands } from './commands/bench';
import { addChaincodeCommands } from './commands/chaincode';
import { addDocumentCommands } from './commands/document';
import { addEntriesCommands } from './commands/entries';
import { addEvidenceCommands } from './commands/evidence';
import { addGatewayCommands } from './commands/gateway';
import { addGovernanceCommands } from './commands/governance';
import { addIdentityCommands } from './commands/identity';
import { addLedgerCommands } from './commands/ledger';
import { addNetworkCommands } from './commands/network';
import { addReconcileCommands } from './commands/reconcile';
import { addStartCommands } from './commands/start';
import { addClearingCommands } from './commands/clearing';
import { addStatementCommands } from './commands/statement';
import { addWalletCommands } from './commands/wallet';

/** One row per group of commands; each loads what it needs only when it runs. */
const COMMANDS: readonly AddCommands[] = [
  addStartCommands,
  addGatewayCommands,
  addWalletCommands,
  addLedgerCommands,
  addNetworkCommands,
  addGovernanceCommands,
  addChaincodeCommands,
  addIdentityCommands,
  addEvidenceCommands,
  addDocumentCommands,
  addStatementCommands,
  addClearingCommands,
  addEntriesCommands,
  addReconcileCommands,
  addBankCommands,
  addBenchCommands,
];

const io: Io = {
  out: (line) => {
    process.stdout.write(`${line}\n`);
  },
  err: (line) => {
    process.stderr.write(`${line}\n`);
  },
  isTerminal: process.stdout.isTTY === true,
};

// Whoever reads only the first lines (head, less) has heard enough; the command still ends with its own exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const run: Run = async (work) => {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    io.err(error instanceof Error ? error.message : String(error));
    if (process.env['CONCORDAT_TRACE'] !== undefined) io.err(String((error as Error).stack));
    process.exitCode = 2;
  }
};

const program = new Command('concordat')
  .description(
    'Cross-border orders, fulfilment, financing and reconciliation on Hyperledger Fabric. 跨境订单、履约、融资与对账',
  )
  .version('0.1.0')
  .enablePositionalOptions(); // an option belongs to the command it stands after
for (const add of COMMANDS) add(program, io, run);

void program.parseAsync();
