import { isJsonObject, type Json } from '../../../chaincode/domain/json';
import { Rejection } from '../../../chaincode/domain/errors';
import type { Change, Operation, OperationContext, PublicReads } from '../../../chaincode/domain/operation';

/** Business day that the operations below judge deadlines by. */
export const DAY_ID = '0'.repeat(32);

interface Fields {
  readonly [name: string]: Json;
}

function fieldsOf(input: Json): Fields {
  if (!isJsonObject(input)) throw new Rejection('REQUEST_INVALID', { field: '/input' });
  return input;
}

function operation(
  name: string,
  apply: (context: OperationContext, input: Fields) => readonly Change[],
  reads: (input: Fields) => PublicReads = () => ({}),
): [string, Operation<unknown>] {
  return [
    name,
    {
      authority: {
        operation: name,
        record: 'purchaseOrder',
        from: [],
        to: '',
        creator: 'any',
        signature: 'none',
        lateral: 'bilateral',
      },
      parse: fieldsOf,
      reads: (input) => reads(input as Fields),
      apply: (context, input) => apply(context, input as Fields),
    },
  ];
}

function update(context: OperationContext, { id, status, ...terms }: Fields): Extract<Change, { kind: 'update' }> {
  const record = context.record(String(id), 'purchaseOrder');
  if (record.document.status === 'closed') throw new Rejection('STATUS_FORBIDS', { record: String(id) });
  return { kind: 'update', record, status: String(status), groups: { ...record.groups, terms } };
}

/** Small operations of every kind of change: the gateway's core is tested apart from the trade rules. */
export const TEST_OPERATIONS: ReadonlyMap<string, Operation<unknown>> = new Map([
  operation('openDay', (_, { members }) => [
    {
      kind: 'businessDay',
      value: {
        id: DAY_ID,
        members: members as unknown as [string, string],
        date: '2026-03-02',
        proposal: null,
        lanes: [],
        version: 1,
        previous: null,
      },
    },
  ]),
  operation('draft', (context, { participants, heads, ...terms }) => [
    {
      kind: 'create',
      type: 'purchaseOrder',
      status: 'drafted',
      participants: participants as string[],
      groups: { terms, signatures: {} },
    },
    ...((heads ?? []) as string[]).map((mspId): Change => ({
      kind: 'noticeHead',
      guards: [mspId, 'NeutralMSP'],
      value: { orderId: context.newId(0), mspId, neutral: 'NeutralMSP', count: 0, last: null },
    })),
  ]),
  operation('change', (context, input) => [update(context, input)]),
  operation('invoice', (_, { participants, order }) => [
    {
      kind: 'create',
      type: 'invoice',
      status: 'drafted',
      participants: participants as string[],
      groups: { invoice: { order: order as Json } },
      attachments: { lines: ['first', 'second'] },
    },
  ]),
  operation(
    'sign',
    (context, { parties, ...input }) => [
      {
        ...update(context, input),
        signed: { action: 'confirm', parties: parties as string[], businessDate: context.businessDay(DAY_ID).date },
      },
    ],
    () => ({ businessDays: [DAY_ID], network: true }),
  ),
  operation(
    'notice',
    (context, { order, giver }) => {
      const head = context.noticeHead(String(order), String(giver));
      return [{ kind: 'noticeHead', guards: [head.mspId, head.neutral], value: { ...head, count: head.count + 1 } }];
    },
    ({ order, giver }) => ({ noticeHeads: [{ orderId: String(order), participants: [String(giver)] }] }),
  ),
  operation('disclose', (context, { caseId, record, to, body }) => [
    {
      kind: 'copy',
      id: context.newId(0),
      caseId: String(caseId),
      recordId: String(record),
      to: String(to),
      value: body as Json,
    },
  ]),
]);
