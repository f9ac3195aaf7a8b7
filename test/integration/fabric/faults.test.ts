import { expect } from 'chai';
import { join } from 'node:path';
import { FabricLedger } from '../../../gateway/adapters/fabric-gateway/fabric-ledger';
import { FabricSender } from '../../../gateway/adapters/fabric-gateway/fabric-sender';
import { Semaphore } from '../../../gateway/adapters/semaphore';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import { Outbox } from '../../../gateway/outbox/outbox';
import { LedgerError, type ChaincodeName } from '../../../gateway/ports/ledger-port';
import { until } from '../../../network/fabric/commands';
import type { FabricNetwork } from '../../../network/fabric/fabric-network';
import type { Database } from '../../../network/storage/database';
import { openDatabase } from '../../../network/storage/open-database';
import { ProbeNetwork } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

const WRITES = 400,
  AT_ONCE = 25;
/** The port names our own contracts; this suite writes by the probe. */
const PROBE = 'probe' as ChaincodeName;

describe('a real network whose nodes are killed under load', function () {
  this.timeout(240_000);
  const probe = new ProbeNetwork();
  let network: FabricNetwork;
  let database: Database;
  let outbox: Outbox;
  let ledger: FabricLedger;

  before(async function () {
    const release = releaseOrSkip(this);
    await probe.prepare({}, undefined, { orderers: 3 });
    network = await probe.startReal(release);
    const connection = probe.connect('AlphaMSP');
    database = openDatabase(join(probe.folder, 'outbox.db'));
    const calls = new Semaphore(100);
    outbox = await Outbox.open(
      sqliteStore(database),
      new FabricSender(connection, 'probe', { calls, waits: new Semaphore(100) }),
      {
        statusTimeoutMs: 5_000,
      },
    );
    ledger = new FabricLedger({ channel: 'probe', mspId: 'AlphaMSP', connection, outbox, calls });
  });
  after(async () => {
    await outbox?.stop();
    database?.close();
    await probe.discard();
  });

  const leader = async (): Promise<string> =>
    until('an ordering node leads', async () => (await network.status()).find(({ isLeader }) => isLeader)?.name);

  /** After how many answers which node is killed, and comes back. */
  const faults: readonly (readonly [after: number, what: string, act: () => Promise<void> | void])[] = (() => {
    let killed = '';
    return [
      [50, 'the leading orderer is killed', async () => network.stopNode((killed = await leader()), 'SIGKILL')],
      [130, 'it comes back', () => network.startNode(killed)],
      [180, "another member's peer is killed", () => network.stopNode('peer0.BetaMSP', 'SIGKILL')],
      [240, 'it comes back', () => network.startNode('peer0.BetaMSP')],
      [300, 'the own peer is killed and comes back', async () => restart('peer0.AlphaMSP')],
    ] as const;
  })();

  async function restart(name: string): Promise<void> {
    await network.stopNode(name, 'SIGKILL');
    network.startNode(name);
  }

  it('ends every write exactly once, loses none that was acknowledged, and calls none failed that was not', async () => {
    const counts = { committed: 0, unavailable: 0, unknown: 0, rejected: 0, conflict: 0 };
    const happened: string[] = [];
    let disturbances: Promise<void> = Promise.resolve();
    let next = 0;
    const write = async (number: number): Promise<void> => {
      for (;;) {
        try {
          await ledger.submit({ chaincode: PROBE, fn: 'Probe:put', args: [`k${number}`, 'x'] });
          counts.committed++;
          return;
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error;
          counts[error.outcome]++;
          // Only "nothing was sent" may be sent again as something new; what is unknown ends by itself.
          if (error.outcome !== 'unavailable') return;
          await until('the own peer answers again', () => ledger.height());
        }
      }
    };
    const work = async (): Promise<void> => {
      for (let number = next++; number < WRITES; number = next++) {
        await write(number);
        const due = faults[happened.length];
        if (due === undefined || counts.committed < due[0]) continue;
        happened.push(due[1]);
        disturbances = disturbances.then(() => due[2]());
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    await disturbances;
    expect(happened).to.deep.equal(faults.map(([, what]) => what));
    await until('nothing is under way any more', async () => ((await outbox.pendingCount()) === 0 ? true : undefined));
    console.log(`      ${WRITES} writes: ${JSON.stringify(counts)}; ${happened.join(', ')}`);
    expect(counts).to.include({ rejected: 0, conflict: 0 });
    expect(counts.committed + counts.unknown).to.equal(WRITES);
    for (let number = 0; number < WRITES; number++) {
      const history = await ledger.evaluate({ chaincode: PROBE, fn: 'Probe:history', args: [`k${number}`] });
      expect(Buffer.from(history).toString(), `k${number}`).to.equal('["x"]');
    }
  });
});
