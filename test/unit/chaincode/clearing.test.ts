import { expect } from 'chai';
import fc from 'fast-check';
import { Rejection } from '../../../chaincode/domain/errors';
import type { Json } from '../../../chaincode/domain/json';
import {
  clearingSavings,
  netPositions,
  settlementInstructions,
} from '../../../chaincode/domain/operations/clearing/netting';
import { BANKS, ClearingStory, DATE } from '../../support/chaincode/clearing-story';
import type { Act, World } from '../../support/chaincode/world';

const MEMBERS = ['A', 'B', 'C', 'D', 'E'];
const anyPair = fc
  .tuple(fc.constantFrom(...MEMBERS), fc.constantFrom(...MEMBERS))
  .filter(([one, other]) => one < other) as fc.Arbitrary<[string, string]>;
const anyAmount = fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String);
const anyStatement = fc.record({ pair: anyPair, debitMinor: anyAmount, creditMinor: anyAmount });
const sum = (amounts: readonly string[]): bigint => amounts.reduce((total, amount) => total + BigInt(amount), 0n);

describe('netting', () => {
  it('keeps every unit: nets add up to zero, and the payments bring every net to zero', () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 30 }), fc.constantFrom(null, ...MEMBERS), (statements, agent) => {
        const positions = netPositions(MEMBERS, statements);
        expect(sum(positions.map(({ netMinor }) => netMinor))).to.equal(0n);
        const left = new Map(positions.map(({ member, netMinor }) => [member, BigInt(netMinor)]));
        for (const { debtor, creditor, amountMinor } of settlementInstructions(positions, agent)) {
          expect(BigInt(amountMinor) > 0n).to.equal(true);
          left.set(debtor, left.get(debtor)! + BigInt(amountMinor));
          left.set(creditor, left.get(creditor)! - BigInt(amountMinor));
        }
        expect([...left.values()].filter((net) => net !== 0n)).to.deep.equal([]);
      }),
    );
  });

  it('takes at most one payment less than there are members, and never more money than the pairs would move', () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 30 }), (statements) => {
        const payments = settlementInstructions(netPositions(MEMBERS, statements), null);
        expect(payments.length).to.be.at.most(MEMBERS.length - 1);
        const { bilateralMinor, netMinor, grossMinor, savedBasisPoints } = clearingSavings(statements, payments);
        expect(BigInt(netMinor) <= BigInt(bilateralMinor) && BigInt(bilateralMinor) <= BigInt(grossMinor)).to.equal(
          true,
        );
        expect(savedBasisPoints).to.be.within(0, 10_000);
      }),
    );
  });

  it('is the same in whatever order statements and members come', () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 20 }), (statements) => {
        const one = settlementInstructions(netPositions(MEMBERS, statements), null);
        const other = settlementInstructions(netPositions([...MEMBERS].reverse(), [...statements].reverse()), null);
        expect(one).to.deep.equal(other);
      }),
    );
  });

  it('of a circle leaves nothing to pay', () => {
    const owed = (pair: [string, string], debitMinor: string, creditMinor: string) => ({
      pair,
      debitMinor,
      creditMinor,
    });
    const circle = [owed(['A', 'B'], '100', '0'), owed(['B', 'C'], '100', '0'), owed(['A', 'C'], '0', '100')];
    const payments = settlementInstructions(netPositions(['A', 'B', 'C'], circle), null);
    expect(payments).to.deep.equal([]);
    expect(clearingSavings(circle, payments)).to.deep.equal({
      grossMinor: '300',
      bilateralMinor: '300',
      netMinor: '0',
      bilateralPayments: 3,
      payments: 0,
      savedBasisPoints: 10_000,
    });
  });
});

/** B owes R 1,000, R owes S 700, B is owed 100 by S. */
const OWED = [
  { debtor: 'BuyerBankMSP', creditor: 'ReserveBankMSP', amountMinor: '1000' },
  { debtor: 'ReserveBankMSP', creditor: 'SellerBankMSP', amountMinor: '700' },
  { debtor: 'SellerBankMSP', creditor: 'BuyerBankMSP', amountMinor: '100' },
] as const;
const PAIRS = ['BR', 'RS', 'BS'] as const;

describe('a clearing of three banks', () => {
  let prepared: { world: World; ids: ClearingStory['ids'] };
  let story: ClearingStory;
  const codeOf = async (act: Act): Promise<string> =>
    story.world.judge(act).then(
      () => 'allowed',
      (error: unknown) => {
        if (error instanceof Rejection) return error.code;
        throw error;
      },
    );
  const all = (): Json[] => PAIRS.map((key) => story.disclosure(key));
  const compute = async (statements = all()): Promise<void> => {
    await story.act('computed', story.computing(statements), ['clearing']);
  };

  before(async () => {
    story = await ClearingStory.open();
    for (const owed of OWED) {
      await story.owe(owed);
      await story.countersign(owed.debtor, owed.creditor);
    }
    await story.agree(PAIRS);
    prepared = { world: story.world.clone(), ids: story.ids };
  });
  beforeEach(() => {
    story.world = prepared.world.clone();
    story.ids = prepared.ids;
  });

  it('nets all pairs, saves payments, and is settled when all have signed and paid', async () => {
    await compute();
    const { clearing } = story.clearing();
    expect(clearing.positions.map(({ member, netMinor }) => `${member} ${netMinor}`)).to.deep.equal([
      'BuyerBankMSP -900',
      'ReserveBankMSP 300',
      'SellerBankMSP 600',
    ]);
    expect(clearing.savings).to.deep.include({
      grossMinor: '1800',
      netMinor: '900',
      bilateralPayments: 3,
      payments: 2,
    });
    expect(
      clearing.instructions.map(({ debtor, creditor, amountMinor }) => `${debtor} ${creditor} ${amountMinor}`),
    ).to.deep.equal(['BuyerBankMSP SellerBankMSP 600', 'BuyerBankMSP ReserveBankMSP 300']);
    expect(new Set(clearing.instructions.map(({ uetr }) => uetr)).size).to.equal(2);
    const statuses: string[] = [];
    for (const bank of BANKS) {
      await story.world.run(story.signingClearing(bank));
      statuses.push(story.world.status(story.id('clearing')));
    }
    expect(statuses).to.deep.equal(['signed', 'signed', 'agreed']);
    for (const [at, { debtor, creditor }] of clearing.instructions.entries()) {
      const input = { clearing: story.id('clearing'), instruction: at, valueDate: DATE };
      const report = { operation: 'reportSettlement', input, records: [story.id('clearing')] };
      const confirm = { ...report, operation: 'confirmSettlement' };
      expect(await codeOf({ ...confirm, as: creditor })).to.equal('STATUS_FORBIDS');
      expect(await codeOf({ ...report, as: creditor })).to.equal('CREATOR_NOT_ENTITLED');
      await story.world.run({ ...report, as: debtor });
      expect(await codeOf({ ...report, as: debtor })).to.equal('STATUS_FORBIDS');
      expect(await codeOf({ ...confirm, as: debtor })).to.equal('CREATOR_NOT_ENTITLED');
      await story.world.run({ ...confirm, as: creditor });
    }
    expect(story.world.status(story.id('clearing'))).to.equal('settled');
  });

  it('shows members outside a pair its sums, and nothing else of its statement', () => {
    const shown = story.disclosure('BR') as { fields: { name: string }[] };
    expect(shown.fields.map(({ name }) => name)).to.deep.equal([
      'businessDay',
      'creditMinor',
      'currency',
      'date',
      'debitMinor',
      'pair',
    ]);
    expect(JSON.stringify(shown)).to.not.match(/segments|entriesRoot|calendars/);
  });

  type Shown = {
    document: { [name: string]: Json };
    size: number;
    fields: { name: string; value: Json; path: Json }[];
  };
  const changed = (key: (typeof PAIRS)[number], change: (shown: Shown) => void): Json[] => {
    const statements = structuredClone(all()) as unknown as Shown[];
    change(statements[PAIRS.indexOf(key)]!);
    return statements as unknown as Json[];
  };
  const field = (shown: Shown, name: string) => shown.fields.find((one) => one.name === name)!;
  const attacks: readonly (readonly [string, () => Act, string])[] = [
    [
      'another sum',
      () => story.computing(changed('BR', (shown) => (field(shown, 'debitMinor').value = '1'))),
      'GROUP_NOT_COMMITTED',
    ],
    [
      'sums exchanged',
      () =>
        story.computing(
          changed('BR', (shown) => {
            const [debit, credit] = [field(shown, 'debitMinor'), field(shown, 'creditMinor')];
            [debit.name, credit.name] = [credit.name, debit.name];
          }),
        ),
      'GROUP_NOT_COMMITTED',
    ],
    [
      'a proof of another field',
      () => story.computing(changed('BR', (shown) => (field(shown, 'date').path = field(shown, 'pair').path))),
      'GROUP_NOT_COMMITTED',
    ],
    [
      'a field twice',
      () => story.computing(changed('BR', (shown) => (shown.fields[0] = shown.fields[1]!))),
      'REQUEST_INVALID',
    ],
    ['another tree', () => story.computing(changed('BR', (shown) => (shown.size = 3))), 'GROUP_NOT_COMMITTED'],
    [
      'an altered document',
      () => story.computing(changed('BR', (shown) => (shown.document['salt'] = '0'.repeat(32)))),
      'RECORD_STALE',
    ],
    [
      'a statement said to be signed',
      () => story.computing(changed('BR', (shown) => (shown.document['status'] = 'closed'))),
      'STATEMENT_NOT_COUNTERSIGNED',
    ],
    ['a statement twice', () => story.computing([...all(), story.disclosure('BR')]), 'STATEMENT_NOT_DUE'],
    ['another date', () => story.computing(all(), { date: '2026-11-11' }), 'STATEMENT_NOT_DUE'],
    ['a stranger', () => ({ ...story.computing(all()), as: 'PlatformMSP' }), 'CREATOR_NOT_ENTITLED'],
    ['no statement', () => story.computing([]), 'REQUEST_INVALID'],
  ];
  for (const [title, make, code] of attacks) {
    it(`refuses ${title}: ${code}`, async () => expect(await codeOf(make())).to.equal(code));
  }

  it('names a pair that is left out, for all to sign, and clears it later', async () => {
    await compute(all().slice(0, 2));
    expect(story.clearing().clearing.leftOut).to.deep.equal([{ pair: ['BuyerBankMSP', 'SellerBankMSP'], date: DATE }]);
    for (const bank of BANKS) await story.world.run(story.signingClearing(bank));
    expect(await codeOf(story.computing(all()))).to.equal('DAY_CLOSED');
    const later = { date: '2026-11-11' };
    expect(await codeOf(story.computing(all(), later))).to.equal('STATEMENT_NOT_DUE');
    await story.act('later', story.computing([story.disclosure('BS')], later), ['clearing']);
    const { clearing } = story.clearing();
    expect(clearing.positions.map(({ netMinor }) => netMinor)).to.deep.equal(['100', '0', '-100']);
    expect(clearing.leftOut.map(({ date }) => date)).to.deep.equal(['2026-11-11', '2026-11-11', '2026-11-11']);
  });

  it('clears nothing twice, and one thing at a time', async () => {
    await compute();
    expect(await codeOf(story.computing(all()))).to.equal('CLEARING_UNDER_WAY');
    const end = { agreement: story.id('clearing agreement') };
    const ending = { as: BANKS[0], operation: 'endClearingAgreement', input: end, records: [end.agreement] };
    expect(await codeOf(ending)).to.equal('CLEARING_UNDER_WAY');
    for (const bank of BANKS) await story.world.run(story.signingClearing(bank));
    expect(await codeOf(story.computing(all()))).to.equal('DAY_CLOSED');
    expect(await codeOf(ending)).to.equal('allowed');
  });

  it('is void when one member refuses, and its statements are due again', async () => {
    await compute();
    await story.world.run(story.signingClearing(BANKS[0]));
    const [clearing, agreement] = [story.id('clearing'), story.id('clearing agreement')];
    const refuse = {
      operation: 'refuseClearing',
      input: { clearing, agreement, reason: 'not ours' },
      records: [clearing, agreement],
    };
    expect(await codeOf({ ...refuse, as: 'PlatformMSP' })).to.equal('CREATOR_NOT_ENTITLED');
    await story.world.run({ ...refuse, as: BANKS[2] });
    expect(story.world.status(clearing)).to.equal('void');
    expect(await codeOf(story.signingClearing(BANKS[1]))).to.equal('STATUS_FORBIDS');
    expect(await codeOf(story.computing(all()))).to.equal('allowed');
  });

  it('takes each member’s own signature, once, over this very clearing', async () => {
    await compute();
    expect(await codeOf(story.signingClearing(BANKS[0], BANKS[1]))).to.equal('CLEARING_SIGNATURE_INVALID');
    await story.world.run(story.signingClearing(BANKS[0]));
    expect(await codeOf(story.signingClearing(BANKS[0]))).to.equal('CLEARING_SIGNED_ALREADY');
  });

  it('does not take a statement that one member alone signed, or of another currency', async () => {
    const other = await ClearingStory.open();
    story = other;
    await other.owe(OWED[0]);
    await other.countersign(OWED[0].debtor, OWED[0].creditor, [OWED[0].debtor]);
    await other.owe(OWED[1], 'EUR');
    await other.countersign(OWED[1].debtor, OWED[1].creditor, undefined, 'EUR');
    await other.agree(['BR', 'RS']);
    expect(await codeOf(other.computing([other.disclosure('BR')]))).to.equal('STATEMENT_NOT_COUNTERSIGNED');
    expect(await codeOf(other.computing([other.disclosure('RS')]))).to.equal('CURRENCY_DIFFERS');
  });

  const agreements: readonly (readonly [string, { readonly [name: string]: Json }, string])[] = [
    ['without a legal basis', { legalBasis: '' }, 'REQUEST_INVALID'],
    ['with an agent from outside', { agent: 'PlatformMSP' }, 'MEMBER_UNKNOWN'],
    ['in no currency', { currency: 'XXX' }, 'CURRENCY_UNKNOWN'],
  ];
  for (const [title, change, code] of agreements) {
    it(`refuses an agreement ${title}`, async () => {
      story = await ClearingStory.open();
      for (const owed of OWED) await story.owe(owed);
      const failed = await story.agree(PAIRS, change).then(
        () => 'allowed',
        (error: { code?: string }) => error.code,
      );
      expect(failed).to.equal(code);
    });
  }
});
