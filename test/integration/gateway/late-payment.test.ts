import { expect } from 'chai';
import { answerInstruction } from '../../../scripts/bank/answer-instruction';
import { instruct, invoice, report } from '../../../scripts/demo/steps-finance';
import { fulfilOrder } from '../../../scripts/demo/steps-fulfilment';
import type { RecordView } from '../../../scripts/demo/member-client';
import { OPEN_DATE } from '../../../scripts/demo/stage';
import { GatewayHarness } from '../../support/e2e/gateway-harness';

/** The invoice is due on 10 December; the bank books the payment 30 days later. */
const LATE = '2027-01-09';
const TERMS = { lateInterest: { rateBasisPoints: 800, dayCount: 'ACT/360' } };

interface Posted {
  readonly items: readonly { readonly kind: string; readonly number: number; readonly outcome: string }[];
}

describe('a payment made late, through the gateways of both banks', function () {
  this.timeout(180_000);
  const harness = new GatewayHarness();
  after(() => harness.run.discard());

  it('leaves interest owing by the order’s terms, beside its principal', async () => {
    await harness.start(TERMS);
    const { stage } = harness;
    const { buyerBank, sellerBank } = stage;
    await fulfilOrder(stage);
    await invoice(stage);
    const payment = await instruct(stage, 'late-instruct');
    const { bytes } = await answerInstruction(payment.instruction, {});
    const late = Buffer.from(Buffer.from(bytes).toString('utf8').replaceAll(OPEN_DATE, LATE));
    expect(await report(stage, payment, late, 'late-report')).to.equal('paid');

    const { items } = await buyerBank.post<Posted>('/v1/dues', 'approver', 'late-dues');
    expect(items.map(({ kind, number, outcome }) => `${kind} ${number} ${outcome}`)).to.deep.equal([
      'principal 1 posted',
      'interest 1 posted',
    ]);
    const record = await sellerBank.get<RecordView>(`/v1/payments/${payment.id}`);
    const amount = BigInt(String(record.groups['payment']?.['amountMinor']));
    const provisional = `/v1/business-days/${stage.known('businessDay')}/provisional?currency=USD`;
    const { count, debitMinor } = await buyerBank.get<{ count: number; debitMinor: string }>(provisional);
    expect(count).to.equal(2);
    const interest = (amount * 800n * 30n * 2n + 3_600_000n) / (2n * 3_600_000n); // half up
    expect(BigInt(debitMinor)).to.equal(amount + interest);
    expect(interest > 0n).to.equal(true);
  });
});
