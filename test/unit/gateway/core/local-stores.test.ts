import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { SqliteDocumentStore } from '../../../../gateway/index/document-store';
import { SqliteIdempotencyStore } from '../../../../gateway/index/idempotency-store';
import { migrate } from '../../../../gateway/index/migrations';
import { removeTemporary, temporaryDatabase } from '../../../support/gateway/temporary-database';

describe('local stores', () => {
  afterEach(removeTemporary);

  it("keeps a document as received, and the first arrival's circumstances", () => {
    const store = new SqliteDocumentStore(temporaryDatabase());
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    const first = { bytes, mediaType: 'application/xml', source: 'alice', channel: 'upload', parserVersion: '1' };
    const kept = store.put(first);
    expect(kept.sha256).to.equal(createHash('sha256').update(bytes).digest('hex'));
    expect(store.put({ ...first, source: 'bob', parserVersion: '2' })).to.deep.equal(kept);
    expect(Buffer.from(store.get(kept.sha256)!.bytes).equals(bytes)).to.equal(true);
    expect(store.get('0'.repeat(64))).to.equal(undefined);
  });

  describe('idempotency keys', () => {
    const response = { status: 201, headers: { location: '/v1/x' }, body: '{}' };

    it('start once, replay the first answer, refuse another body', () => {
      const store = new SqliteIdempotencyStore(temporaryDatabase());
      expect(store.start('one', 'k', 'a')).to.deep.equal({ kind: 'started' });
      expect(store.start('one', 'k', 'a')).to.deep.equal({ kind: 'inFlight' });
      expect(store.start('one', 'k', 'b')).to.deep.equal({ kind: 'differs' });
      store.finish('one', 'k', response);
      expect(store.start('one', 'k', 'a')).to.deep.equal({ kind: 'replay', response });
      expect(store.start('one', 'k', 'b')).to.deep.equal({ kind: 'differs' });
      expect(store.start('two', 'k', 'b')).to.deep.equal({ kind: 'started' });
    });

    it('can be used again when the request had no effect, but not once answered', () => {
      const store = new SqliteIdempotencyStore(temporaryDatabase());
      store.start('one', 'k', 'a');
      store.abandon('one', 'k');
      expect(store.start('one', 'k', 'b')).to.deep.equal({ kind: 'started' });
      store.finish('one', 'k', response);
      store.abandon('one', 'k');
      expect(store.start('one', 'k', 'b')).to.deep.equal({ kind: 'replay', response });
    });

    it('tell one caller after a restart that the first try was cut off', () => {
      const database = temporaryDatabase();
      new SqliteIdempotencyStore(database).start('one', 'k', 'a');
      const next = new SqliteIdempotencyStore(database);
      expect(next.start('one', 'k', 'b')).to.deep.equal({ kind: 'differs' });
      expect(next.start('one', 'k', 'a')).to.deep.equal({ kind: 'interrupted' });
      expect(next.start('one', 'k', 'a')).to.deep.equal({ kind: 'inFlight' });
    });
  });

  it('migrates step by step, once, and refuses a file of a newer program', () => {
    const database = temporaryDatabase();
    migrate(database, 'thing', ['CREATE TABLE thing (a)']);
    migrate(database, 'thing', ['CREATE TABLE thing (a)', 'ALTER TABLE thing ADD COLUMN b']);
    migrate(database, 'other', ['CREATE TABLE other (a)']);
    expect(database.prepare('SELECT a, b FROM thing').all()).to.deep.equal([]);
    expect(() => migrate(database, 'thing', ['CREATE TABLE thing (a)'])).to.throw(/version 2/);
  });

  it('leaves a failed migration undone', () => {
    const database = temporaryDatabase();
    expect(() => migrate(database, 'thing', ['CREATE TABLE thing (a)', 'nonsense'])).to.throw();
    migrate(database, 'thing', ['CREATE TABLE thing (a)']);
    expect(database.prepare('SELECT a FROM thing').all()).to.deep.equal([]);
  });
});
