import { expect } from 'chai';
import { appendFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { headerHash, headerOf, parseBlock } from '../../../network/protocol/block';
import { startEmbeddedLedger } from '../../../network/embedded/embedded-ledger';
import { driverName } from '../../../network/storage/open-database';
import { ProbeNetwork, type Member } from '../../support/ledger/probe-network';

const KILLS = 8;
const IN_FLIGHT = 12;

/** A small generator with a seed, so that a failing run can be played again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Files that a kill leaves half written: the write-ahead logs, or with the other driver the databases themselves. */
function lastWritten(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  const logs = files.filter((file) => file.endsWith('-wal'));
  if (driverName() === 'better') expect(logs.length, 'a killed ledger leaves write-ahead logs').to.be.greaterThan(0);
  return logs.length > 0 ? logs : files.filter((file) => file.endsWith('.db'));
}

describe('durability of the embedded ledger', function () {
  this.timeout(120_000);
  const probe = new ProbeNetwork();
  const acknowledged = new Map<string, string>();
  let next = 0;

  before(() => probe.prepare());
  after(() => probe.discard());

  /** Puts public and private values until `enough` were acknowledged, then kills the ledger under the rest. */
  async function loadAndKill(enough: number): Promise<void> {
    const contract = probe.network('AlphaMSP').getContract('probe');
    let done = 0;
    let killed = false;
    const work = async (): Promise<void> => {
      while (!killed) {
        const key = `k${next++}`;
        try {
          const isPrivate = next % 3 === 0;
          const commit = isPrivate
            ? await contract.submitAsync('Probe:putPrivate', {
                arguments: ['pair', key],
                transientData: { value: Buffer.from(key) },
                endorsingOrganizations: ['AlphaMSP', 'BetaMSP'],
              })
            : await contract.submitAsync('Probe:put', { arguments: [key, key] });
          const { successful, transactionId } = await commit.getStatus();
          if (!successful) continue;
          acknowledged.set(key, transactionId);
          if (++done >= enough && !killed) {
            killed = true;
            await probe.kill();
          }
        } catch {
          if (!killed) throw new Error(`the ledger failed before it was killed, at ${key}`);
        }
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  }

  /** Reads a whole chain and checks that each block names the one before. */
  async function chain(height: number): Promise<void> {
    const contract = probe.network('BetaMSP').getContract('qscc');
    let previous = Buffer.alloc(0);
    for (let number = 0; number < height; number++) {
      const bytes = await contract.evaluate('GetBlockByNumber', { arguments: ['probe', String(number)] });
      const block = parseBlock(bytes);
      const header = headerOf(block);
      expect(Number(block.getHeader()?.getNumber()), `block ${number}`).to.equal(number);
      expect(
        Buffer.from(block.getHeader()!.getPreviousHash_asU8()).equals(previous),
        `link of block ${number}`,
      ).to.equal(true);
      previous = Buffer.from(headerHash(header));
    }
  }

  async function everythingIsThere(): Promise<void> {
    for (const mspId of ['AlphaMSP', 'BetaMSP'] as const satisfies readonly Member[]) {
      const network = probe.network(mspId);
      const contract = network.getContract('probe');
      for (const [key, transactionId] of acknowledged) {
        const value = await contract.evaluateTransaction('Probe:get', key);
        const held = value.length > 0 ? value : await contract.evaluateTransaction('Probe:getPrivate', 'pair', key);
        expect(Buffer.from(held).toString(), `${key} at ${mspId}`).to.equal(key);
        if (mspId === 'AlphaMSP') {
          const block = await network
            .getContract('qscc')
            .evaluate('GetBlockByTxID', { arguments: ['probe', transactionId] });
          expect(common.Block.deserializeBinary(block).getHeader()).to.not.equal(undefined);
        }
      }
    }
  }

  it(`keeps everything it acknowledged through ${KILLS} kills under load`, async () => {
    const random = seeded(20_261_126);
    let height = await probe.startChild();
    for (let kill = 0; kill < KILLS; kill++) {
      await loadAndKill(5 + Math.floor(random() * 40));
      const restarted = await probe.startChild();
      expect(restarted, 'height never falls').to.be.greaterThan(height);
      height = restarted;
    }
    expect(acknowledged.size).to.be.greaterThan(KILLS * 5);
    await everythingIsThere();
    await chain(height);
    await probe.kill();
  });

  it('repairs or refuses a torn last write, and never serves half of one', async () => {
    const state = join(probe.definition.folder, 'ledger');
    for (const file of lastWritten(state)) appendFileSync(file, Buffer.alloc(300, 0x5a));
    const height = await probe.startChild();
    await chain(height);
    await everythingIsThere();
    await probe.kill();
    const ledgerLog = join(state, 'ledger.db-wal');
    if (existsSync(ledgerLog) && statSync(ledgerLog).size > 4_096)
      truncateSync(ledgerLog, statSync(ledgerLog).size - 1_000);
    const after = await probe.startChild();
    expect(after).to.be.greaterThan(0);
    await chain(after);
    await probe.network('AlphaMSP').getContract('probe').submitTransaction('Probe:put', 'after', 'torn');
    await probe.kill();
  });

  it('refuses cleanly on a full disk, keeps what it had, and works again with space', async () => {
    await probe.startChildOnSmallDisk(12_000);
    const contract = probe.network('AlphaMSP').getContract('probe');
    const kept: string[] = [];
    let refusal: unknown;
    for (let number = 0; refusal === undefined && number < 2_000; number++) {
      const key = `big${number}`;
      try {
        const commit = await contract.submitAsync('Probe:put', { arguments: [key, `${key} ${'x'.repeat(100_000)}`] });
        const { successful } = await commit.getStatus({ deadline: Date.now() + 3_000 });
        if (successful) kept.push(key);
      } catch (error) {
        refusal = error;
      }
    }
    expect(refusal, 'the disk filled up').to.be.instanceOf(Error);
    expect(kept.length).to.be.greaterThan(3);
    const alive = await contract.evaluateTransaction('Probe:get', kept[0]!);
    expect(Buffer.from(alive).toString().startsWith(`${kept[0]} `)).to.equal(true);
    await probe.kill();
    await probe.startChild();
    const again = probe.network('AlphaMSP').getContract('probe');
    for (const key of kept) {
      expect(
        Buffer.from(await again.evaluateTransaction('Probe:get', key))
          .toString()
          .startsWith(`${key} `),
        key,
      ).to.equal(true);
    }
    await again.submitTransaction('Probe:put', 'space', 'again');
    await probe.kill();
  });

  it('refuses a second process on the same folder, and names the first', async () => {
    await probe.startChild();
    const error = await startEmbeddedLedger({ network: probe.definition }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'BUSY');
    await probe.kill('SIGTERM');
  });

  it('names a busy port with its remedy', async () => {
    const { createServer } = await import('node:net');
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(probe.definition.members[0]!.port, '127.0.0.1', resolve));
    const error = await startEmbeddedLedger({ network: probe.definition }).catch((reason: unknown) => reason);
    taken.close();
    expect((error as Error).constructor.name).to.equal('PortBusyError');
    expect((error as Error).message)
      .to.contain(String(probe.definition.members[0]!.port))
      .and.to.contain('network file');
  });

  it('refuses a file that is no database, and leaves it as it is', async () => {
    const other = new ProbeNetwork();
    await other.prepare();
    await other.startChild();
    await other.kill('SIGTERM');
    const file = join(other.definition.folder, 'ledger', 'ledger.db');
    writeFileSync(file, Buffer.alloc(8_192, 0x41));
    const error = await startEmbeddedLedger({ network: other.definition }).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'CORRUPT');
    expect(readFileSync(file).equals(Buffer.alloc(8_192, 0x41))).to.equal(true);
    await other.discard();
  });
});
