import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { isSameBank } from '../../chaincode/domain/operations/finance/payment-charges';
import { as, type Payment } from '../../chaincode/domain/trade-types';
import { HttpProblem } from '../http/problem';
import type { Call, Route } from '../http/route';
import type { IndexedRecord } from '../ports/record-index';
import type { ReportedCharge, RouteDeps } from './dependencies';
import { ownRecord } from './records';
import { WriteAnswer, toWriteAnswer } from './views/answers';

/** What banks' own messages say about payments, and the instruction that starts one. */
export function paymentMessageRoutes(deps: RouteDeps): readonly Route[] {
  return [...MESSAGES.map((row) => messageRoute(deps, row)), painRoute(deps)];
}

interface MessageRow {
  readonly operation: string;
  readonly path: string;
  readonly summary: string;
  /** What the message says about the payment; undefined when it is about another one, or says nothing. */
  readonly read: (reader: RouteDeps['reader'], content: Json, payment: Payment) => object | undefined;
}

const MESSAGES: readonly MessageRow[] = [
  {
    operation: 'reportPayment',
    path: '/v1/payments/{id}/reports',
    summary: 'Report a payment made (camt.054) or refused (pain.002)',
    read: reported,
  },
  {
    operation: 'returnPayment',
    path: '/v1/payments/{id}/returns',
    summary: 'Return a payment made, whole (pacs.004, or camt.054 of the reversal)',
    read: (reader, content, { payment }) => reader.paymentReturn(content, payment.endToEndId),
  },
];

function messageRoute(deps: RouteDeps, { operation, path, summary, read }: MessageRow): Route {
  return {
    method: 'post',
    path,
    operationId: operation,
    tag: 'payments',
    summary,
    permission: 'approve',
    body: { kind: 'bytes', mediaTypes: ['application/xml', 'text/xml'], limit: 1_048_576 },
    answer: { status: 200, description: 'Committed and indexed here.', type: WriteAnswer },
    handle: async (call) => {
      const record = await ownRecord(deps, 'payment', call.params['id']);
      const paid = as<Payment>(record.groups);
      const { content, parserVersion } = documentOf(deps, call.bytes);
      const said = read(deps.reader, content, paid);
      if (said === undefined) throw new Rejection('PAYMENT_REPORT_DIFFERS');
      const document = await keep(deps, call, parserVersion);
      const result = await deps.operations.submit({
        operation,
        input: { ...said, payment: record.id, document } as unknown as Json,
        recordIds: [record.id, paid.payment.receivable],
        reference: call.reference,
      });
      return { json: await toWriteAnswer(result, deps, 'payment') };
    },
  };
}

/** The bank's word on the payment, its charges with the members that levied them. */
function reported(reader: RouteDeps['reader'], content: Json, of: Payment): object | undefined {
  const report = reader.paymentReport(content, of.payment.endToEndId);
  if (report?.charges === undefined) return report;
  const charges = report.charges.map(({ side, ...charge }) => ({ ...charge, member: levying(of, charge.agent, side) }));
  return { ...report, charges };
}

/** The creditor's bank is known by its BIC too; a third bank is no member of the two. */
function levying({ payment, roles }: Payment, agent: string | null, side: ReportedCharge['side']): string | null {
  const isCreditors = side === 'creditorAgent' || (agent !== null && isSameBank(agent, payment.creditorBic));
  if (isCreditors) return payment.creditorMember;
  return side === 'debtorAgent' ? roles.buyerBank : null;
}

/** @throws HttpProblem DOCUMENT_UNREADABLE, DOCUMENT_INVALID. */
function documentOf(deps: RouteDeps, bytes: Uint8Array): { readonly content: Json; readonly parserVersion: string } {
  const read = deps.reader.read(bytes);
  if (read.kind === 'unreadable') throw new HttpProblem('DOCUMENT_UNREADABLE');
  if (read.kind === 'invalid') throw new HttpProblem('DOCUMENT_INVALID', {}, [...read.problems]);
  return read;
}

/** Keeps the bank's message; its SHA-256 goes on the ledger. */
async function keep(deps: RouteDeps, { bytes, mediaType, caller }: Call, parserVersion: string): Promise<string> {
  const kept = { bytes, mediaType, source: caller.userId, channel: 'report', parserVersion };
  return (await deps.documents.put(kept)).sha256;
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
      const payment: IndexedRecord = await ownRecord(deps, 'payment', params['id']);
      return { bytes: deps.reader.paymentInstruction(payment), mediaType: 'application/xml' };
    },
  };
}
