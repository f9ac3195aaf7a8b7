import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { createTable, migrate, type MigrationStep } from '../../../../gateway/database/migrations';
import { soleProcess, type Processes } from '../../../../gateway/database/processes';
import { SqlDocumentStore } from '../../../../gateway/index/document-store';
import { SqlIdempotencyStore } from '../../../../gateway/index/idempotency-store';
import { SigningStore, type StoredSigningRequest } from '../../../../gateway/services/signing-store';
import { failureOf } from '../../../support/gateway/failure-of';
import { removeTemporary } from '../../../support/gateway/temporary-database';
import { eachDatabase } from '../../../support/postgres/each-database';

eachDatabase('local stores', (open) => {
  after(removeTemporary);

  it("keeps a document as received, and the first arrival's circumstances", async () => {
    const store = await SqlDocumentStore.open(await open());
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const first = { bytes, mediaType: 'application/xml', source: 'alice', channel: 'upload', parserVersion: '1' };
    const kept = await store.put(first);
    expect(kept.sha256).to.equal(createHash('sha256').update(bytes).digest('hex'));
    const again = await store.put({ ...first, source: 'bob', parserVersion: '2' });
    expect({ ...again, bytes }).to.deep.equal({ ...kept, bytes });
    expect(Buffer.from((await store.get(kept.sha256))!.bytes).equals(bytes)).to.equal(true);
    expect(await store.get('0'.repeat(64))).to.equal(undefined);
  });

  describe('idempotency keys', () => {
    const response = { status: 201, headers: { location: '/v1/x' }, body: '{}' };

    it('start once, replay the first answer, refuse another body', async () => {
      const store = await SqlIdempotencyStore.open(await open(), soleProcess());
      expect(await store.start('one', 'k', 'a')).to.deep.equal({ kind: 'started' });
      expect(await store.start('one', 'k', 'a')).to.deep.equal({ kind: 'inFlight', isHere: true });
      expect(await store.start('one', 'k', 'b')).to.deep.equal({ kind: 'differs' });
      await store.finish('one', 'k', response);
      expect(await store.start('one', 'k', 'a')).to.deep.equal({ kind: 'replay', response });
      expect(await store.start('one', 'k', 'b')).to.deep.equal({ kind: 'differs' });
      expect(await store.start('two', 'k', 'b')).to.deep.equal({ kind: 'started' });
    });

    it('begin once each, however many ask at once, and end together', async () => {
      const tables = await open();
      const store = await SqlIdempotencyStore.open(tables, soleProcess());
      const keys = Array.from({ length: 300 }, (_, at) => `key ${at % 100}`);
      const begun = await Promise.all(keys.map((key) => store.start('one', key, 'a')));
      const started = keys.filter((_, at) => begun[at]?.kind === 'started');
      expect([...started].sort()).to.deep.equal([...new Set(keys)].sort());
      await Promise.all(started.map((key) => store.finish('one', key, { ...response, body: key })));
      const again = await SqlIdempotencyStore.open(tables, soleProcess());
      for (const key of started) {
        const replay = { kind: 'replay', response: { ...response, body: key } };
        expect(await again.start('one', key, 'a')).to.deep.equal(replay);
      }
    });

    it('can be used again when the request had no effect, but not once answered', async () => {
      const store = await SqlIdempotencyStore.open(await open(), soleProcess());
      await store.start('one', 'k', 'a');
      await store.abandon('one', 'k');
      expect(await store.start('one', 'k', 'b')).to.deep.equal({ kind: 'started' });
      await store.finish('one', 'k', response);
      await store.abandon('one', 'k');
      expect(await store.start('one', 'k', 'b')).to.deep.equal({ kind: 'replay', response });
    });

    it('tell one caller after a restart that the first try was cut off', async () => {
      const tables = await open();
      await (await SqlIdempotencyStore.open(tables, soleProcess())).start('one', 'k', 'a');
      const next = await SqlIdempotencyStore.open(tables, soleProcess());
      expect(await next.start('one', 'k', 'b')).to.deep.equal({ kind: 'differs' });
      expect(await next.start('one', 'k', 'a')).to.deep.equal({ kind: 'interrupted' });
      expect(await next.start('one', 'k', 'a')).to.deep.equal({ kind: 'inFlight', isHere: true });
    });

    it('belong to a living process, until it lets go of them', async () => {
      const tables = await open();
      const alive: string[] = [];
      const member = async (id: string): Promise<SqlIdempotencyStore> => {
        alive.push(id);
        const processes: Processes = { id, isAlive: async (one) => alive.includes(one), alive: async () => alive };
        return SqlIdempotencyStore.open(tables, processes);
      };
      const [one, two] = [await member('one'), await member('two')];
      const starts = await Promise.all([one, two].map((store) => store.start('s', 'k', 'a')));
      expect(starts.map(({ kind }) => kind).sort()).to.deep.equal(['inFlight', 'started']);
      const [owner, other] = starts[0]!.kind === 'started' ? [one, two] : [two, one];
      await other.abandon('s', 'k');
      await other.finish('s', 'k', response);
      expect(await other.start('s', 'k', 'a')).to.deep.equal({ kind: 'inFlight', isHere: false });
      await owner.release('s', 'k');
      expect(await other.start('s', 'k', 'a')).to.deep.equal({ kind: 'interrupted' });
      expect(await owner.start('s', 'k', 'a')).to.deep.equal({ kind: 'inFlight', isHere: false });
      await other.finish('s', 'k', response);
      expect(await owner.start('s', 'k', 'a')).to.deep.equal({ kind: 'replay', response });
    });
  });

  it('changes a signing request only as it was read', async () => {
    const store = await SigningStore.open(await open());
    const request = { id: 'r', createdAt: 'now', status: 'open' } as unknown as StoredSigningRequest;
    await store.insert(request);
    const taken = { ...request, status: 'submitting' } as StoredSigningRequest;
    const replaced = await Promise.all([store.replace(request, taken), store.replace(request, taken)]);
    expect(replaced.sort()).to.deep.equal([false, true]);
    expect(await store.get('r')).to.deep.equal(taken);
    expect(await store.get('none')).to.equal(undefined);
  });

  const thing: MigrationStep = (db, types) =>
    createTable(db, types, { name: 'thing', columns: { a: 'text' }, key: ['a'] });
  const wider: MigrationStep = (db, types) => db.schema.alterTable('thing').addColumn('b', types.text).execute();

  it('migrates step by step, once, also when several begin at once, and refuses tables of a newer program', async () => {
    const store = await open();
    await migrate(store, 'thing', [thing]);
    await Promise.all([1, 2, 3].map(() => migrate(store, 'thing', [thing, wider])));
    const rows = await store.db
      .selectFrom('thing' as never)
      .selectAll()
      .execute();
    expect(rows).to.deep.equal([]);
    expect((await failureOf<Error>(migrate(store, 'thing', [thing]))).message).to.match(/version 2/);
  });

  it('leaves a failed migration undone', async () => {
    const store = await open();
    const broken: MigrationStep = (db) => db.schema.dropTable('nowhere').execute();
    expect(await failureOf(migrate(store, 'thing', [thing, broken]))).to.be.instanceOf(Error);
    await migrate(store, 'thing', [thing]);
    expect(
      await store.db
        .selectFrom('thing' as never)
        .selectAll()
        .execute(),
    ).to.deep.equal([]);
  });
});
