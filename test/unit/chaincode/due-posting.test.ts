import { expect } from 'chai';
import fc from 'fast-check';
import type { BusinessDay } from '../../../chaincode/domain/business-day';
import { newContext } from '../../../chaincode/domain/context';
import { Rejection } from '../../../chaincode/domain/errors';
import { MOST_DUES } from '../../../chaincode/domain/operations/reconciliation/lane-memory';
import { postDue } from '../../../chaincode/domain/operations/reconciliation/post-due';
import { chapterAt, codeOf } from '../../support/chaincode/attempts';
import { reportAct, returnAct } from '../../support/chaincode/story';
import { BUYER, DueStory, dueStory, dueTales, SELLER } from '../../support/chaincode/due-story';

describe('what dues leave in lanes', () => {
  const { story, paid } = dueTales();

  describe('posting', () => {
    it('is in the lane whose debtor owes it, by that lane’s sender, and nowhere else', async () => {
      const made = await paid();
      await made.world.run(returnAct(made));
      const table: readonly (readonly [kind: string, lane: string, as: string, code: string])[] = [
        ['principal', 'lane', BUYER, 'allowed'],
        ['principal', 'lane', SELLER, 'CREATOR_NOT_ENTITLED'],
        ['principal', 'back', SELLER, 'AGREEMENT_NOT_IN_FORCE'],
        ['principal', 'asked', SELLER, 'allowed'],
        ['reversal', 'back', SELLER, 'allowed'],
        ['reversal', 'lane', BUYER, 'AGREEMENT_NOT_IN_FORCE'],
        ['reversal', 'asked', SELLER, 'AGREEMENT_NOT_IN_FORCE'],
        ['fee', 'lane', BUYER, 'NOTHING_OWED'],
        ['bonus', 'lane', BUYER, 'REQUEST_INVALID'],
      ];
      for (const [kind, lane, member, code] of table) {
        const act = made.post({ kind, number: 1 }, lane, member);
        expect(await codeOf(made.chapter(), act), `${kind} ${lane} ${member}`).to.equal(code);
      }
      const second = made.post({ kind: 'principal', number: 2 }, 'lane', BUYER);
      expect(await codeOf(made.chapter(), second)).to.equal('NOTHING_OWED');
    });

    it('is not possible again in another lane of the same debtor', async () => {
      const made = await paid();
      await made.world.run(made.post({ kind: 'principal', number: 1 }, 'asked', SELLER));
      for (const [lane, member] of [
        ['lane', BUYER],
        ['asked', SELLER],
      ] as const) {
        const again = made.post({ kind: 'principal', number: 1 }, lane, member);
        expect(await codeOf(made.chapter(), again), lane).to.equal('DUE_POSTED_ALREADY');
      }
    });

    it('takes every lane of the pair, so that none hides an earlier posting', async () => {
      const made = await paid();
      const act = made.post({ kind: 'principal', number: 1 }, 'lane', BUYER);
      for (const hidden of ['back', 'asked']) {
        const records = act.records!.filter((id) => id !== made.ids[hidden]);
        expect(await codeOf(made.chapter(), { ...act, records }), hidden).to.equal('RECORD_NOT_SUPPLIED');
      }
    });

    it('takes a kind only where the agreement does', async () => {
      const narrow = DueStory.from(chapterAt((await dueStory(['principal'])).chapters, 'payment instructed'));
      await narrow.world.run(reportAct(narrow, 'paid'));
      await narrow.world.run(returnAct(narrow));
      const act = narrow.post({ kind: 'reversal', number: 1 }, 'back', SELLER);
      expect(await codeOf(narrow.chapter(), act)).to.equal('AGREEMENT_NOT_IN_FORCE');
    });

    it('of an adjustment rests on the break, and knows its kind', async () => {
      const made = story();
      for (const happening of [4, 5]) await made.happen(happening);
      const adjustment = made.dues().find(({ source }) => source === made.ids['break']);
      expect(adjustment).to.include({ debtor: SELLER, creditor: BUYER });
      await made.world.run(made.posting(adjustment!));
      expect(made.entries().map(({ entry, debtor }) => [entry.type, entry.amountMinor, debtor])).to.deep.equal([
        ['adjustment', '5', SELLER],
      ]);
      const asFee = made.post({ kind: 'fee', number: 1, source: made.ids['break']! }, 'back', SELLER);
      expect(await codeOf(made.chapter(), asFee)).to.equal('NOTHING_OWED');
    });

    it('of a record that leaves nothing owing is not possible', async () => {
      const made = story();
      for (const name of ['order', 'receivable', 'agreement', 'run']) {
        const act = made.post({ kind: 'principal', number: 1, source: made.ids[name]! }, 'lane', BUYER);
        expect(await codeOf(made.chapter(), act), name).to.equal('NOTHING_OWED');
      }
    });

    it('ends where the lane remembers as many as it may', async () => {
      const made = await paid();
      const act = made.post({ kind: 'principal', number: 1 }, 'lane', BUYER);
      const apply = (taken: number): unknown => {
        const principals = Array.from({ length: taken - 1 }, (_, at) => String(at));
        const memory = { principals, dues: ['fee/0/1'] };
        const records = act.records!.map((id) => {
          const { document } = made.world.supplied(id);
          const { lane } = made.world.groups(id);
          const groups = id === made.ids['lane'] ? { lane: { ...lane, ...memory } } : made.world.groups(id);
          return [id, { document, commitment: '', groups }] as const;
        });
        const day = made.world.publicValue(`d/${made.ids['businessDay']!}`) as unknown as BusinessDay;
        const none = new Map<string, never>();
        const context = newContext({
          channel: 'trade',
          chaincode: 'records',
          transactionId: 'f'.repeat(64),
          creatorMspId: BUYER,
          creatorCertificate: '',
          records: new Map(records),
          skeletons: none,
          businessDays: new Map([[day.id, day]]),
          noticeHeads: none,
          claims: none,
          calendars: none,
          bindings: none,
          network: undefined,
        });
        return postDue.apply(context, postDue.parse(act.input));
      };
      expect(() => apply(MOST_DUES))
        .to.throw(Rejection)
        .with.property('code', 'REQUEST_TOO_LARGE');
      expect(apply(MOST_DUES - 1)).to.have.length(2);
    });

    it('judges by the whole source or not at all', async () => {
      const made = await paid();
      const act = made.post({ kind: 'principal', number: 1 }, 'lane', BUYER);
      const tamper: (typeof act)['tamper'] = (request) => ({
        ...request,
        records: request.records.map((record) => {
          if (record.document.id !== made.payment) return record;
          const { roles } = record.groups;
          return { ...record, groups: roles === undefined ? {} : { roles } };
        }),
      });
      expect(await codeOf(made.chapter(), { ...act, tamper })).to.equal('RECORD_NOT_SUPPLIED');
    });

    it('salts entries of one source each for itself', async () => {
      const made = await paid();
      await made.world.run(returnAct(made));
      for (const due of made.dues()) await made.postAnyhow(due);
      const salts = made.entries().map(({ salt }) => salt);
      expect(salts.length).to.equal(2);
      expect(new Set(salts).size).to.equal(2);
    });
  });

  it('posting every due once leaves the pair’s books equal to the dues, whatever happened in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(DueStory.HAPPENINGS - 1), { maxLength: 8 }),
        fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
        async (happenings, order) => {
          const made = story();
          for (const [at, happening] of happenings.entries()) {
            await made.happen(happening);
            if (order[at]! % 2 === 0) await made.postSome(order[at]!);
          }
          for (const due of made.dues()) await made.postAnyhow(due);
          for (const due of made.dues()) expect(await made.codeOfPosting(due)).to.equal('DUE_POSTED_ALREADY');
          const owed = sums(made.dues().map(({ debtor, entry }) => [debtor, entry.type, entry.amountMinor]));
          const posted = sums(made.entries().map(({ debtor, entry }) => [debtor, entry.type, entry.amountMinor]));
          expect(posted).to.deep.equal(owed);
          const books = sums(made.lanes().map(({ debtor, amountMinor }) => [debtor, 'all', amountMinor]));
          expect(books).to.deep.equal(sums(made.dues().map(({ debtor, entry }) => [debtor, 'all', entry.amountMinor])));
        },
      ),
      { numRuns: 40 },
    );
  });
});

function sums(rows: readonly (readonly [debtor: string, kind: string, amountMinor: string])[]): Record<string, string> {
  const found: Record<string, bigint> = {};
  for (const [debtor, kind, amountMinor] of rows) {
    const key = `${debtor} ${kind}`;
    found[key] = (found[key] ?? 0n) + BigInt(amountMinor);
  }
  const told = Object.entries(found).filter(([, sum]) => sum > 0n);
  return Object.fromEntries(told.map(([key, sum]) => [key, String(sum)]));
}
