import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { discountTermsHash, type DiscountTerms } from '../../chaincode/domain/operations/finance/discount-receivable';
import { TradeDocumentReader } from '../../gateway/documents/document-reader';
import type { TypedData } from '../../gateway/services/signing-requests';
import { writeInvoice } from './invoice-document';
import { Refused, type MemberClient, type RecordView, type WriteAnswer } from './member-client';
import { sample } from './steps-order';
import { SELLER, type Stage } from './stage';

interface Offer {
  readonly terms: DiscountTerms;
  readonly typedData: TypedData;
}

/** Invoice, acceptance, discounting, the refusal of a second financing, and payment by the bank's own messages. */
export async function financeOrder(stage: Stage): Promise<void> {
  await invoice(stage);
  await discount(stage);
  await refuseSecondBank(stage);
  await pay(stage);
}

export async function invoice(stage: Stage): Promise<void> {
  const order = stage.known('order');
  const document = writeInvoice(await TradeDocumentReader.open(), sample('ubl/examples/order-2.0-international.xml'), {
    number: 'INV-AEG012345-1',
    issueDate: '2026-11-10',
    dueDate: '2026-12-10',
    lines: [{ id: '1', quantity: '90' }],
  });
  stage.write('invoice-generated.xml', document);
  const { sha256, content } = await stage.platform.upload<{ sha256: string; content: InvoiceContent }>(
    '/v1/documents',
    'maker',
    'demo-invoice-document',
    document,
    'application/xml',
  );
  const drafted = await stage.platform.post('/v1/invoices', 'maker', 'demo-invoice', {
    order,
    number: content.id,
    issueDate: content.issueDate,
    dueDate: content.dueDate,
    currency: content.currency,
    lines: content.lines.map(({ id, quantity, amountMinor }) => ({ id, quantity, amountMinor })),
    totalMinor: content.totalMinor,
    document: sha256,
  });
  const id = drafted.record?.id ?? '';
  await stage.sign(stage.platform, 'demo-issue', 'issueInvoice', { invoice: id });
  const { written } = await stage.sign(stage.platform, 'demo-accept', 'acceptInvoice', { invoice: id });
  const receivable = written.find((record) => record.id !== id)?.id ?? '';
  stage.remember({ invoice: id, receivable, invoiceDocument: sha256 });
  stage.say(`an invoice (generated for this demonstration) bills the 90: issued by the seller, accepted by the buyer`);
}

interface InvoiceContent {
  readonly id: string;
  readonly issueDate: string;
  readonly dueDate: string;
  readonly currency: string;
  readonly totalMinor: string;
  readonly lines: readonly { readonly id: string; readonly quantity: string; readonly amountMinor: string }[];
}

/** A bank's offer, the seller's consent to it, and the claim in the registry. */
async function claim(stage: Stage, bank: MemberClient, key: string, account: string): Promise<Offer> {
  const receivable = stage.known('receivable');
  const path = `/v1/receivables/${receivable}`;
  const offer = await bank.post<Offer>(`${path}/financing-offers`, 'approver', `${key}-offer`, {
    purchasePriceMinor: '88200',
    name: bank.member,
    account,
    bic: 'BANKUS33',
  });
  const consent = await stage.signature(SELLER, offer.typedData);
  const { nonce, deadline } = offer.typedData.message;
  await bank.post(`${path}/financing-claim`, 'approver', `${key}-claim`, {
    terms: discountTermsHash(offer.terms),
    nonce,
    deadline,
    businessDay: stage.known('businessDay'),
    ...consent,
  });
  return offer;
}

export async function discount(stage: Stage): Promise<void> {
  const { sellerBank } = stage;
  const path = `/v1/receivables/${stage.known('receivable')}/fingerprint`;
  await sellerBank.post(path, 'approver', 'demo-fingerprint');
  const { terms } = await claim(stage, sellerBank, 'demo-discount', 'US00SELLERBANK0001');
  const { record } = await stage.sign(sellerBank, 'demo-discounted', 'discountReceivable', { terms });
  stage.say(`the seller's bank buys the receivable of USD 900.00 for USD 882.00: ${record?.status ?? ''}`);
}

export async function refuseSecondBank(stage: Stage): Promise<void> {
  stage.say(`another bank claims the same invoice: ${await secondFinancing(stage, 'demo-second')}`);
}

/** The attempt to finance the same invoice again; answers how it was refused. @throws Error when it was not. */
export async function secondFinancing(stage: Stage, key: string): Promise<string> {
  try {
    await claim(stage, stage.buyerBank, key, 'GB00BUYERBANK0001');
  } catch (error) {
    if (error instanceof Refused) return `refused, ${error.code}`;
    throw error;
  }
  throw new Error('a second bank could finance the same invoice');
}

async function pay(stage: Stage): Promise<void> {
  const payment = await instruct(stage, 'demo-instruct');
  stage.say(`delivered and accepted: the contract instructs the buyer's bank, end-to-end id ${payment.endToEndId}`);
  const { name, bytes } = await bankAnswer(stage, payment);
  stage.write(name, bytes);
  await report(stage, payment, bytes, 'demo-paid');
  await settlePrincipal(stage, payment);
  const settled = await stage.sellerBank.get<RecordView>(`/v1/receivables/${stage.known('receivable')}`);
  stage.say(`its bank answers with camt.054: the discounting bank is repaid, the receivable is ${settled.status}`);
}

/** One instructed payment, and the message the buyer's bank gives to its payment system. */
export interface InstructedPayment {
  readonly id: string;
  readonly endToEndId: string;
  readonly instruction: Uint8Array;
}

/** The discounting bank has the contract instruct the payment; the buyer's bank takes its pain.001. */
export async function instruct(stage: Stage, key: string): Promise<InstructedPayment> {
  const path = `/v1/receivables/${stage.known('receivable')}/payment-instruction`;
  const { record } = await stage.sellerBank.post(path, 'approver', key, { instalment: 0 });
  const payment = record as RecordView;
  const endToEndId = String(payment.groups['payment']?.['endToEndId']);
  stage.remember({ payment: payment.id, endToEndId });
  const instruction = await stage.buyerBank.bytes(`/v1/payments/${payment.id}/pain.001`);
  return { id: payment.id, endToEndId, instruction };
}

/** The buyer's bank reports what its payment system answered. */
export async function report(stage: Stage, { id }: InstructedPayment, bytes: Uint8Array, key: string): Promise<string> {
  const path = `/v1/payments/${id}/reports`;
  const { record } = await stage.buyerBank.upload<WriteAnswer>(path, 'approver', key, bytes, 'application/xml');
  return record?.status ?? '';
}

/** The buyer's bank posts what the payment leaves owing to the discounting bank: one entry in the lane between them. */
export async function settlePrincipal(stage: Stage, { id }: InstructedPayment): Promise<void> {
  await stage.buyerBank.post(`/v1/payments/${id}/dues`, 'approver', `principal-${id}`, { kind: 'principal' });
}

/** Hands the instruction to the bank's folder and waits for its answer; the bank is a process of its own. */
async function bankAnswer(
  stage: Stage,
  { endToEndId, instruction }: InstructedPayment,
): Promise<{ name: string; bytes: Uint8Array }> {
  const { toBank, fromBank } = bankFolders(stage.files);
  const file = join(toBank, `${endToEndId}.pain.001.xml`);
  writeFileSync(`${file}.new`, instruction);
  renameSync(`${file}.new`, file);
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const name = readdirSync(fromBank).find((answer) => answer.includes(endToEndId) && answer.endsWith('.xml'));
    if (name !== undefined && existsSync(join(fromBank, name)))
      return { name, bytes: readFileSync(join(fromBank, name)) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the bank simulator did not answer ${endToEndId} in ${fromBank}`);
}

/** Folders between the buyer's bank's gateway and the bank's payment system. */
export function bankFolders(files: string): { readonly toBank: string; readonly fromBank: string } {
  const folders = { toBank: join(files, 'bank', 'in'), fromBank: join(files, 'bank', 'out') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  return folders;
}
