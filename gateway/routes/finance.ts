import { randomBytes } from 'node:crypto';
import { Rejection } from '../../chaincode/domain/errors';
import { discountTermsHash, type DiscountTerms } from '../../chaincode/domain/operations/finance/discount-receivable';
import { as, type PurchaseOrder, type Receivable } from '../../chaincode/domain/trade-types';
import type { Call, Route } from '../http/route';
import { FreeObject, Nested } from '../http/validation/fields';
import type { IndexedRecord } from '../ports/record-index';
import type { RouteDeps } from './dependencies';
import { FinancingClaimDto, FinancingOfferDto, InvoiceDto, PaymentInstructionDto, RefundDto } from './dto/finance';
import { operationRoute, plain, type OperationInput, type OperationRow } from './operation-route';
import { ownRecord } from './records';
import { SentAnswer, TypedDataView } from './views/answers';

/** Terms of an offer and what the holder signs about them. */
export class FinancingOfferAnswer {
  @FreeObject() terms!: object;
  @Nested(() => TypedDataView) typedData!: TypedDataView;
}

/** Invoices and receivables. */
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
      operation: 'refundPayment',
      path: '/v1/payments/{id}/refunds',
      tag: 'payments',
      summary: 'Give part of a payment made back, as the member of its creditor',
      permission: 'approve',
      body: RefundDto,
      shows: 'payment',
      build: async ({ params, body }) => {
        const { id } = await ownRecord(deps, 'payment', params['id']);
        return { input: { ...(body as RefundDto), payment: id }, recordIds: [id] };
      },
    },
  ];
  return [...rows.map((row) => operationRoute(row, deps)), ...claimRoutes(deps)];
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
