import { expect } from 'chai';
import { postgresLocks } from '../../../../gateway/database/postgres-locks';
import { openPostgresStore } from '../../../../gateway/database/postgres-store';
import { ProcessLease } from '../../../../gateway/database/process-lease';
import type { Processes } from '../../../../gateway/database/processes';
import type { Store } from '../../../../gateway/database/store';
import { SqlIdempotencyStore } from '../../../../gateway/index/idempotency-store';
import { Indexer } from '../../../../gateway/index/indexer';
import { SqlRecordIndex } from '../../../../gateway/index/sql-record-index';
import { Outbox } from '../../../../gateway/outbox/outbox';
import { OperationService } from '../../../../gateway/services/operation-service';
import type { LedgerError } from '../../../../gateway/ports/ledger-port';
import { delivered } from '../../../support/gateway/block-builder';
import { failureOf } from '../../../support/gateway/failure-of';
import { aMember } from '../../../support/gateway/fake-member';
import { FakeNetwork } from '../../../support/gateway/fake-network';
import { FakeSender } from '../../../support/gateway/fake-sender';
import { removeTemporary, temporaryStore } from '../../../support/gateway/temporary-database';
import { TEST_OPERATIONS } from '../../../support/gateway/test-operations';
import { needPostgres, sharedPostgres } from '../../../support/postgres/each-database';
import { tablesDigest } from '../../../support/postgres/tables-digest';

const BOTH = ['OneMSP', 'TwoMSP'];
const FAST = { firstPauseMs: 1, maxPauseMs: 2, statusTimeoutMs: 50, answerTimeoutMs: 5_000 };
const QUICK = { beatMs: 20, leaseMs: 200 };
let members = 0;

describe('several processes of one member on one database', () => {
  const opened: Store[] = [];
  let url: string;
  let member: string;
  before(async function () {
    this.timeout(60_000);
    needPostgres(this);
    ({ url } = await sharedPostgres());
  });
  beforeEach(() => {
    member = `Shared${process.pid}x${++members}MSP`;
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    removeTemporary();
  });
  const open = async (): Promise<Store> => {
    const store = await openPostgresStore(url, member);
    opened.push(store);
    return store;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  describe('the index', () => {
    let network: FakeNetwork;
    beforeEach(async () => {
      network = new FakeNetwork(TEST_OPERATIONS);
      const one = await aMember(network, 'OneMSP', TEST_OPERATIONS);
      await one.operations.submit({ operation: 'openDay', input: { members: BOTH }, recordIds: [] });
      for (let at = 0; at < 10; at++) {
        const { records } = await one.operations.submit({
          operation: 'draft',
          input: { participants: BOTH, price: String(at), heads: BOTH },
          recordIds: [],
        });
        const { id } = records[0]!;
        await one.operations.submit({ operation: 'change', input: { id, status: 'proposed' }, recordIds: [id] });
        await one.operations.submit({ operation: 'notice', input: { order: id, giver: 'OneMSP' }, recordIds: [] });
      }
      await one.indexer.stop();
    });

    it('has the same rows as SQLite from the same blocks, read back from both', async () => {
      const [sqlite, postgres] = [temporaryStore(), await open()];
      for (const store of [sqlite, postgres]) {
        const index = await SqlRecordIndex.open(store, 'TwoMSP');
        for (const { block, transactions } of network.blocks)
          await index.apply(delivered(block, transactions, 'TwoMSP'));
      }
      const expected = await tablesDigest(sqlite);
      expect(expected.rows).to.be.greaterThan(100);
      expect(await tablesDigest(postgres)).to.deep.equal(expected);
      await sqlite.close();
    });

    it('takes each block once, whoever comes first, with the rows of one process alone', async () => {
      const alone = temporaryStore();
      const whole = await SqlRecordIndex.open(alone, 'TwoMSP');
      for (const { block, transactions } of network.blocks) await whole.apply(delivered(block, transactions, 'TwoMSP'));
      const indexes: SqlRecordIndex[] = [];
      for (let at = 0; at < 3; at++) indexes.push(await SqlRecordIndex.open(await open(), 'TwoMSP'));
      const indexers = indexes.map(
        (index) => new Indexer({ ledger: network.ledger('TwoMSP'), index, firstPauseMs: 1 }),
      );
      indexers.forEach((indexer) => indexer.start());
      const last = BigInt(network.blocks.length - 1);
      await Promise.all(indexes.map((index) => index.waitForHeight(last)));
      await Promise.all(indexers.map((indexer) => indexer.stop()));
      for (const index of indexes) expect(index.height).to.equal(last + 1n);
      expect(await tablesDigest(opened[0]!)).to.deep.equal(await tablesDigest(alone));
      await alone.close();
    });

    it('changes one record from several processes one after the other, each change sent once', async () => {
      const stores = [await open(), await open()];
      const locks = stores.map(({ name }) => postgresLocks(url, name));
      const processes = await Promise.all(stores.map((store) => aMember(network, 'TwoMSP', TEST_OPERATIONS, store)));
      const services = processes.map(
        ({ ledger, index, previewer }, at) =>
          new OperationService({ ledger, index, previewer, locks: locks[at]!, pause: async () => undefined }),
      );
      await Promise.all(processes.map(({ index }) => index.waitForHeight(BigInt(network.blocks.length - 1))));
      const [order] = (await processes[0]!.index.list({ type: 'purchaseOrder', limit: 1 })).items;
      const tries = network.shown.get('OneMSP')!.length;
      const changes = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          services[at % 2]!.submit({
            operation: 'change',
            input: { id: order!.id, status: `s${at}` },
            recordIds: [order!.id],
          }),
        ),
      );
      const versions = changes.map(({ written }) => written[0]!.version).sort((one, other) => one - other);
      expect(versions).to.deep.equal(Array.from({ length: 20 }, (_, at) => order!.version + at + 1));
      expect(network.shown.get('OneMSP')!.length - tries).to.equal(20);
      await Promise.all([...processes.map(({ indexer }) => indexer.stop()), ...locks.map((one) => one.close())]);
    });

    it('tells a process whose own stream is broken what another has applied', async () => {
      const [behind, ahead] = [
        await SqlRecordIndex.open(await open(), 'TwoMSP'),
        await SqlRecordIndex.open(await open(), 'TwoMSP'),
      ];
      const waiting = behind.waitForHeight(3n);
      for (const { block, transactions } of network.blocks.slice(0, 4))
        await ahead.apply(delivered(block, transactions, 'TwoMSP'));
      await waiting;
      expect(behind.height).to.equal(4n);
      expect(await failureOf(behind.waitForHeight(4n, 300))).to.deep.include({ code: 'INDEX_BEHIND' });
    });

    it('takes what a hostile text would break: NUL and a long id', async () => {
      network.append([
        { transactionId: `a\0b`, writes: [], code: 8 },
        { transactionId: 'x'.repeat(10_000), writes: [], code: 8 },
      ]);
      const [sqlite, postgres] = [temporaryStore(), await open()];
      for (const store of [sqlite, postgres]) {
        const index = await SqlRecordIndex.open(store, 'TwoMSP');
        for (const { block, transactions } of network.blocks)
          await index.apply(delivered(block, transactions, 'TwoMSP'));
        expect(await index.transaction('a\ufffdb')).to.deep.include({ code: 'BAD_PROPOSAL_TXID' });
      }
      expect(await tablesDigest(postgres)).to.deep.equal(await tablesDigest(sqlite));
      await sqlite.close();
    });
  });

  it('sees that a process has ended, by its silence or by its leaving', async () => {
    const ended: string[] = [];
    const watcher = await ProcessLease.open(await open(), { ...QUICK, onEnded: async () => void ended.push('one') });
    const silent = await ProcessLease.open(await open(), { beatMs: 60_000 });
    const living = await ProcessLease.open(await open(), QUICK);
    expect(await watcher.isAlive(silent.id)).to.equal(true);
    await until(async () => !(await watcher.isAlive(silent.id)));
    await until(async () => ended.length > 0);
    expect(await watcher.isAlive(living.id)).to.equal(true);
    await living.stop();
    expect(await watcher.isAlive(living.id)).to.equal(false);
    await until(async () => ended.length > 1);
    await Promise.all([watcher.stop(), silent.stop()]);
  });

  it('hands the envelopes of a process that ended to one of the others', async () => {
    const store = await open();
    const alive = ['dead', 'one', 'two'];
    const processes = (id: string): Processes => ({
      id,
      isAlive: async (other) => alive.includes(other),
      alive: async () => alive,
    });
    const dead = await Outbox.open(store, new FakeSender('lose'), {
      ...FAST,
      processes: processes('dead'),
      firstPauseMs: 60_000,
    });
    void dead
      .send({ transactionId: 't', envelope: Buffer.from('e'), result: Buffer.from('[]') })
      .catch(() => undefined);
    await until(async () => (await dead.pendingCount()) === 1);
    const senders = [new FakeSender(), new FakeSender()];
    const others: Outbox[] = [];
    for (const [at, sender] of senders.entries())
      others.push(await Outbox.open(await open(), sender, { ...FAST, processes: processes(['one', 'two'][at]!) }));
    await Promise.all(others.map((outbox) => outbox.takeUp()));
    expect(await dead.pendingCount(), 'a living process keeps its own').to.equal(1);
    alive.shift();
    await Promise.all(others.map((outbox) => outbox.takeUp()));
    await until(async () => (await dead.pendingCount()) === 0);
    const sent = senders.flatMap(({ broadcasts }) => broadcasts);
    expect(sent.map(({ envelope }) => Buffer.from(envelope).toString())).to.deep.equal(['e']);
    expect(await dead.entry('t')).to.deep.include({ status: 'committed' });
    await Promise.all([dead, ...others].map((outbox) => outbox.stop()));
  });

  it('lets a process that was taken for dead send nothing under a key another has', async () => {
    const store = await open();
    const alive = ['slow', 'quick'];
    const keys = (id: string): Promise<SqlIdempotencyStore> =>
      SqlIdempotencyStore.open(store, {
        id,
        isAlive: async (other) => alive.includes(other),
        alive: async () => alive,
      });
    const [slow, quick] = [await keys('slow'), await keys('quick')];
    const sender = new FakeSender();
    const outbox = await Outbox.open(store, sender, { ...FAST, lost: (trx, references) => slow.lost(trx, references) });
    const entry = { transactionId: 't', envelope: Buffer.from('e'), result: Buffer.from('[]'), reference: 's/k' };
    await slow.start('s', 'k', 'a');
    alive.shift();
    expect(await quick.start('s', 'k', 'a')).to.deep.equal({ kind: 'interrupted' });
    expect(await failureOf<LedgerError>(outbox.send(entry))).to.deep.include({
      outcome: 'unavailable',
      code: 'TAKEN_OVER',
    });
    expect(sender.broadcasts).to.deep.equal([]);
    expect(await outbox.entry('t')).to.equal(undefined);
    await slow.start('s', 'other', 'a');
    expect(await outbox.send({ ...entry, reference: 's/other' })).to.deep.include({ code: 'VALID' });
    await outbox.stop();
  });

  it('lets writes on one record follow each other across processes, and others pass', async () => {
    const { name } = await open();
    const locks = [postgresLocks(url, name), postgresLocks(url, name)];
    let holders = 0;
    let most = 0;
    const turns: number[] = [];
    const work = (at: number) =>
      locks[at % 2]!.hold(['b', 'a'], async () => {
        most = Math.max(most, ++holders);
        await new Promise((resolve) => setImmediate(resolve));
        holders--;
        turns.push(at);
      });
    await Promise.all(Array.from({ length: 40 }, (_, at) => work(at)));
    expect(turns).to.have.length(40);
    expect(most).to.equal(1);
    const passed = await locks[0]!.hold(['a'], () => locks[1]!.hold(['c'], async () => 'passed'));
    expect(passed).to.equal('passed');
    expect(await failureOf(locks[0]!.hold(['a'], () => Promise.reject(new RangeError())))).to.be.instanceOf(RangeError);
    expect(await locks[1]!.hold(['a'], async () => 'free')).to.equal('free');
    await Promise.all(locks.map((one) => one.close()));
  });
});
