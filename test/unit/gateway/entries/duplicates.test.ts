import { expect } from 'chai';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import type { EntriesAnswer } from '../../../../gateway/entries/entries-answer';
import { postEntriesFile } from '../../../../gateway/entries/post-file';
import type { HttpProblem } from '../../../../gateway/http/problem';
import { INDEX_STEPS } from '../../../../gateway/index/schema';
import { SqlRecordIndex } from '../../../../gateway/index/sql-record-index';
import { delivered } from '../../../support/gateway/block-builder';
import { failureOf } from '../../../support/gateway/failure-of';
import { removeTemporary, temporaryStore } from '../../../support/gateway/temporary-database';
import { ndjson, PostingNetwork, type EntryLine } from '../../../support/entries/posting-network';
import { eachDatabase } from '../../../support/postgres/each-database';
import { tablesDigest } from '../../../support/postgres/tables-digest';

const ids = (...names: readonly string[]): EntryLine[] =>
  names.map((endToEndId, at) => ({ endToEndId, amountMinor: String(100 + at) }));

eachDatabase('entries that come again', (open) => {
  let net: PostingNetwork;
  let keys = 0;
  beforeEach(async () => {
    net = await PostingNetwork.open(await open());
  });
  afterEach(async () => {
    await net.stop();
    removeTemporary();
  });

  const post = (
    entries: readonly EntryLine[],
    { process = net.process(), lane = net.lane, partial = false, reference = `k${keys++}` } = {},
  ): Promise<EntriesAnswer> => {
    const bytes = Buffer.from(ndjson(entries));
    const upload = { size: bytes.length, open: () => Readable.from([bytes]) };
    return postEntriesFile(process, { lane, mediaType: 'application/x-ndjson', upload, reference, partial });
  };
  const outcomes = ({ accepted, duplicates, refused, complete }: EntriesAnswer): unknown[] => [
    accepted,
    duplicates,
    refused,
    complete,
  ];

  it('are told as duplicates with the place where they stand, and nothing is posted', async () => {
    const first = await post(ids('a', 'b', 'c'));
    expect(outcomes(first)).to.deep.equal([3, 0, 0, true]);
    const height = net.network.blocks.length;
    const again = await post(ids('a', 'b', 'c'));
    expect(outcomes(again)).to.deep.equal([0, 3, 0, true]);
    const [{ transactionId, recordId }] = first.segments as [EntriesAnswer['segments'][number]];
    expect(again.duplicateLines).to.deep.equal([1, 2, 3].map((line) => ({ line, transactionId, recordId })));
    expect(again.totals.duplicate).to.deep.equal({ entries: 3, amountMinor: '303' });
    expect(again.segments).to.deep.equal([]);
    expect(net.network.blocks).to.have.length(height);
  });

  it('may have their end-to-end id in another lane', async () => {
    await post(ids('a'));
    expect(outcomes(await post(ids('a'), { lane: net.lanes[1]! }))).to.deep.equal([1, 0, 0, true]);
  });

  it('with another content are refused by their line; with partial=true the others are posted', async () => {
    await post(ids('a', 'b'));
    const changed = [...ids('a'), { endToEndId: 'b', amountMinor: '7' }, { endToEndId: 'c' }];
    const refused = (await failureOf(post(changed))) as HttpProblem;
    expect([refused.code, refused.errors]).to.deep.equal([
      'BULK_LINES_INVALID',
      [{ line: 2, pointer: '/endToEndId', code: 'SEGMENT_ENTRY_CONFLICT' }],
    ]);
    expect(await net.standing()).to.deep.equal(['a', 'b']);
    const answer = await post(changed, { partial: true });
    expect(outcomes(answer)).to.deep.equal([1, 1, 1, true]);
    expect(answer.totals.refused).to.deep.equal({ entries: 1, amountMinor: '7' });
    expect(await net.standing()).to.deep.equal(['a', 'b', 'c']);
  });

  it('under another id are posted, with a word on the other one', async () => {
    const { segments } = await post([{ endToEndId: 'a' }]);
    const answer = await post([{ endToEndId: 'b' }, { endToEndId: 'c', amountMinor: '9' }, { endToEndId: 'd' }]);
    expect(outcomes(answer)).to.deep.equal([3, 0, 0, true]);
    expect(answer.possibleDuplicates).to.equal(2);
    expect(answer.possibleDuplicateLines).to.deep.equal([
      { line: 1, endToEndId: 'a', recordId: segments[0]?.recordId },
      { line: 3, endToEndId: 'b', otherLine: 1 },
    ]);
    expect((await post([{ endToEndId: 'e', orderRef: 'other' }])).possibleDuplicates).to.equal(0);
  });

  it('posted by another process in between are left out of what is sent again', async () => {
    const [one, two] = [net.process(), net.process()];
    net.network.beforeSubmit = async () => {
      await post(ids('a', 'b'), { process: two });
    };
    const answer = await post(ids('a', 'b', 'c'), { process: one });
    expect(outcomes(answer)).to.deep.equal([1, 2, 0, true]);
    expect(await net.standing()).to.deep.equal(['a', 'b', 'c']);
  });

  it('posted differently by another process in between are refused; with partial=true, they alone', async () => {
    const [one, two] = [net.process(), net.process()];
    const faster = (name: string) => async () => {
      await post([{ endToEndId: name, amountMinor: '7' }], { process: two });
    };
    net.network.beforeSubmit = faster('a');
    expect(await failureOf(post(ids('a', 'b'), { process: one }))).to.deep.include({ code: 'BULK_LINES_INVALID' });
    net.network.beforeSubmit = faster('c');
    const answer = await post(ids('c', 'd'), { process: one, partial: true });
    expect(outcomes(answer)).to.deep.equal([1, 0, 1, true]);
    expect(answer.refusedLines).to.deep.equal([{ line: 1, pointer: '/endToEndId', code: 'SEGMENT_ENTRY_CONFLICT' }]);
    expect(await net.standing()).to.deep.equal(['a', 'c', 'd']);
  });

  it('whose answer was lost are told as posted to the same request, as duplicates to another one', async () => {
    net.losesAnswer = true;
    const lost = await failureOf(post(ids('a', 'b'), { reference: 'k' }));
    expect(lost).to.deep.include({ outcome: 'unknown' });
    expect(outcomes(await post(ids('a', 'b'), { reference: 'k' }))).to.deep.equal([2, 0, 0, true]);
    expect(outcomes(await post(ids('a', 'b'), { reference: 'other' }))).to.deep.equal([0, 2, 0, true]);
    expect(await net.standing()).to.deep.equal(['a', 'b']);
  });

  it('stand exactly once, however a file is cut, repeated and handed to several processes at once', async function () {
    this.timeout(120_000);
    let round = 0;
    const piece = fc.record({ from: fc.nat(29), count: fc.integer({ min: 1, max: 30 }), process: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(piece, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), async (waves) => {
        const prefix = `${round++}-`;
        const file = Array.from({ length: 30 }, (_, at) => ({
          endToEndId: `${prefix}${at}`,
          amountMinor: `${at + 1}`,
        }));
        const processes = [net.process(), net.process(), net.process()];
        const sent = new Set<string>();
        let accepted = 0;
        for (const wave of waves) {
          const answers = await Promise.all(
            wave.map(({ from, count, process }) => {
              const part = file.slice(from, from + count);
              part.forEach(({ endToEndId }) => sent.add(endToEndId));
              return post(part, { process: processes[process]! });
            }),
          );
          for (const answer of answers) {
            expect(answer.complete).to.equal(true);
            accepted += answer.accepted;
          }
        }
        const standing = (await net.standing()).filter((id) => id.startsWith(prefix));
        expect([...standing].sort()).to.deep.equal([...sent].sort());
        expect(accepted).to.equal(sent.size);
      }),
      { numRuns: 25 },
    );
  });

  describe('are found by rows of the index', () => {
    const replayed = async (mspId = 'OneMSP', into = open()) => {
      const store = await into;
      const index = await SqlRecordIndex.open(store, mspId);
      for (const { block, transactions } of net.network.blocks)
        await index.apply(delivered(block, transactions, mspId));
      return store;
    };

    it('that an index read anew on either database has as well, and the receiver’s too', async () => {
      await post(ids('a', 'b', 'c'));
      await post([{ endToEndId: 'c', amountMinor: '102' }, { endToEndId: 'd' }]);
      const onSqlite = Promise.resolve(temporaryStore());
      const [one, again, other] = [await replayed(), await replayed('OneMSP', onSqlite), await replayed('TwoMSP')];
      expect(await tablesDigest(one)).to.deep.equal(await tablesDigest(again));
      for (const { db } of [one, other]) {
        const rows = await db.selectFrom('posted_entries').selectAll().orderBy('end_to_end_id').execute();
        expect(rows.map(({ lane, end_to_end_id }) => [lane, end_to_end_id])).to.deep.equal(
          ['a', 'b', 'c', 'd'].map((id) => [net.lane, id]),
        );
        expect(new Set(rows.map(({ segment }) => segment)).size).to.equal(2);
      }
    });

    it('that are made out of the segments of an index which did not have them', async () => {
      for (let at = 0; at < 20; at++) await post(ids(`a${at}`, `b${at}`));
      const [expected, older] = [await replayed(), await replayed()];
      await older.db.schema.dropTable('posted_entries').execute();
      await older.db.updateTable('schema_versions').set({ version: 1 }).where('component', '=', 'index').execute();
      const index = await SqlRecordIndex.open(older, 'OneMSP');
      expect(INDEX_STEPS).to.have.length(2);
      expect(await tablesDigest(older)).to.deep.equal(await tablesDigest(expected));
      const rows = await older.db.selectFrom('posted_entries').selectAll().execute();
      expect(rows).to.have.length(40);
      expect(index.height).to.equal(BigInt(net.network.blocks.length));
    });
  });
});
