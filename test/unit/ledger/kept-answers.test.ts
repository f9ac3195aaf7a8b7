import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlockStore } from '../../../network/embedded/block-store/block-store';
import type { StateChange, UpdateBatch } from '../../../network/embedded/world-state/state';
import { StateTable } from '../../../network/embedded/world-state/state-table';
import type { Database } from '../../../network/storage/database';
import { openDatabase } from '../../../network/storage/open-database';

describe('answers the ledger keeps in memory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'concordat-kept-'));
  let database: Database;
  let count = 0;
  beforeEach(() => {
    database = openDatabase(join(folder, `${count++}.db`));
  });
  afterEach(() => database.close());
  after(() => rmSync(folder, { recursive: true, force: true }));

  const batch = (key: string, value: string | null, blockNumber: number): UpdateBatch => {
    const bytes = value === null ? null : Buffer.from(value);
    const change: StateChange = { value: bytes, metadata: null, version: { blockNumber, txNumber: 0 } };
    return new Map([['cc', new Map([[key, change]])]]);
  };
  const textOf = (table: StateTable, key: string): string | undefined => {
    const held = table.get('cc', key);
    return held && Buffer.from(held.value).toString();
  };

  it('follow every change: absent, written, overwritten, deleted', () => {
    const table = new StateTable(database, 'state');
    const seen = [textOf(table, 'k')];
    for (const [at, value] of ['one', 'two', null, 'three'].entries()) {
      database.transaction(() => table.apply(batch('k', value, at)));
      seen.push(textOf(table, 'k'), textOf(table, 'k'));
    }
    expect(seen).to.deep.equal([undefined, 'one', 'one', 'two', 'two', undefined, undefined, 'three', 'three']);
    expect(table.get('cc', 'k')?.version.blockNumber).to.equal(3);
  });

  it('do not remember what was rolled back', () => {
    const table = new StateTable(database, 'state');
    database.transaction(() => table.apply(batch('k', 'kept', 1)));
    expect(textOf(table, 'k')).to.equal('kept');
    const failing = (): void =>
      database.transaction(() => {
        table.apply(batch('k', 'lost', 2));
        table.apply(batch('new', 'lost', 2));
        throw new Error('disk full');
      });
    expect(failing).to.throw('disk full');
    expect([textOf(table, 'k'), textOf(table, 'new')]).to.deep.equal(['kept', undefined]);
  });

  it('tell keys and namespaces apart whatever is in their names', () => {
    const table = new StateTable(database, 'state');
    const version = { blockNumber: 1, txNumber: 0 };
    const change: StateChange = { value: Buffer.from('x'), metadata: null, version };
    expect(table.get('a', 'b\u0000c')).to.equal(undefined);
    database.transaction(() => table.apply(new Map([['a', new Map([['b\u0000c', change]])]])));
    expect(table.get('a', 'b\u0000c')?.version).to.deep.equal(version);
    expect(table.get('a', 'b')).to.equal(undefined);
  });

  it('stay right when there are more than are kept', () => {
    const table = new StateTable(database, 'state');
    database.transaction(() => {
      for (let at = 0; at < 5_000; at++) table.apply(batch(`k${at}`, `v${at}`, 1));
    });
    for (const round of [1, 2]) {
      for (let at = 0; at < 5_000; at += 7) expect(textOf(table, `k${at}`), `round ${round}`).to.equal(`v${at}`);
    }
  });

  it('find a transaction once its block is there, and never one that was rolled back', () => {
    const blocks = new BlockStore(database);
    const block = (txId: string) => ({
      number: 0,
      hash: Buffer.from(txId),
      bytes: Buffer.from('bytes'),
      transactions: [{ txId, code: 0 }],
    });
    expect([blocks.locate('lost'), blocks.locate('kept')]).to.deep.equal([undefined, undefined]);
    const failing = (): void =>
      database.transaction(() => {
        blocks.append(block('lost'));
        throw new Error('disk full');
      });
    expect(failing).to.throw('disk full');
    expect(blocks.locate('lost')).to.equal(undefined);
    database.transaction(() => blocks.append(block('kept')));
    blocks.appended(block('kept'));
    expect(blocks.locate('kept')).to.deep.equal({ blockNumber: 0, txNumber: 0, code: 0 });
  });
});
