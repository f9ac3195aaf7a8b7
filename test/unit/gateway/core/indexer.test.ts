import { expect } from 'chai';
import fc from 'fast-check';
import { Indexer } from '../../../../gateway/index/indexer';
import { SqlRecordIndex } from '../../../../gateway/index/sql-record-index';
import { ledgerError, type BlockWithPrivateData, type LedgerPort } from '../../../../gateway/ports/ledger-port';
import { aMember } from '../../../support/gateway/fake-member';
import { failureOf } from '../../../support/gateway/failure-of';
import { FakeNetwork } from '../../../support/gateway/fake-network';
import { removeTemporary, temporaryStore, temporaryFolder } from '../../../support/gateway/temporary-database';
import { TEST_OPERATIONS } from '../../../support/gateway/test-operations';

const digestOf = async (index: SqlRecordIndex): Promise<string | undefined> =>
  (await index.block(index.height - 1n))?.rowsDigest;

/** The member's ledger, whose streams end after so many blocks each. */
function breaking(ledger: LedgerPort, lengths: number[]): LedgerPort {
  return {
    ...ledger,
    height: () => ledger.height(),
    block: (number: bigint) => ledger.block(number),
    async *blocks(from: bigint, signal: AbortSignal): AsyncIterable<BlockWithPrivateData> {
      let left = lengths.shift() ?? Infinity;
      for await (const block of ledger.blocks(from, signal)) {
        if (left-- <= 0) throw ledgerError('unavailable', 'PEER_UNAVAILABLE');
        yield block;
      }
    },
  } as LedgerPort;
}

describe('indexer', () => {
  let network: FakeNetwork;
  beforeEach(async () => {
    network = new FakeNetwork(TEST_OPERATIONS);
    const one = await aMember(network, 'OneMSP', TEST_OPERATIONS);
    for (let i = 0; i < 12; i++) {
      await one.operations.submit({
        operation: 'draft',
        input: { participants: ['OneMSP', 'TwoMSP'], at: i },
        recordIds: [],
      });
    }
    await one.indexer.stop();
  });
  afterEach(removeTemporary);

  it('makes the same rows however often the stream breaks and the gateway starts anew', async () => {
    const whole = await SqlRecordIndex.open(temporaryStore(), 'TwoMSP');
    const reference = new Indexer({ ledger: network.ledger('TwoMSP'), index: whole });
    reference.start();
    await whole.waitForHeight(12n);
    await reference.stop();

    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(3), { maxLength: 4 }), { maxLength: 3 }), async (starts) => {
        const folder = temporaryFolder();
        for (const lengths of [...starts, []]) {
          const database = temporaryStore(folder, 'index.db');
          const index = await SqlRecordIndex.open(database, 'TwoMSP');
          const target = lengths.length === 0 ? 12n : index.height + BigInt(lengths.reduce((a, b) => a + b, 0));
          const indexer = new Indexer({
            ledger: breaking(network.ledger('TwoMSP'), [...lengths]),
            index,
            firstPauseMs: 1,
          });
          indexer.start();
          await index.waitForHeight(target < 12n ? target : 12n);
          await indexer.stop();
          if (lengths.length === 0) expect(await digestOf(index)).to.equal(await digestOf(whole));
          await database.close();
        }
      }),
      { numRuns: 15 },
    );
  });

  it('tells the break and recovers from it', async () => {
    const index = await SqlRecordIndex.open(temporaryStore(), 'TwoMSP');
    const breaks: string[] = [];
    const indexer = new Indexer({
      ledger: breaking(network.ledger('TwoMSP'), [3, 0, 2]),
      index,
      firstPauseMs: 1,
      onBreak: (code) => breaks.push(code),
    });
    indexer.start();
    await index.waitForHeight(12n);
    expect(breaks).to.deep.equal(['PEER_UNAVAILABLE', 'PEER_UNAVAILABLE', 'PEER_UNAVAILABLE']);
    expect(await index.state()).to.deep.include({ height: 13n, connected: true, lastError: undefined });
    await indexer.stop();
    expect((await index.state()).connected).to.equal(false);
  });

  it("starts a silent stream anew when the peer's height has grown", async () => {
    const ledger = network.ledger('TwoMSP');
    let streams = 0;
    const halfOpen = breaking(ledger, []);
    const index = await SqlRecordIndex.open(temporaryStore(), 'TwoMSP');
    const indexer = new Indexer({
      index,
      watchMs: 5,
      firstPauseMs: 1,
      ledger: {
        ...halfOpen,
        height: () => ledger.height(),
        block: (number) => ledger.block(number),
        blocks: (from, signal) => (streams++ === 0 ? silence(signal) : ledger.blocks(from, signal)),
      },
    });
    indexer.start();
    await index.waitForHeight(12n);
    expect(streams).to.equal(2);
    await indexer.stop();
  });

  it('does not follow a peer of another network', async () => {
    const index = await SqlRecordIndex.open(temporaryStore(), 'TwoMSP');
    const first = new Indexer({ ledger: network.ledger('TwoMSP'), index });
    first.start();
    await index.waitForHeight(12n);
    await first.stop();
    const other = new FakeNetwork(TEST_OPERATIONS);
    other.blocks.splice(0);
    other.append([{ transactionId: 'another config', writes: [] }]);
    const told = new Promise<string>((resolve) => {
      const indexer = new Indexer({
        ledger: other.ledger('TwoMSP'),
        index,
        onBreak: (code) => {
          resolve(code);
          void indexer.stop();
        },
      });
      indexer.start();
    });
    expect(await told).to.equal('GENESIS_DIFFERS');
    expect(index.height).to.equal(13n);
  });

  it('lets callers wait for a block and tells when it does not come', async () => {
    const index = await SqlRecordIndex.open(temporaryStore(), 'TwoMSP');
    expect(await failureOf(index.waitForHeight(0n, 1))).to.deep.include({
      outcome: 'unavailable',
      code: 'INDEX_BEHIND',
    });
    expect(await failureOf(index.waitForRecord('0'.repeat(32), 1, 1))).to.deep.include({ code: 'INDEX_BEHIND' });
    const waiting = index.waitForHeight(1n);
    const indexer = new Indexer({ ledger: network.ledger('TwoMSP'), index });
    indexer.start();
    await waiting;
    expect(index.height > 1n).to.equal(true);
    await indexer.stop();
  });
});

async function* silence(signal: AbortSignal): AsyncIterable<BlockWithPrivateData> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}
