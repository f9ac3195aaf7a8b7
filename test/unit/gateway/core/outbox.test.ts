import { expect } from 'chai';
import { Outbox, type OutboxOptions } from '../../../../gateway/outbox/outbox';
import { StorageError, type Database } from '../../../../network/storage/database';
import type { LedgerError } from '../../../../gateway/ports/ledger-port';
import { FakeSender } from '../../../support/gateway/fake-sender';
import { failureOf } from '../../../support/gateway/failure-of';
import { sqliteStore } from '../../../../gateway/database/sqlite-store';
import {
  removeTemporary,
  temporaryDatabase,
  temporaryFolder,
  temporaryStore,
} from '../../../support/gateway/temporary-database';

const FAST: OutboxOptions = { firstPauseMs: 1, maxPauseMs: 2, statusTimeoutMs: 50, answerTimeoutMs: 5_000 };
const entry = (transactionId: string, reference?: string) => ({
  transactionId,
  envelope: Buffer.from(`envelope of ${transactionId}`),
  result: Buffer.from('[]'),
  ...(reference !== undefined && { reference }),
});

describe('outbox', () => {
  afterEach(removeTemporary);

  it('has the envelope on disk before anybody sees it', async () => {
    const database = temporaryDatabase();
    const stored: number[] = [];
    const sender = new FakeSender();
    const outbox = await Outbox.open(sqliteStore(database), sender, FAST);
    const seen = sender.broadcast.bind(sender);
    sender.broadcast = async (id, envelope) => {
      stored.push(
        database.prepare("SELECT * FROM outbox WHERE transaction_id = ? AND status = 'pending'").all(id).length,
      );
      return seen(id, envelope);
    };
    await outbox.send(entry('t1'));
    expect(stored).to.deep.equal([1]);
    await outbox.stop();
  });

  it('answers the committed block and keeps the result and the reference', async () => {
    const outbox = await Outbox.open(temporaryStore(), new FakeSender(), FAST);
    const status = await outbox.send(entry('t1', 'key-1'));
    await outbox.stop();
    expect(status).to.deep.equal({ code: 'VALID', blockNumber: 1n });
    expect(await outbox.byReference('key-1')).to.have.length(1);
    expect(await outbox.entry('t1')).to.deep.include({
      status: 'committed',
      code: 'VALID',
      blockNumber: 1n,
      attempts: 1,
    });
    expect(await outbox.pendingCount()).to.equal(0);
  });

  it('lets a caller wait for what an earlier process sent, so that a repeat is answered by its outcome', async () => {
    const database = temporaryDatabase();
    const before = await Outbox.open(sqliteStore(database), new FakeSender('lose'), { ...FAST, firstPauseMs: 60_000 });
    void before.send(entry('t1', 'key-1')).catch(() => undefined);
    while ((await before.pendingCount()) === 0) await new Promise((done) => setImmediate(done));
    await before.stop();
    const outbox = await Outbox.open(sqliteStore(database), new FakeSender(), FAST);
    expect((await outbox.byReference('key-1'))[0]?.status).to.equal('pending');
    await outbox.resume();
    await outbox.settled('key-1');
    expect((await outbox.byReference('key-1'))[0]?.status).to.equal('committed');
    await outbox.stop();
  });

  it('broadcasts the same bytes again when the orderer lost what it acknowledged', async () => {
    const sender = new FakeSender('lose', 'unavailable', 'lose');
    const outbox = await Outbox.open(temporaryStore(), sender, FAST);
    await outbox.send(entry('t1'));
    await outbox.stop();
    expect(sender.broadcasts).to.have.length(4);
    expect(new Set(sender.broadcasts.map(({ envelope }) => Buffer.from(envelope).toString()))).to.have.length(1);
    expect((await outbox.entry('t1'))?.attempts).to.equal(4);
  });

  for (const [code, outcome] of [
    ['MVCC_READ_CONFLICT', 'conflict'],
    ['PHANTOM_READ_CONFLICT', 'conflict'],
    ['ENDORSEMENT_POLICY_FAILURE', 'rejected'],
  ] as const) {
    it(`tells ${code} as ${outcome}`, async () => {
      const sender = new FakeSender();
      sender.code = code;
      const outbox = await Outbox.open(temporaryStore(), sender, FAST);
      const error = await failureOf<LedgerError>(outbox.send(entry('t1')));
      expect(error).to.deep.include({ outcome, code, transactionId: 't1' });
      await outbox.stop();
      expect(await outbox.entry('t1')).to.deep.include({ status: outcome, code });
    });
  }

  it('tells a refusal of the first attempt as rejected, without asking on', async () => {
    const sender = new FakeSender('refuse');
    const outbox = await Outbox.open(temporaryStore(), sender, FAST);
    expect(await failureOf<LedgerError>(outbox.send(entry('t1')))).to.deep.include({
      outcome: 'rejected',
      code: 'ORDERER_REFUSED',
    });
    expect(sender.broadcasts).to.have.length(1);
    await outbox.stop();
  });

  it('does not take a refusal of a later attempt for the end: the first may have been ordered', async () => {
    const sender = new FakeSender('unavailable', 'refuse', 'accept');
    const outbox = await Outbox.open(temporaryStore(), sender, FAST);
    expect((await outbox.send(entry('t1'))).code).to.equal('VALID');
    await outbox.stop();
  });

  it('tells an outcome it has not seen as unknown, and still learns it', async () => {
    const sender = new FakeSender();
    sender.blind = true;
    const outbox = await Outbox.open(temporaryStore(), sender, { ...FAST, answerTimeoutMs: 20 });
    expect(await failureOf<LedgerError>(outbox.send(entry('t1')))).to.deep.include({
      outcome: 'unknown',
      code: 'OUTCOME_UNKNOWN',
      transactionId: 't1',
    });
    expect(await outbox.entry('t1')).to.deep.include({ status: 'pending', code: null });
    sender.blind = false;
    while ((await outbox.entry('t1'))?.status === 'pending') await new Promise((resolve) => setImmediate(resolve));
    expect(await outbox.entry('t1')).to.deep.include({ status: 'committed', blockNumber: 1n });
    await outbox.stop();
  });

  it('asks again when only a repeat was told: the first copy decides', async () => {
    const sender = new FakeSender();
    const outbox = await Outbox.open(temporaryStore(), sender, FAST);
    const status = sender.status.bind(sender);
    sender.status = async (id) =>
      sender.statusCalls++ === 0 ? { code: 'DUPLICATE_TXID', blockNumber: 9n } : status(id);
    expect(await outbox.send(entry('t1'))).to.deep.equal({ code: 'VALID', blockNumber: 1n });
    await outbox.stop();
  });

  it('takes up after a restart what was not final: asks first, then sends the same bytes', async () => {
    const folder = temporaryFolder();
    const before = new FakeSender('lose', 'lose', 'lose', 'lose', 'lose', 'lose', 'lose', 'lose');
    before.blind = true;
    const database = temporaryDatabase(folder);
    const first = await Outbox.open(sqliteStore(database), before, {
      ...FAST,
      answerTimeoutMs: 5,
      firstPauseMs: 1_000,
      maxPauseMs: 1_000,
    });
    const outcomes = await Promise.all([
      failureOf<LedgerError>(first.send(entry('lost'))),
      failureOf<LedgerError>(first.send(entry('committed'))),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['unknown', 'unknown']);
    await first.stop();

    const after = new FakeSender();
    after.committed.set('committed', { code: 'VALID', blockNumber: 7n });
    const second = await Outbox.open(sqliteStore(database), after, FAST);
    await second.resume();
    while ((await second.pendingCount()) > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(after.broadcasts.map(({ transactionId }) => transactionId)).to.deep.equal(['lost']);
    expect(Buffer.from(after.broadcasts[0]!.envelope).toString()).to.equal('envelope of lost');
    expect(await second.entry('committed')).to.deep.include({ status: 'committed', blockNumber: 7n });
    expect(await second.entry('lost')).to.deep.include({ status: 'committed', blockNumber: 1n });
    await second.stop();
  });

  it('stops at once and reports what is under way as unknown', async () => {
    const sender = new FakeSender();
    sender.status = () => new Promise(() => undefined);
    const outbox = await Outbox.open(temporaryStore(), sender, {
      ...FAST,
      statusTimeoutMs: 60_000,
      answerTimeoutMs: 60_000,
    });
    const sent = failureOf<LedgerError>(outbox.send(entry('t1')));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await outbox.stop();
    expect((await sent).outcome).to.equal('unknown');
    expect((await failureOf<LedgerError>(outbox.send(entry('t2')))).code).to.equal('GATEWAY_STOPPING');
    expect(await outbox.entry('t2')).to.equal(undefined);
  });

  it('sends nothing when it cannot store, and again once it can', async () => {
    const sender = new FakeSender();
    const database = limited(temporaryDatabase());
    const outbox = await Outbox.open(sqliteStore(database), sender, FAST);
    database.fault = 'full';
    expect(await failureOf<LedgerError>(outbox.send(entry('t1')))).to.deep.include({
      outcome: 'unavailable',
      code: 'OUTBOX_FULL',
    });
    expect(sender.broadcasts).to.have.length(0);
    expect(await outbox.entry('t1')).to.equal(undefined);
    database.fault = 'none';
    expect((await outbox.send(entry('t1'))).code).to.equal('VALID');
    await outbox.stop();
  });

  it('says that nothing was sent when the database is out of reach', async () => {
    const sender = new FakeSender();
    const database = limited(temporaryDatabase());
    const outbox = await Outbox.open(sqliteStore(database), sender, FAST);
    database.fault = 'away';
    expect(await failureOf<LedgerError>(outbox.send(entry('t1')))).to.deep.include({
      outcome: 'unavailable',
      code: 'DATABASE_UNAVAILABLE',
    });
    database.fault = 'none';
    expect(await outbox.entry('t1')).to.equal(undefined);
    expect(sender.broadcasts).to.have.length(0);
    await outbox.stop();
  });

  it('sends what it stored though the end of the commit was not told, and marks its end when it can', async () => {
    const sender = new FakeSender();
    const database = limited(temporaryDatabase());
    const outbox = await Outbox.open(sqliteStore(database), sender, FAST);
    database.fault = 'lostCommit';
    const status = sender.status.bind(sender);
    sender.status = (id) => {
      database.fault = 'lostCommit';
      return status(id);
    };
    expect(await outbox.send(entry('t1', 'key-1'))).to.deep.equal({ code: 'VALID', blockNumber: 1n });
    expect(sender.broadcasts).to.have.length(1);
    await outbox.settled('key-1');
    expect(await outbox.byReference('key-1')).to.have.length(1);
    expect(await outbox.entry('t1')).to.deep.include({ status: 'committed', attempts: 1 });
    await outbox.stop();
  });

  it('stores many envelopes of one turn in one SQL transaction', async () => {
    const outbox = await Outbox.open(temporaryStore(), new FakeSender(), FAST);
    const sent = Promise.all(Array.from({ length: 100 }, (_, i) => outbox.send(entry(`t${i}`))));
    while (outbox.commits === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await outbox.pendingCount()).to.equal(100);
    expect(outbox.commits).to.equal(1);
    await sent;
    await outbox.stop();
    expect(await outbox.pendingCount()).to.equal(0);
  });
});

type Fault = 'none' | 'full' | 'away' | 'lostCommit';

/** A database whose disk can be filled, that can be out of reach, or whose next commit is made and not told. */
function limited(database: Database): Database & { fault: Fault } {
  return {
    fault: 'none',
    path: database.path,
    driver: database.driver,
    exec(sql) {
      if (this.fault === 'full' && sql.startsWith('BEGIN')) throw new StorageError('FULL', 'database or disk is full');
      if (this.fault === 'away' && sql.startsWith('BEGIN')) throw new StorageError('UNREACHABLE', 'ECONNREFUSED');
      database.exec(sql);
      if (this.fault !== 'lostCommit' || sql !== 'COMMIT') return;
      this.fault = 'none';
      throw new StorageError('UNREACHABLE', 'ECONNRESET');
    },
    prepare: (sql) => database.prepare(sql),
    close: () => database.close(),
    transaction: (work) => database.transaction(work),
  };
}
