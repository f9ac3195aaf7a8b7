import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import type { RecordType } from '../../chaincode/domain/record';
import type { Call, Route } from '../http/route';
import { DueBook, laneOf, postingOf, type DueStanding } from '../services/due-standing';
import type { RouteDeps } from './dependencies';
import { DueDto } from './dto/dues';
import { operationRoute, type OperationInput } from './operation-route';
import { ownRecord } from './records';
import { DuesView, PostedDues, type DueView } from './views/dues';

/** Records that may leave something owing, and the collections they are found under. */
const SOURCES: readonly { readonly type: RecordType; readonly tag: string; readonly name: string }[] = [
  { type: 'payment', tag: 'payments', name: 'Payment' },
  { type: 'break', tag: 'breaks', name: 'Break' },
];

/** What records leave owing between two members, and its posting. */
export function dueRoutes(deps: RouteDeps): readonly Route[] {
  return [...SOURCES.flatMap((source) => [listRoute(deps, source), postRoute(deps, source)]), postAllRoute(deps)];
}

function listRoute(deps: RouteDeps, { type, tag, name }: (typeof SOURCES)[number]): Route {
  return {
    method: 'get',
    path: `/v1/${tag}/{id}/dues`,
    operationId: `list${name}Dues`,
    tag,
    summary: `What the ${type} leaves owing between two members, and whether it is posted`,
    permission: 'read',
    answer: { status: 200, description: 'As the contract would post it.', type: DuesView },
    handle: async ({ params }) => {
      const record = await ownRecord(deps, type, params['id']);
      return { json: { items: (await new DueBook(deps.index).of(record)).map(toView) } };
    },
  };
}

function postRoute(deps: RouteDeps, { type, tag, name }: (typeof SOURCES)[number]): Route {
  const row = {
    operation: 'postDue',
    path: `/v1/${tag}/{id}/dues`,
    tag,
    summary: `Post what the ${type} leaves owing of one kind, in this member's lane`,
    permission: 'approve' as const,
    body: DueDto,
    shows: 'lane',
    build: (call: Call) => posting(deps, type, call),
  };
  return { ...operationRoute(row, deps), operationId: `post${name}Due` };
}

/** What `closing.automatic` does by itself, on demand. */
function postAllRoute(deps: RouteDeps): Route {
  return {
    method: 'post',
    path: '/v1/dues',
    operationId: 'postDues',
    tag: 'business-days',
    summary: "Post everything that records leave owing and this member's lanes take",
    permission: 'reconcile',
    answer: { status: 200, description: 'What became of each; none when all is posted.', type: PostedDues },
    handle: async () => ({ json: { items: await deps.dues.run() } }),
  };
}

/** @throws Rejection RECORD_NOT_FOUND for a record or a lane, NOTHING_OWED, DUE_POSTED_ALREADY. */
async function posting(deps: RouteDeps, type: RecordType, { params, body }: Call): Promise<OperationInput> {
  const record = await ownRecord(deps, type, params['id']);
  const { kind, number = 1 } = body as DueDto;
  const standing = (await new DueBook(deps.index).of(record)).find(
    ({ due }) => due.entry.type === kind && due.number === number,
  );
  if (standing === undefined) throw new Rejection('NOTHING_OWED', { record: record.id, kind });
  if (standing.isPosted) throw new Rejection('DUE_POSTED_ALREADY', { record: record.id });
  const lane = laneOf(standing, deps.member);
  if (lane === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: 'lane' });
  const { input, recordIds } = postingOf(standing, lane);
  return { input: input as Json, recordIds };
}

function toView({ due, isPosted, lanes }: DueStanding): DueView {
  const { endToEndId, type, currency, amountMinor, valueDate } = due.entry;
  const { number, debtor, creditor } = due;
  const posted = lanes.length === 0 ? null : isPosted;
  return { kind: type, number, debtor, creditor, currency, amountMinor, valueDate, endToEndId, posted };
}
