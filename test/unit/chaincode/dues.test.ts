import { expect } from 'chai';
import type { Json } from '../../../chaincode/domain/json';
import { lateInterestOf, type ConditionFacts } from '../../../chaincode/domain/operations/finance/payment-condition';
import { as, type Receivable } from '../../../chaincode/domain/trade-types';
import { codeOf } from '../../support/chaincode/attempts';
import { CASES } from '../../support/chaincode/acts';
import { orderContent, refundAct, reportAct, returnAct } from '../../support/chaincode/story';
import { BUYER, DueStory, dueStory, dueTales, LATE_INTEREST, SELLER } from '../../support/chaincode/due-story';

type Fields = { readonly [name: string]: Json };

describe('dues', () => {
  const { story, paid } = dueTales();

  describe('reversal', () => {
    it('a payment returned leaves its principal owing one way and its reversal the other', async () => {
      const made = await paid();
      await made.world.run(returnAct(made));
      expect(made.world.status(made.payment)).to.equal('returned');
      const { endToEndId, uetr, amountMinor } = made.world.groups(made.payment)['payment']!;
      expect(made.dues().map(({ debtor, creditor, number, entry }) => [entry.type, number, debtor, creditor])).to.eql([
        ['principal', 1, BUYER, SELLER],
        ['reversal', 1, SELLER, BUYER],
      ]);
      const { entry } = made.dues()[1]!;
      expect(entry).to.include({ endToEndId, uetr, amountMinor, valueDate: '2026-11-10', invoiceRef: 'INV-1' });
    });

    it('opens the receivable again, no further than its face value, and its instalment can be instructed anew', async () => {
      const made = await paid();
      const receivable = made.ids['receivable']!;
      const before = as<Receivable>(made.world.groups(receivable)).claim;
      expect([made.world.status(receivable), before.openMinor]).to.eql(['settled', '0']);
      await made.world.run(returnAct(made));
      const { claim, progress } = as<Receivable>(made.world.groups(receivable));
      expect([made.world.status(receivable), claim.openMinor]).to.eql(['discounted', claim.faceValueMinor]);
      expect(progress.instalments.map(({ status }) => status)).to.eql(['returned']);
      expect(await codeOf(made.chapter(), returnAct(made))).to.equal('STATUS_FORBIDS');
      const again = CASES['instructPayment']!.make(made.chapter());
      const { response } = await made.world.run({ ...again, as: SELLER });
      made.ids = { ...made.ids, payment: response[1]!.id };
      await made.world.run(reportAct(made, 'paid'));
      expect(made.world.status(receivable)).to.equal('settled');
      expect(as<Receivable>(made.world.groups(receivable)).claim.openMinor).to.equal('0');
    });

    for (const [what, change, code] of [
      ['part of it', { amountMinor: '112499' }, 'PAYMENT_REPORT_DIFFERS'],
      ['another currency', { currency: 'EUR' }, 'PAYMENT_REPORT_DIFFERS'],
      ['another payment', { endToEndId: 'E-1' }, 'PAYMENT_REPORT_DIFFERS'],
      ['before it was made', { valueDate: '2026-11-09' }, 'DATE_INVALID'],
      ['without a reason', { reason: null }, 'REQUEST_INVALID'],
    ] as const) {
      it(`not ${what}`, async () => {
        const made = await paid();
        expect(await codeOf(made.chapter(), returnAct(made, change))).to.equal(code);
      });
    }

    it('nobody but the creditor’s member says that money comes back', async () => {
      const made = await paid();
      for (const member of [BUYER, 'PlatformMSP', 'LogisticsMSP']) {
        expect(await codeOf(made.chapter(), { ...returnAct(made), as: member })).to.equal('CREATOR_NOT_ENTITLED');
      }
    });
  });

  describe('fee', () => {
    const charge = (change: Fields = {}): Fields => ({
      amountMinor: '150',
      currency: 'USD',
      bearer: 'DEBT',
      member: SELLER,
      agent: null,
      ...change,
    });
    const fees = async (...charges: readonly Fields[]): Promise<readonly (readonly unknown[])[]> =>
      (await paid({ charges }))
        .dues()
        .filter(({ entry }) => entry.type === 'fee')
        .map(({ number, debtor, creditor, entry }) => [number, debtor, creditor, entry.amountMinor]);

    for (const [bearer, member, owed] of [
      ['DEBT', SELLER, [BUYER, SELLER]],
      ['DEBT', BUYER, null],
      ['CRED', BUYER, [SELLER, BUYER]],
      ['CRED', SELLER, null],
      ['SHAR', SELLER, null],
      ['SHAR', BUYER, null],
      ['SLEV', SELLER, null],
      ['DEBT', null, null],
      ['CRED', null, null],
    ] as const) {
      it(`levied by ${member ?? 'a third bank'}, borne ${bearer}: ${owed?.join(' owes ') ?? 'nothing owed'}`, async () => {
        expect(await fees(charge({ bearer, member }))).to.deep.equal(owed === null ? [] : [[1, ...owed, '150']]);
      });
    }

    it('each charge for itself, under its place in the report', async () => {
      const list = [charge(), charge({ bearer: 'SHAR' }), charge({ bearer: 'CRED', member: BUYER, amountMinor: '7' })];
      expect(await fees(...list)).to.deep.equal([
        [1, BUYER, SELLER, '150'],
        [3, SELLER, BUYER, '7'],
      ]);
    });

    it('keeps nothing on a payment without charges', async () => {
      for (const charges of [[], null]) {
        const made = await paid({ charges });
        expect(made.world.groups(made.payment)['payment']).to.not.have.property('charges');
      }
    });

    for (const [what, change, code] of [
      ['of nothing', { amountMinor: '0' }, 'AMOUNT_INVALID'],
      ['above the payment', { amountMinor: '112501' }, 'AMOUNT_INVALID'],
      ['in another currency', { currency: 'EUR' }, 'PAYMENT_REPORT_DIFFERS'],
      ['of the platform', { member: 'PlatformMSP' }, 'MEMBER_UNKNOWN'],
      ['of the creditor’s bank under another name', { member: BUYER, agent: 'BANKUS33XXX' }, 'MEMBER_UNKNOWN'],
      ['of a BIC that is none', { agent: 'BANK' }, 'CODE_UNKNOWN'],
      ['that somebody else bears', { bearer: 'ANNA' }, 'REQUEST_INVALID'],
      ['with more than it has', { tip: '1' }, 'REQUEST_INVALID'],
    ] as const) {
      it(`no charge ${what}`, async () => {
        const made = story();
        const act = reportAct(made, 'paid', { charges: [charge(change)] });
        expect(await codeOf(made.chapter(), act)).to.equal(code);
      });
    }

    it('no charges of a payment refused, and no more than twenty', async () => {
      const made = story();
      const refused = reportAct(made, 'rejected', { charges: [charge()] });
      expect(await codeOf(made.chapter(), refused)).to.equal('REQUEST_INVALID');
      const charges = Array.from({ length: 21 }, () => charge({ amountMinor: '1' }));
      expect(await codeOf(made.chapter(), reportAct(made, 'paid', { charges }))).to.equal('REQUEST_TOO_LARGE');
    });

    it('stays owing when the payment is returned', async () => {
      const made = await paid({ charges: [charge()] });
      await made.world.run(returnAct(made));
      expect(made.dues().map(({ entry }) => entry.type)).to.deep.equal(['principal', 'fee', 'reversal']);
    });
  });

  describe('interest', () => {
    const interest = (made: DueStory): readonly (readonly unknown[])[] =>
      made
        .dues()
        .filter(({ entry }) => entry.type === 'interest')
        .map(({ number, debtor, creditor, entry }) => [number, debtor, creditor, entry.amountMinor, entry.valueDate]);

    it('is owed on a payment made after the invoice was due, by the order’s terms', async () => {
      const made = await paid({ valueDate: '2027-01-09' });
      expect(interest(made)).to.deep.equal([[1, BUYER, SELLER, '750', '2027-01-09']]);
      expect(made.world.groups(made.payment)['payment']).to.deep.include({
        lateInterest: { ...LATE_INTEREST, dueDate: '2026-12-10' },
      });
    });

    it('is not owed on the day it was due', async () => {
      expect(interest(await paid({ valueDate: '2026-12-10' }))).to.deep.equal([]);
    });

    it('is nothing where the parties agreed on none, and leaves such orders as they were', async () => {
      for (const terms of [{}, { lateInterest: null }]) {
        const made = DueStory.from((await dueStory(undefined, terms)).chapters.at(-1)!);
        await made.world.run(reportAct(made, 'paid', { valueDate: '2027-01-09' }));
        expect(interest(made)).to.deep.equal([]);
        expect(made.world.groups(made.payment)['payment']).to.not.have.property('lateInterest');
        expect(made.world.groups(made.ids['order']!)['payment']).to.not.have.property('lateInterest');
      }
    });

    for (const [instalmentDue, returnedOn, dueDate] of [
      ['2026-11-10', undefined, '2026-12-10'],
      ['2026-12-20', undefined, '2026-12-20'],
      ['2026-12-20', '2027-01-19', '2027-01-19'],
      ['2026-12-20', '2026-12-01', '2026-12-20'],
    ] as const) {
      it(`runs from ${dueDate}: instalment ${instalmentDue}, invoice 2026-12-10, back ${returnedOn ?? 'never'}`, async () => {
        const { world, ids } = (await dueStory()).chapters.at(-1)!;
        const facts = ['order', 'invoice', 'receivable'].map((name) => [name, world.groups(ids[name]!)] as const);
        const { receivable, ...other } = Object.fromEntries(facts) as unknown as ConditionFacts;
        const paidOnce = { index: 0, payment: '', status: 'returned', ...(returnedOn && { returnedOn }) } as const;
        const elsewhere = { ...paidOnce, index: 1, returnedOn: '2027-06-01' };
        const progress = { instalments: [paidOnce, elsewhere] };
        const found = lateInterestOf({ ...other, receivable: { ...receivable, progress } }, 0, instalmentDue);
        expect(found).to.deep.equal({ lateInterest: { ...LATE_INTEREST, dueDate } });
      });
    }

    it('does not run twice over a time in which the creditor had the money', async () => {
      const made = await paid({ valueDate: '2027-01-09' });
      await made.world.run(returnAct(made, { valueDate: '2027-01-19' }));
      expect(interest(made), 'what arose stays').to.deep.equal([[1, BUYER, SELLER, '750', '2027-01-09']]);
      const { response } = await made.world.run({ ...CASES['instructPayment']!.make(made.chapter()), as: SELLER });
      made.ids = { ...made.ids, payment: response[1]!.id };
      await made.world.run(reportAct(made, 'paid', { valueDate: '2027-01-29' }));
      // Ten days since the money came back, not fifty since the invoice was due.
      expect(interest(made)).to.deep.equal([[1, BUYER, SELLER, '250', '2027-01-29']]);
    });

    for (const [what, terms] of [
      ['no rate', { dayCount: 'ACT/360' }],
      ['a rate of nothing', { ...LATE_INTEREST, rateBasisPoints: 0 }],
      ['a rate above 100 %', { ...LATE_INTEREST, rateBasisPoints: 10_001 }],
      ['half a basis point', { ...LATE_INTEREST, rateBasisPoints: 0.5 }],
      ['an unknown day count', { ...LATE_INTEREST, dayCount: 'ACT/ACT' }],
      ['anything more', { ...LATE_INTEREST, compound: true }],
    ] as const) {
      it(`is not agreed with ${what}`, async () => {
        const made = story();
        const usual = orderContent(made.ids['businessDay']!);
        const input = { ...usual, payment: { ...(usual['payment'] as Fields), lateInterest: terms } };
        const act = { as: 'PlatformMSP', operation: 'draftPurchaseOrder', input };
        expect(await codeOf(made.chapter(), act)).to.equal('REQUEST_INVALID');
      });
    }
  });

  describe('refund', () => {
    const refunds = (made: DueStory): readonly (readonly unknown[])[] =>
      made
        .dues()
        .filter(({ entry }) => entry.type === 'refund')
        .map(({ number, debtor, creditor, entry }) => [number, debtor, creditor, entry.amountMinor, entry.valueDate]);

    it('part by part leaves each part owing, and the receivable settled', async () => {
      const made = await paid();
      await made.world.run(refundAct(made));
      await made.world.run(refundAct(made, { amountMinor: '100000', valueDate: '2026-11-12' }));
      expect(refunds(made)).to.deep.equal([
        [1, SELLER, BUYER, '12500', '2026-11-10'],
        [2, SELLER, BUYER, '100000', '2026-11-12'],
      ]);
      const { endToEndId, uetr } = made.world.groups(made.payment)['payment']!;
      expect(made.dues().at(-1)!.entry).to.include({ endToEndId, uetr, invoiceRef: 'INV-1' });
      expect(made.world.status(made.payment)).to.equal('paid');
      expect(made.world.status(made.ids['receivable']!)).to.equal('settled');
      expect(await codeOf(made.chapter(), refundAct(made, { amountMinor: '1' }))).to.equal('REFUND_EXCEEDS_PAYMENT');
    });

    it('and return of the same payment do not go together', async () => {
      const made = await paid();
      await made.world.run(refundAct(made));
      expect(await codeOf(made.chapter(), returnAct(made))).to.equal('PAYMENT_REFUNDED');
      const returned = await paid();
      await returned.world.run(returnAct(returned));
      expect(await codeOf(returned.chapter(), refundAct(returned))).to.equal('STATUS_FORBIDS');
    });

    for (const [what, change, code] of [
      ['of nothing', { amountMinor: '0' }, 'AMOUNT_INVALID'],
      ['above the payment', { amountMinor: '112501' }, 'REFUND_EXCEEDS_PAYMENT'],
      ['before it was made', { valueDate: '2026-11-09' }, 'DATE_INVALID'],
      ['for a reason nobody knows', { code: 'mood' }, 'REQUEST_INVALID'],
      ['without a word', { text: '' }, 'REQUEST_INVALID'],
      ['by an overlong credit note', { creditNote: 'x'.repeat(36) }, 'REQUEST_INVALID'],
    ] as const) {
      it(`not ${what}`, async () => {
        const made = await paid();
        expect(await codeOf(made.chapter(), refundAct(made, change))).to.equal(code);
      });
    }

    it('nobody but the creditor’s member gives back', async () => {
      const made = await paid();
      for (const member of [BUYER, 'PlatformMSP']) {
        expect(await codeOf(made.chapter(), { ...refundAct(made), as: member })).to.equal('CREATOR_NOT_ENTITLED');
      }
    });

    it('twenty times at most', async () => {
      const made = await paid();
      for (let times = 0; times < 20; times++) await made.world.run(refundAct(made, { amountMinor: '1' }));
      expect(refunds(made)).to.have.length(20);
      expect(await codeOf(made.chapter(), refundAct(made, { amountMinor: '1' }))).to.equal('REQUEST_TOO_LARGE');
    });
  });
});
