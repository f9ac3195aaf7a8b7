import { randomBytes } from 'node:crypto';
import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { discountTermsHash, type DiscountTerms } from '../../chaincode/domain/operations/finance/discount-receivable';
import { as, type Payment, type PurchaseOrder, type Receivable } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { Call, Route } from '../http/route';
import { FreeObject, Nested } from '../http/validation/fields';
import type { IndexedRecord } from '../ports/record-index';
import type { RouteDeps } from './dependencies';
import { FinancingClaimDto, FinancingOfferDto, InvoiceDto, PaymentInstructionDto } from './dto/finance';
import { operationRoute, plain, type OperationInput, type OperationRow } from './operation-route';
import { ownRecord } from './records';
import { SentAnswer, TypedDataView, WriteAnswer, toWriteAnswer } from './views/answers';

/** Terms of an offer and what the holder signs about them. */
export class FinancingOfferAnswer {
  @FreeObject() terms!: object;
  @Nested(() => TypedDataView) typedData!: TypedDataView;
}

/** Invoices, receivables, payments. */
export function financeRoutes(deps: RouteDeps): readonly Route[] {
  const rows: readonly OperationRow[] = [
    {
      operation: 'draftInvoice',
      path: '/v1/invoices',
      tag: 'invoices',
      summary: 'Draft an invoice against an order',
      permission: 'prepare',
      body: InvoiceDto,
      shows: 'invoice',
      createdUnder: 'invoices',
      build: async ({ body }) => {
        const { order } = body as InvoiceDto;
        return { input: plain(body), recordIds: [(await ownRecord(deps, 'purchaseOrder', order)).id] };
      },
    },
    {
      operation: 'instructPayment',
      path: '/v1/receivables/{id}/payment-instruction',
      tag: 'receivables',
      summary: 'Instruct an instalment whose condition is met',
      permission: 'approve',
      body: PaymentInstructionDto,
      shows: 'payment',
      build: (call) => instruction(deps, call),
    },
    {
      operation: 'postPrincipal',
      path: '/v1/payments/{id}/principal',
      tag: 'payments',
      summary: "Post what a payment made leaves owing to the creditor's member",
      permission: 'approve',
      shows: 'lane',
      build: async ({ params }) => {
        const payment = await ownRecord(deps, 'payment', params['id']);
        const lane = await laneFor(deps, payment);
        return {
          input: { lane: lane.id, payment: payment.id },
          recordIds: [lane.id, String(lane.groups['lane']?.['agreement']), payment.id],
        };
      },
    },
  ];
  return [...rows.map((row) => operationRoute(row, deps)), ...claimRoutes(deps), reportRoute(deps), painRoute(deps)];
}

async function instruction(deps: RouteDeps, { params, body }: Call): Promise<OperationInput> {
  const receivable = await ownRecord(deps, 'receivable', params['id']);
  const { instalment, notices = [] } = body as PaymentInstructionDto;
  const { claim } = as<Receivable>(receivable.groups);
  const order = await ownRecord(deps, 'purchaseOrder', claim.order);
  const shipments = as<PurchaseOrder>(order.groups).links.shipments;
  return {
    input: { receivable: receivable.id, instalment, notices },
    recordIds: [receivable.id, order.id, claim.invoice, ...shipments, ...notices],
  };
}

/** The registry's side of financing: register, offer, claim. */
function claimRoutes(deps: RouteDeps): readonly Route[] {
  const fingerprintOf = async (id: string | undefined): Promise<{ record: IndexedRecord; fingerprint: string }> => {
    const record = await ownRecord(deps, 'receivable', id);
    return { record, fingerprint: as<Receivable>(record.groups).claim.fingerprint };
  };
  return [
    {
      method: 'post',
      path: '/v1/receivables/{id}/fingerprint',
      operationId: 'registerFingerprint',
      tag: 'receivables',
      summary: "Register the invoice's fingerprint for this receivable",
      permission: 'approve',
      answer: { status: 200, description: 'Registered.', type: SentAnswer },
      handle: async ({ params, reference }) => {
        const { record, fingerprint } = await fingerprintOf(params['id']);
        return { json: toSent(await deps.registry.registerFingerprint(fingerprint, record.id, reference)) };
      },
    },
    {
      method: 'post',
      path: '/v1/receivables/{id}/financing-offers',
      operationId: 'offerFinancing',
      tag: 'receivables',
      summary: 'Terms of a purchase, and what its holder signs in the registry',
      permission: 'approve',
      body: { kind: 'json', type: FinancingOfferDto },
      answer: { status: 200, description: 'Nothing is written.', type: FinancingOfferAnswer },
      handle: async ({ params, body }) => ({
        json: await offer(deps, await fingerprintOf(params['id']), body as FinancingOfferDto),
      }),
    },
    {
      method: 'post',
      path: '/v1/receivables/{id}/financing-claim',
      operationId: 'claimFinancing',
      tag: 'receivables',
      summary: "Claim the invoice for financing, with its holder's signature; the second bank is refused",
      permission: 'approve',
      body: { kind: 'json', type: FinancingClaimDto },
      answer: { status: 200, description: 'This bank holds the claim.', type: SentAnswer },
      handle: async ({ params, body, reference }) => {
        const { fingerprint } = await fingerprintOf(params['id']);
        const claim = { fingerprint, ...(body as FinancingClaimDto) };
        return { json: toSent(await deps.registry.claimFingerprint(claim, reference)) };
      },
    },
  ];
}

async function offer(
  deps: RouteDeps,
  { record, fingerprint }: { record: IndexedRecord; fingerprint: string },
  { purchasePriceMinor, name, account, bic }: FinancingOfferDto,
): Promise<object> {
  const { claim, roles } = as<Receivable>(record.groups);
  const terms: DiscountTerms = {
    account,
    bank: deps.member,
    bic,
    currency: claim.currency,
    name,
    purchasePriceMinor,
    receivable: record.id,
    salt: randomBytes(16).toString('hex'),
  };
  const day = await deps.index.businessDay(roles.businessDay);
  if (day === undefined) throw new Rejection('BUSINESS_DAY_NOT_FOUND', { businessDay: roles.businessDay });
  const typedData = await deps.registry.claimTypedData({
    fingerprint,
    terms: discountTermsHash(terms),
    nonce: BigInt(`0x${randomBytes(16).toString('hex')}`).toString(),
    deadline: Number(day.date.replaceAll('-', '')) + 10_000,
  });
  return { terms, typedData };
}

export function toSent({ transactionId, blockNumber }: { transactionId: string; blockNumber: bigint }): SentAnswer {
  return { transactionId, blockNumber: blockNumber.toString() };
}

/** The bank's own message says what became of a payment. */
function reportRoute(deps: RouteDeps): Route {
  return {
    method: 'post',
    path: '/v1/payments/{id}/reports',
    operationId: 'reportPayment',
    tag: 'payments',
    summary: 'Report a payment made (camt.054) or refused (pain.002)',
    permission: 'approve',
    body: { kind: 'bytes', mediaTypes: ['application/xml', 'text/xml'], limit: 1_048_576 },
    answer: { status: 200, description: 'Committed and indexed here.', type: WriteAnswer },
    handle: async ({ params, bytes, mediaType, caller, reference }) => {
      const payment = await ownRecord(deps, 'payment', params['id']);
      const read = deps.reader.read(bytes);
      if (read.kind === 'unreadable') throw new HttpProblem('DOCUMENT_UNREADABLE');
      if (read.kind === 'invalid') throw new HttpProblem('DOCUMENT_INVALID', {}, [...read.problems]);
      const { endToEndId } = as<Payment>(payment.groups).payment;
      const report = deps.reader.paymentReport(read.content, endToEndId);
      if (report === undefined) throw new Rejection('PAYMENT_REPORT_DIFFERS');
      const { parserVersion } = read;
      const kept = await deps.documents.put({
        bytes,
        mediaType,
        source: caller.userId,
        channel: 'report',
        parserVersion,
      });
      const result = await deps.operations.submit({
        operation: 'reportPayment',
        input: { ...report, payment: payment.id, document: kept.sha256 } as unknown as Json,
        recordIds: [payment.id, as<Payment>(payment.groups).payment.receivable],
        reference,
      });
      return { json: await toWriteAnswer(result, deps, 'payment') };
    },
  };
}

/** The lane from this bank to the creditor's member, in the payment's currency. @throws Rejection RECORD_NOT_FOUND. */
async function laneFor(deps: RouteDeps, payment: IndexedRecord): Promise<IndexedRecord> {
  const { creditorMember, currency } = as<Payment>(payment.groups).payment;
  const found = (await deps.index.list({ type: 'lane', limit: 200 })).items.find(({ groups }) => {
    const lane = groups['lane'] ?? {};
    return (
      lane['sender'] === deps.member &&
      lane['debtor'] === deps.member &&
      lane['receiver'] === creditorMember &&
      lane['currency'] === currency
    );
  });
  if (found === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: 'lane' });
  return found;
}

function painRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/payments/{id}/pain.001',
    operationId: 'readPaymentInstruction',
    tag: 'payments',
    summary: 'The instruction as pain.001.001.09',
    permission: 'read',
    answer: { status: 200, description: 'Valid against its schema.', mediaTypes: ['application/xml'] },
    handle: async ({ params }) => {
      const payment = await ownRecord(deps, 'payment', params['id']);
      return { bytes: deps.reader.paymentInstruction(payment), mediaType: 'application/xml' };
    },
  };
}
