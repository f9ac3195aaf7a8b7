import type { Json } from '../../chaincode/domain/json';
import { Rejection } from '../../chaincode/domain/errors';
import type { Route } from '../http/route';
import type { RouteDeps } from './dependencies';
import { DespatchDto, EventDto } from './dto/fulfilment';
import { DeliveryDto, OrderContentDto } from './dto/order';
import { operationRoute, plain, type OperationRow } from './operation-route';
import { ownRecord } from './records';
import { TimelineAnswer } from './views/answers';
import { toRecordViews } from './views/record-view';

/** Orders and their fulfilment, as far as no party signs; signed steps go through signing requests. */
export function purchaseOrderRoutes(deps: RouteDeps): readonly Route[] {
  const rows = [...orderRows(deps), ...fulfilmentRows(deps)];
  return [...rows.map((row) => operationRoute(row, deps)), timelineRoute(deps)];
}

function orderRows(deps: RouteDeps): readonly OperationRow[] {
  const order = async (id: string | undefined): Promise<string> => (await ownRecord(deps, 'purchaseOrder', id)).id;
  return [
    {
      operation: 'draftPurchaseOrder',
      path: '/v1/purchase-orders',
      tag: 'purchase-orders',
      summary: 'Open an order as an unsigned draft',
      permission: 'prepare',
      body: OrderContentDto,
      shows: 'purchaseOrder',
      createdUnder: 'purchase-orders',
      build: ({ body }) => ({ input: plain(body), recordIds: [] }),
    },
    {
      operation: 'completeTerms',
      path: '/v1/purchase-orders/{id}/terms',
      tag: 'purchase-orders',
      summary: "Replace a draft's content",
      permission: 'prepare',
      body: OrderContentDto,
      shows: 'purchaseOrder',
      build: async ({ params, body }) => {
        const id = await order(params['id']);
        return { input: { order: id, content: plain(body) }, recordIds: [id] };
      },
    },
    ...ORDER_STEPS.map(({ operation, step, summary, permission }): OperationRow => ({
      operation,
      path: `/v1/purchase-orders/{id}/${step}`,
      tag: 'purchase-orders',
      summary,
      permission,
      shows: 'purchaseOrder',
      build: async ({ params }) => {
        const id = await order(params['id']);
        return { input: { order: id }, recordIds: [id] };
      },
    })),
  ];
}

function fulfilmentRows(deps: RouteDeps): readonly OperationRow[] {
  const order = async (id: string | undefined): Promise<string> => (await ownRecord(deps, 'purchaseOrder', id)).id;
  return [
    {
      operation: 'createShipment',
      path: '/v1/purchase-orders/{id}/shipments',
      tag: 'shipments',
      summary: 'Hand a despatch to its carrier, without prices',
      permission: 'prepare',
      body: DespatchDto,
      shows: 'shipment',
      createdUnder: 'shipments',
      // The order itself stays out of the request: the carrier's peer sees all of it.
      build: async ({ params, body }) => ({
        input: { ...(body as object), order: await order(params['id']) } as Json,
        recordIds: [],
      }),
    },
    {
      operation: 'noteDelivery',
      path: '/v1/purchase-orders/{id}/deliveries',
      tag: 'purchase-orders',
      summary: "Carry a shipment's proven delivery into the order",
      permission: 'prepare',
      body: DeliveryDto,
      shows: 'purchaseOrder',
      build: async ({ params, body }) => {
        const { shipment } = body as DeliveryDto;
        const id = await order(params['id']);
        return { input: { order: id, shipment }, recordIds: [id, (await ownRecord(deps, 'shipment', shipment)).id] };
      },
    },
    {
      operation: 'recordEvent',
      path: '/v1/shipments/{id}/events',
      tag: 'shipments',
      summary: 'State a DCSA event of a shipment',
      permission: 'prepare',
      body: EventDto,
      shows: 'shipment',
      build: async ({ params, body }) => {
        const shipment = (await ownRecord(deps, 'shipment', params['id'])).id;
        return { input: { shipment, event: plain((body as EventDto).event) }, recordIds: [shipment] };
      },
    },
  ];
}

const ORDER_STEPS = [
  {
    operation: 'qualifyBuyer',
    step: 'qualification',
    summary: 'State that the buyer qualifies',
    permission: 'approve',
  },
  {
    operation: 'cancelPurchaseOrder',
    step: 'cancellation',
    summary: 'Drop a draft; later cancellations are signed',
    permission: 'approve',
  },
  {
    operation: 'completePurchaseOrder',
    step: 'completion',
    summary: 'End an order of which all is delivered',
    permission: 'approve',
  },
] as const;

function timelineRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/purchase-orders/{id}/timeline',
    operationId: 'readTimeline',
    tag: 'purchase-orders',
    summary: "The order's story in ledger order, and what its records wait for",
    permission: 'read',
    answer: { status: 200, description: 'Every version of the order and of what belongs to it.', type: TimelineAnswer },
    handle: async ({ params }) => {
      const id = params['id'];
      if (id === undefined) throw new Rejection('RECORD_NOT_FOUND');
      const entries = await deps.index.timeline((await ownRecord(deps, 'purchaseOrder', id)).id);
      const items = entries.map(({ blockNumber, creatorMspId, ...entry }) => ({
        ...entry,
        blockNumber: blockNumber.toString(),
        submittedBy: creatorMspId,
      }));
      const related = await deps.index.records([...new Set(entries.map(({ recordId }) => recordId))]);
      const waiting = (await toRecordViews(related, deps.index, deps.member)).filter(({ next }) => next.length > 0);
      return { json: { items, waiting } };
    },
  };
}
