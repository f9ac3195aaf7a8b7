import { startEmbeddedLedger } from '../network/embedded/embedded-ledger';
import { driverName } from '../network/storage/open-database';

const WARNING =
  'This is a development ledger: one process, no fault tolerance. For anything else use Hyperledger Fabric.';

/** `concordat ledger start`: serves the network of one file until it is told to stop, and says where. */
export async function runLedger(file: string): Promise<void> {
  const ledger = await startEmbeddedLedger({ network: file });
  console.log(`${WARNING}\nSQLite driver: ${driverName()}`);
  for (const [mspId, address] of Object.entries(ledger.endpoints)) console.log(`${mspId}  ${address}`);
  console.log(`connection file     ${ledger.material.connectionFile}`);
  console.log(`connection profile  ${ledger.material.connectionProfile}`);
  console.log(`height ${ledger.height}; stop with Ctrl-C`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  await ledger.stop();
}
