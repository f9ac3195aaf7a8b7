import { expect } from 'chai';
import fc from 'fast-check';
import { Rejection } from '../../../../chaincode/domain/errors';
import type { SettlementEntry } from '../../../../chaincode/domain/operations/reconciliation/types';
import { entryContent } from '../../../../gateway/index/entry-rows';
import { ledgerError } from '../../../../gateway/ports/ledger-port';
import type { PostedEntries, PostedEntry } from '../../../../gateway/ports/posted-entries';
import type { RecordIndex } from '../../../../gateway/ports/record-index';
import {
  LanePostings,
  POSTING_BATCH,
  type EntryOutcome,
  type Posting,
} from '../../../../gateway/services/lane-postings';
import type { Operations, PlainCall } from '../../../../gateway/services/operations';
import { failureOf } from '../../../support/gateway/failure-of';

const LANE = 'a'.repeat(32);

interface Segments {
  readonly segments: readonly { readonly entries: readonly SettlementEntry[]; readonly count: number }[];
}

/** Takes every transaction down and answers it, or refuses it as a test likes. */
class Ledger {
  readonly calls: PlainCall[] = [];
  readonly madeFrom: object[] = [];
  /** What was posted before, by end-to-end id. */
  readonly before = new Map<string, PostedEntry>();
  constructor(private readonly refuse: (ids: readonly string[]) => Error | undefined = () => undefined) {}

  readonly posted: Pick<PostedEntries, 'byId'> = { byId: async () => this.before };

  readonly operations: Operations = {
    submit: async (asked) => {
      const made = typeof asked.input === 'function' ? await asked.input() : { input: asked.input };
      const call = { ...asked, input: made.input };
      this.calls.push(call);
      this.madeFrom.push('madeFrom' in made ? made.madeFrom : {});
      await new Promise((resolve) => setImmediate(resolve));
      const { segments } = call.input as unknown as Segments;
      const error = this.refuse(idsOf(call));
      if (error !== undefined) throw error;
      const number = this.calls.length;
      const written = [LANE, ...segments.map((_, at) => `${number}/${at}`)];
      return {
        transactionId: `tx${number}`,
        blockNumber: BigInt(number),
        written: written.map((id) => ({ id, version: 1, commitment: '' })),
        records: [],
      };
    },
  };

  readonly index = {
    record: async () => ({ version: 1, groups: { lane: { businessDay: 'd' } } }),
    businessDay: async () => ({ date: '2026-11-10' }),
  } as unknown as RecordIndex;
}

function idsOf({ input }: PlainCall): string[] {
  return (input as unknown as Segments).segments.flatMap(({ entries }) => entries.map(({ endToEndId }) => endToEndId));
}

const posting = (reference: string, ids: readonly string[], lane = LANE): Posting => ({
  lane,
  agreement: 'b'.repeat(32),
  reference,
  entries: ids.map((endToEndId) => ({ endToEndId, amountMinor: '1', valueDate: '2026-11-10' }) as SettlementEntry),
});
/** How many entries in a row came to the same place. */
function runs(outcomes: readonly EntryOutcome[] = []): string[] {
  const counts = new Map<string, number>();
  for (const { outcome, place } of outcomes) {
    const name = `${outcome} ${place.recordId ?? ''}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${name} ${count}`);
}
const range = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('postings into a lane', () => {
  it('that wait for one lane go together, under the references of all', async () => {
    const ledger = new Ledger();
    const postings = new LanePostings(ledger);
    const answers = await Promise.all(['k1', 'k2', 'k3'].map((key) => postings.post(posting(key, [key]))));
    expect(ledger.calls).to.have.length(1);
    expect(ledger.calls[0]).to.deep.include({ reference: 'k1', alsoFor: ['k2', 'k3'] });
    const place = { transactionId: 'tx1', blockNumber: '1', recordId: '1/0' };
    expect(answers).to.deep.equal(answers.map(() => [{ outcome: 'posted', place }]));
  });

  it('of different lanes do not wait for each other', async () => {
    const ledger = new Ledger();
    const postings = new LanePostings(ledger);
    await Promise.all(['a', 'c'].map((lane) => postings.post(posting(lane, [lane], lane.repeat(32)))));
    expect(ledger.calls).to.have.length(2);
  });

  it('tell each caller the segments its entries lie in', async () => {
    const ledger = new Ledger();
    const postings = new LanePostings(ledger);
    const [, second] = await Promise.all([
      postings.post(posting('k1', range('x', 900))),
      postings.post(posting('k2', range('y', 1_200))),
    ]);
    expect(runs(second)).to.deep.equal(['posted 1/0 100', 'posted 1/1 1000', 'posted 1/2 100']);
  });

  it('with an end-to-end id that is under way go with the next transaction', async () => {
    const ledger = new Ledger();
    const postings = new LanePostings(ledger);
    await Promise.all(['k1', 'k2'].map((key) => postings.post(posting(key, ['same']))));
    expect(ledger.calls.map(idsOf)).to.deep.equal([['same'], ['same']]);
  });

  it('are sent on the version of the lane that they were compared with', async () => {
    const ledger = new Ledger();
    await new LanePostings(ledger).post(posting('k1', ['a']));
    expect(ledger.madeFrom).to.deep.equal([{ [LANE]: 1 }]);
  });

  describe('that stand in the lane already', () => {
    const known = (endToEndId: string, amountMinor = '1'): PostedEntry => {
      const entry = { endToEndId, amountMinor, valueDate: '2026-11-10' } as SettlementEntry;
      return {
        endToEndId,
        content: entryContent(LANE, entry),
        segment: 's0',
        transactionId: 'tx0',
        blockNumber: '0',
      };
    };

    it('are left out, and told with the place where they stand; the others fill segments without a gap', async () => {
      const ledger = new Ledger();
      const ids = range('x', 1_500);
      for (const id of ids.filter((_, at) => at % 3 === 0)) ledger.before.set(id, known(id));
      const outcomes = await new LanePostings(ledger).post(posting('k1', ids));
      expect(runs(outcomes)).to.deep.equal(['duplicate s0 500', 'posted 1/0 1000']);
      expect(ledger.calls.map(idsOf)).to.deep.equal([ids.filter((_, at) => at % 3 !== 0)]);
    });

    it('send no transaction when none is left', async () => {
      const ledger = new Ledger();
      ledger.before.set('a', known('a'));
      const place = { transactionId: 'tx0', blockNumber: '0', recordId: 's0' };
      const outcomes = await new LanePostings(ledger).post(posting('k1', ['a']));
      expect(outcomes).to.deep.equal([{ outcome: 'duplicate', place }]);
      expect(ledger.calls).to.deep.equal([]);
    });

    it('with another content are refused with their place, and no other caller suffers', async () => {
      const ledger = new Ledger();
      ledger.before.set('b', known('b', '2'));
      const postings = new LanePostings(ledger);
      const answers = await Promise.allSettled(['a', 'b', 'c'].map((id) => postings.post(posting(id, [id]))));
      expect(answers.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
      const refused = await failureOf(postings.post(posting('b', ['d', 'b'])));
      const details = { entry: '1', record: 's0', field: '/endToEndId' };
      expect(refused).to.deep.include({ code: 'SEGMENT_ENTRY_CONFLICT', details });
    });
  });

  it('are refused one by one, so that the guilty one alone is told', async () => {
    const ledger = new Ledger((ids) => (ids.includes('bad') ? new Rejection('ENTRY_LIMIT_EXCEEDED') : undefined));
    const postings = new LanePostings(ledger);
    const answers = await Promise.allSettled(['good', 'bad', 'fine'].map((id) => postings.post(posting(id, [id]))));
    expect(answers.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
    expect(ledger.calls.map(({ alsoFor }) => alsoFor?.length)).to.deep.equal([2, 0, 0, 0]);
  });

  it('whose outcome nobody knows are told so, all of them, and none is sent again', async () => {
    const ledger = new Ledger(() => ledgerError('unknown', 'OUTCOME_UNKNOWN'));
    const postings = new LanePostings(ledger);
    const answers = await Promise.all(['k1', 'k2'].map((key) => failureOf(postings.post(posting(key, [key])))));
    expect(answers.map((error) => (error as { outcome?: string }).outcome)).to.deep.equal(['unknown', 'unknown']);
    expect(ledger.calls).to.have.length(1);
  });

  it('never exceed a transaction, lose an entry or post one twice', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: POSTING_BATCH }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, async (counts) => {
        const ledger = new Ledger();
        const postings = new LanePostings(ledger);
        const wanted = counts.map((count, at) => range(`${at}-`, count));
        const answers = await Promise.all(wanted.map((ids, at) => postings.post(posting(`k${at}`, ids))));
        expect(answers.map((outcomes) => outcomes.length)).to.deep.equal(counts);
        const sent = ledger.calls.map(idsOf);
        for (const ids of sent) expect(ids.length).to.be.at.most(POSTING_BATCH);
        expect(sent.flat()).to.deep.equal(wanted.flat());
      }),
      { numRuns: 30 },
    );
  });
});
