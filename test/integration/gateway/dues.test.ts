import { expect } from 'chai';
import { discount, instruct, invoice, report, type InstructedPayment } from '../../../scripts/demo/steps-finance';
import { fulfilOrder } from '../../../scripts/demo/steps-fulfilment';
import type { MemberClient, RecordView, WriteAnswer } from '../../../scripts/demo/member-client';
import { NEXT_DATE, OPEN_DATE, type Stage } from '../../../scripts/demo/stage';
import { answerInstruction } from '../../../scripts/bank/answer-instruction';
import { returnPayment } from '../../../scripts/bank/return-payment';
import { ENTRY_TYPES } from '../../../chaincode/domain/operations/reconciliation/types';
import { orderContent } from '../../support/e2e/order-content';
import { GatewayHarness } from '../../support/e2e/gateway-harness';

interface Items<T> {
  readonly items: readonly T[];
}
interface PostedDue {
  readonly kind: string;
  readonly number: number;
  readonly outcome: string;
}
interface DueView {
  readonly kind: string;
  readonly debtor: string;
  readonly amountMinor: string;
  readonly posted: boolean | null;
}

describe('entries that arise by themselves', function () {
  this.timeout(180_000);
  const harness = new GatewayHarness();
  let stage: Stage;
  let payment: InstructedPayment;
  let runs = 0;
  before(async () => {
    await harness.start();
    stage = harness.stage;
    await agreeLaneBack();
    await fulfilOrder(stage);
    await invoice(stage);
    await discount(stage);
    payment = await instruct(stage, 'dues-instruct');
  });
  after(() => harness.run.discard());

  /** The seller's bank posts what it owes the buyer's bank. */
  async function agreeLaneBack(): Promise<void> {
    const { sellerBank, buyerBank } = stage;
    const offer = await sellerBank.post('/v1/standing-agreements', 'administrator', 'back-offer', {
      receiver: buyerBank.member,
      debtor: sellerBank.member,
      currency: 'USD',
      types: [...ENTRY_TYPES],
      entryLimitMinor: '100000000',
      dayLimitMinor: '100000000000',
      businessDay: stage.known('businessDay'),
    });
    const path = `/v1/standing-agreements/${offer.record?.id ?? ''}/agreement`;
    await buyerBank.post(path, 'administrator', 'back-agree');
  }

  /** What `closing.automatic` posts at one member. */
  const postAll = async (client: MemberClient): Promise<string[]> => {
    const { items } = await client.post<Items<PostedDue>>('/v1/dues', 'approver', `dues-${runs++}`);
    return items.map(({ kind, number, outcome }) => `${kind} ${number} ${outcome}`);
  };
  const dues = async (client: MemberClient, path = `/v1/payments/${payment.id}`): Promise<readonly DueView[]> =>
    (await client.get<Items<DueView>>(`${path}/dues`)).items;

  it('a payment made with a fee leaves principal and fee, posted once whoever looks', async () => {
    const { buyerBank, sellerBank } = stage;
    expect(await dues(buyerBank)).to.deep.equal([]);
    const { bytes } = await answerInstruction(payment.instruction, { charge: '1.50' });
    expect(await report(stage, payment, bytes, 'dues-paid')).to.equal('paid');
    expect(await postAll(sellerBank)).to.deep.equal([]);
    expect(await postAll(buyerBank)).to.deep.equal(['principal 1 posted', 'fee 1 posted']);
    expect(await postAll(buyerBank)).to.deep.equal([]);
    const told = [
      { kind: 'principal', debtor: 'BuyerBankMSP', amountMinor: '90000', posted: true },
      { kind: 'fee', debtor: 'BuyerBankMSP', amountMinor: '150', posted: true },
    ];
    expect((await dues(sellerBank)).map(shown)).to.deep.equal(told);
    // The platform holds the payment and none of the lanes.
    expect((await dues(stage.platform)).map(({ posted }) => posted)).to.deep.equal([null, null]);
  });

  it('returned, it leaves a reversal owing the other way, and the receivable is open again', async () => {
    const { buyerBank, sellerBank } = stage;
    const { bytes } = await returnPayment(payment.instruction, 'AC04');
    const path = `/v1/payments/${payment.id}/returns`;
    const upload = (client: MemberClient): Promise<WriteAnswer> =>
      client.upload<WriteAnswer>(path, 'approver', 'dues-return', bytes, 'application/xml');
    await upload(buyerBank).then(
      () => expect.fail('the debtor’s bank cannot say that money comes back'),
      (error: { code?: string }) => expect(error.code).to.equal('CREATOR_NOT_ENTITLED'),
    );
    const { record } = await upload(sellerBank);
    expect(record?.status).to.equal('returned');
    expect(record?.groups['payment']?.['returned']).to.deep.include({ on: OPEN_DATE, reason: 'AC04' });
    const { next } = await sellerBank.get<{ next: readonly { operation: string; member: string }[] }>(
      `/v1/payments/${payment.id}`,
    );
    expect(next.map(({ operation, member }) => `${operation} ${member}`)).to.deep.equal(['postDue SellerBankMSP']);
    const receivable = await buyerBank.get<RecordView>(`/v1/receivables/${stage.known('receivable')}`);
    expect(receivable.status).to.equal('discounted');
    expect(receivable.groups['claim']).to.include({ openMinor: '90000', faceValueMinor: '90000' });
    expect(await postAll(buyerBank)).to.deep.equal([]);
    expect(await postAll(sellerBank)).to.deep.equal(['reversal 1 posted']);
  });

  it('a break both banks agree to adjust leaves an adjustment owing', async () => {
    const { buyerBank, sellerBank } = stage;
    const id = await openedBreak();
    const path = `/v1/breaks/${id}`;
    const proposal = { type: 'adjust', reason: 'five too many', amountMinor: '500', evidence: [] };
    await sellerBank.post(`${path}/proposal`, 'approver', 'unowed', proposal).then(
      () => expect.fail('an adjustment says who owes it'),
      (error: { code?: string }) => expect(error.code).to.equal('REQUEST_INVALID'),
    );
    await sellerBank.post(`${path}/proposal`, 'approver', 'proposal', { ...proposal, debtor: buyerBank.member });
    expect(await postAll(buyerBank)).to.deep.equal([]);
    const { record } = await buyerBank.post(`${path}/agreement`, 'approver', 'agreement');
    expect(record?.status).to.equal('agreed');
    expect((await dues(sellerBank, path)).map(shown)).to.deep.equal([
      { kind: 'adjustment', debtor: 'BuyerBankMSP', amountMinor: '500', posted: false },
    ]);
    expect(await postAll(sellerBank)).to.deep.equal([]);
    expect(await postAll(buyerBank)).to.deep.equal(['adjustment 1 posted']);
    const again = buyerBank.post(`${path}/dues`, 'approver', 'adjust-again', { kind: 'adjustment' });
    expect(await again.catch((error: { code?: string }) => error.code)).to.equal('DUE_POSTED_ALREADY');
  });

  /** A break of the banks' pair, opened by the buyer's bank. */
  async function openedBreak(): Promise<string> {
    const { buyerBank, sellerBank } = stage;
    const run = await buyerBank.post('/v1/match-runs', 'approver', 'run', {
      businessDay: stage.known('businessDay'),
      date: OPEN_DATE,
      currency: 'USD',
      ruleSet: { id: 'default', version: '1', digest: '1'.repeat(64) },
      inputs: [{ name: 'ours', sha256: '2'.repeat(64), entries: 1 }],
      resultRoot: '3'.repeat(64),
      matches: 0,
      items: { AMOUNT_UNDER: 1 },
    });
    const entry = { line: 1, reference: 'E-1', amountMinor: '100', date: OPEN_DATE };
    const opened = await buyerBank.post('/v1/breaks', 'approver', 'breaks', {
      run: run.record?.id ?? '',
      breaks: [
        {
          code: 'AMOUNT_UNDER',
          currency: 'USD',
          holder: sellerBank.member,
          oursMinor: '100',
          theirsMinor: '95',
          residualMinor: '5',
          ours: [entry],
          theirs: [{ ...entry, amountMinor: '95' }],
          mismatches: [],
        },
      ],
    });
    return opened.written[0]?.id ?? '';
  }

  it('the next payment of the instalment, refunded in part, leaves a refund owing', async () => {
    const { buyerBank, sellerBank } = stage;
    payment = await instruct(stage, 'dues-instruct-again');
    const { bytes } = await answerInstruction(payment.instruction, {});
    expect(await report(stage, payment, bytes, 'dues-paid-again')).to.equal('paid');
    const refund = { valueDate: OPEN_DATE, code: 'rejectedQuantity', text: 'ten dented', creditNote: 'CN-1' };
    const path = `/v1/payments/${payment.id}/refunds`;
    const refunded = async (client: MemberClient, key: string, amountMinor: string): Promise<string> =>
      client.post(path, 'approver', key, { ...refund, amountMinor }).then(
        ({ record }) => String(record?.status),
        (error: { code?: string }) => String(error.code),
      );
    expect(await refunded(buyerBank, 'refund-own', '10000')).to.equal('CREATOR_NOT_ENTITLED');
    expect(await refunded(sellerBank, 'refund-all', '90001')).to.equal('REFUND_EXCEEDS_PAYMENT');
    expect(await refunded(sellerBank, 'refund', '10000')).to.equal('paid');
    expect(await postAll(buyerBank)).to.deep.equal(['principal 1 posted']);
    expect(await postAll(sellerBank)).to.deep.equal(['refund 1 posted']);
  });

  it('an order may state late interest, and the API says when it is no good', async () => {
    const { payment: terms, ...content } = orderContent(stage);
    const drafted = async (key: string, lateInterest: object): Promise<unknown> =>
      stage.platform
        .post('/v1/purchase-orders', 'maker', key, { ...content, payment: { ...terms, lateInterest } })
        .then(({ record }) => record?.groups['payment']?.['lateInterest'])
        .catch((error: { code?: string }) => error.code);
    const agreed = { rateBasisPoints: 800, dayCount: 'ACT/360' };
    expect(await drafted('late', agreed)).to.deep.equal(agreed);
    expect(await drafted('later', { ...agreed, dayCount: 'ACT/ACT' })).to.equal('FIELDS_INVALID');
  });

  it('the day closes with what arose, both ways', async () => {
    const { buyerBank, sellerBank } = stage;
    const day = stage.known('businessDay');
    await buyerBank.post(`/v1/business-days/${day}/proposal`, 'approver', 'dues-propose', { date: NEXT_DATE });
    await sellerBank.post(`/v1/business-days/${day}/advance`, 'approver', 'dues-advance', { date: NEXT_DATE });
    const close = { businessDay: day, currency: 'USD', date: OPEN_DATE };
    const { record } = await buyerBank.post('/v1/statements', 'approver', 'dues-close', close);
    expect(record?.groups['statement']).to.include({ count: 6, debitMinor: '180650', creditMinor: '100000' });
  });
});

function shown({ kind, debtor, amountMinor, posted }: DueView): DueView {
  return { kind, debtor, amountMinor, posted };
}
