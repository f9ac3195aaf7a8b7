import { expect } from 'chai';
import { join } from 'node:path';
import { openClient } from '../../../gateway/adapters/open-client';
import { sqliteStore } from '../../../gateway/database/sqlite-store';
import { Outbox } from '../../../gateway/outbox/outbox';
import type { EnvelopeSender } from '../../../gateway/ports/outbox-port';
import { LedgerError, type ChaincodeName, type LedgerPort } from '../../../gateway/ports/ledger-port';
import { until } from '../../../network/fabric/commands';
import type { FabricNetwork } from '../../../network/fabric/fabric-network';
import type { Database } from '../../../network/storage/database';
import { openDatabase } from '../../../network/storage/open-database';
import { ProbeNetwork } from '../../support/ledger/probe-network';
import { releaseOrSkip } from '../../support/ledger/real-release';

const PROBE = 'probe' as ChaincodeName;
/** Long enough that everything handed to the orderer still waits there when it dies. */
const SLOW_BLOCKS = { timeoutMs: 4_000, maxMessageCount: 500, idleCutsAtOnce: false };
const IN_ORDERER = 12,
  UNDER_LOAD = 300,
  AT_ONCE = 15;

for (const kind of ['embedded', 'real'] as const) {
  describe(`what is lost on the way, on ${kind === 'real' ? 'a real network' : 'the embedded ledger'}`, function () {
    this.timeout(240_000);
    let probe: ProbeNetwork;
    let real: FabricNetwork | undefined;
    let database: Database | undefined;
    let outbox: Outbox;
    let ledger: LedgerPort;
    let handedOver = 0;

    async function start(context: Mocha.Context, block: object, contracts: 'here' | 'apart'): Promise<void> {
      const release = kind === 'real' ? releaseOrSkip(context) : undefined;
      probe = new ProbeNetwork(contracts);
      await probe.prepare(block, undefined, { orderers: 3 });
      if (release) real = await probe.startReal(release);
      else await probe.startChild();
      const { sender, newLedger } = await openClient('fabric-gateway', probe.connectionOptions('AlphaMSP'));
      const counting: EnvelopeSender = {
        broadcast: async (id, envelope) => {
          await sender.broadcast(id, envelope);
          handedOver++;
        },
        status: (id, timeoutMs) => sender.status(id, timeoutMs),
      };
      database = openDatabase(join(probe.folder, 'outbox.db'));
      outbox = await Outbox.open(sqliteStore(database), counting, { statusTimeoutMs: 5_000, answerTimeoutMs: 90_000 });
      ledger = newLedger(outbox);
    }
    afterEach(async () => {
      await ledger?.close();
      database?.close();
      database = undefined;
      await probe?.discard();
    });

    const put = (number: number) => ledger.submit({ chaincode: PROBE, fn: 'Probe:put', args: [`k${number}`, 'x'] });
    async function eachStandsOnce(count: number): Promise<void> {
      for (let number = 0; number < count; number++) {
        const history = await ledger.evaluate({ chaincode: PROBE, fn: 'Probe:history', args: [`k${number}`] });
        expect(Buffer.from(history).toString(), `k${number}`).to.equal('["x"]');
      }
    }

    it('an orderer killed before it cuts the block: what it had acknowledged commits all the same, once', async function () {
      await start(this, SLOW_BLOCKS, 'here');
      handedOver = 0;
      const height = await ledger.height();
      const writes = Promise.all(Array.from({ length: IN_ORDERER }, (_, number) => put(number)));
      writes.catch(() => undefined);
      await until('the orderer has acknowledged all', () =>
        Promise.resolve(handedOver >= IN_ORDERER ? true : undefined),
      );
      expect(await ledger.height(), 'and has cut nothing').to.equal(height);
      if (real === undefined) {
        await probe.kill();
        await probe.startChild();
      } else {
        const leader = (await real.status()).find(({ isLeader }) => isLeader)!.name;
        await real.stopNode(leader, 'SIGKILL');
        real.startNode(leader);
      }
      await writes;
      console.log(`      ${IN_ORDERER} acknowledged and lost; handed over ${handedOver} times; each committed once`);
      expect(handedOver, 'some were handed over again').to.be.greaterThan(IN_ORDERER);
      await eachStandsOnce(IN_ORDERER);
    });

    it('contracts killed under load: nothing half-done, and each write stands once', async function () {
      await start(this, {}, 'apart');
      const counts = { committed: 0, unavailable: 0, rejected: 0, conflict: 0, unknown: 0 };
      let next = 0;
      let disturbance: Promise<void> | undefined;
      const restart = async (): Promise<void> => {
        await probe.killContracts();
        await probe.startContracts();
      };
      const write = async (number: number): Promise<void> => {
        for (;;) {
          try {
            await put(number);
            counts.committed++;
            return;
          } catch (error) {
            if (!(error instanceof LedgerError)) throw error;
            counts[error.outcome]++;
            // A contract that is gone endorses nothing, so nothing was sent.
            expect(error).to.include({ outcome: 'unavailable', code: 'PEER_UNAVAILABLE' });
            await until('the contract answers', () =>
              ledger.evaluate({ chaincode: PROBE, fn: 'Probe:get', args: ['any'] }),
            );
          }
        }
      };
      const work = async (): Promise<void> => {
        for (let number = next++; number < UNDER_LOAD; number = next++) {
          await write(number);
          if (counts.committed >= 100) disturbance ??= restart();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      await disturbance;
      console.log(`      ${UNDER_LOAD} writes: ${JSON.stringify(counts)}`);
      expect(counts).to.include({ committed: UNDER_LOAD, conflict: 0, unknown: 0 });
      await eachStandsOnce(UNDER_LOAD);
    });
  });
}
