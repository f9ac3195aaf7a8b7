import { Rejection } from '../../chaincode/domain/errors';
import type { RecordType } from '../../chaincode/domain/record';
import { readCursor, writeCursor } from '../http/cursor';
import type { Answer, Call, Route } from '../http/route';
import { Pattern, RecordId, Text, RECORD_ID } from '../http/validation/fields';
import type { IndexedRecord, RecordFilter } from '../ports/record-index';
import type { RouteDeps } from './dependencies';
import { RecordPage, RecordVersions, RecordView, toRecordView, toRecordViews } from './views/record-view';

/** Filters of a list; a cursor carries them, so the next page needs the cursor alone. */
export class ListQuery {
  @RecordId({ optional: true }) orderId?: string;
  @Pattern(/^[a-zA-Z]{1,32}$/, { optional: true }) status?: string;
  @Pattern(/^([1-9]\d?|1\d\d|200)$/, { optional: true }) limit?: string;
  @Text(1_024, { optional: true }) cursor?: string;
}

const DEFAULT_LIMIT = 50;

/** The record types that can be listed and read, and under which address. */
export const COLLECTIONS: readonly { readonly path: string; readonly type: RecordType; readonly name: string }[] = [
  { path: 'purchase-orders', type: 'purchaseOrder', name: 'PurchaseOrder' },
  { path: 'shipments', type: 'shipment', name: 'Shipment' },
  { path: 'invoices', type: 'invoice', name: 'Invoice' },
  { path: 'receivables', type: 'receivable', name: 'Receivable' },
  { path: 'payments', type: 'payment', name: 'Payment' },
  { path: 'standing-agreements', type: 'standingAgreement', name: 'StandingAgreement' },
  { path: 'lanes', type: 'lane', name: 'Lane' },
  { path: 'segments', type: 'segment', name: 'Segment' },
  { path: 'statements', type: 'statement', name: 'Statement' },
  { path: 'clearing-agreements', type: 'clearingAgreement', name: 'ClearingAgreement' },
  { path: 'clearings', type: 'clearing', name: 'Clearing' },
  { path: 'match-runs', type: 'matchRun', name: 'MatchRun' },
  { path: 'rule-sets', type: 'ruleSet', name: 'RuleSet' },
  { path: 'breaks', type: 'break', name: 'Break' },
  { path: 'notices', type: 'notice', name: 'Notice' },
  { path: 'cases', type: 'case', name: 'Case' },
];

/** Lists, current versions and histories of every record type. */
export function recordRoutes(deps: RouteDeps): readonly Route[] {
  return COLLECTIONS.flatMap(({ path, type, name }): Route[] => [
    {
      method: 'get',
      path: `/v1/${path}`,
      operationId: `list${name}s`,
      tag: path,
      summary: `Own records of the type ${type}, newest change first`,
      permission: 'read',
      query: ListQuery,
      answer: { status: 200, description: 'One page.', type: RecordPage },
      handle: (call) => listRecords(deps, type, call),
    },
    {
      method: 'get',
      path: `/v1/${path}/{id}`,
      operationId: `read${name}`,
      tag: path,
      summary: 'Current version and who acts next',
      permission: 'read',
      answer: { status: 200, description: 'The record.', type: RecordView },
      handle: async ({ params }) => {
        const record = await ownRecord(deps, type, params['id']);
        return { json: await toRecordView(record, deps.index, deps.member), headers: { etag: `"${record.version}"` } };
      },
    },
    {
      method: 'get',
      path: `/v1/${path}/{id}/versions`,
      operationId: `list${name}Versions`,
      tag: path,
      summary: 'Every version in order',
      permission: 'read',
      answer: { status: 200, description: 'All versions, first to current.', type: RecordVersions },
      handle: async ({ params }) => {
        const { id } = await ownRecord(deps, type, params['id']);
        return { json: { items: await toRecordViews(await deps.index.versions(id), deps.index, deps.member) } };
      },
    },
  ]);
}

/**
 * A record of the own member; another member's, another type's and a mistyped id answer alike.
 *
 * @throws Rejection RECORD_NOT_FOUND.
 */
export async function ownRecord(
  deps: Pick<RouteDeps, 'index'>,
  type: RecordType,
  id: string | undefined,
): Promise<IndexedRecord> {
  const record = id !== undefined && RECORD_ID.test(id) ? await deps.index.record(id) : undefined;
  if (record === undefined || record.type !== type) throw new Rejection('RECORD_NOT_FOUND');
  return record;
}

async function listRecords(deps: RouteDeps, type: RecordType, call: Call): Promise<Answer> {
  const { orderId, status, limit, cursor } = call.query as ListQuery;
  const asked: RecordFilter = {
    type,
    ...(orderId === undefined ? {} : { orderId }),
    ...(status === undefined ? {} : { status }),
  };
  const place = cursor === undefined ? { filter: asked } : readCursor(cursor, asked);
  const page = await deps.index.list({
    ...place.filter,
    ...('cursor' in place ? { cursor: place.cursor } : {}),
    limit: Number(limit ?? DEFAULT_LIMIT),
  });
  return {
    json: {
      items: await toRecordViews(page.items, deps.index, deps.member),
      nextCursor: page.next === undefined ? null : writeCursor({ filter: place.filter, cursor: page.next }),
    },
  };
}
