import { parseInstant } from '../../business-date';
import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Change, Operation } from '../../operation';
import { as, type Shipment, type TransportEvent } from '../../trade-types';
import { requireCreator, requireStatus } from '../rules';

interface EventInput {
  readonly shipment: string;
  readonly event: TransportEvent;
}

/** DCSA equipment events that say the goods reached the consignee: container dropped off, container unpacked. */
const DELIVERING = new Set(['EQUIPMENT/DROP', 'EQUIPMENT/STRP']);
const MAX_EVENTS = 500;

/** Date of the last actual delivering event that was not retracted; null when there is none. */
export function deliveredOn(events: readonly TransportEvent[]): string | null {
  const retracted = new Set(events.map(({ retracts }) => retracts));
  const standing = events.filter(
    (event) =>
      event.classifier === 'ACT' &&
      event.retracts === null &&
      !retracted.has(event.eventId) &&
      DELIVERING.has(`${event.type}/${event.code}`),
  );
  return (
    standing
      .map(({ occurredAt }) => occurredAt.slice(0, 10))
      .sort()
      .at(-1) ?? null
  );
}

function parseEvent(input: Input): TransportEvent {
  const event = {
    eventId: input.text('eventId', /^[A-Za-z0-9._:-]{1,100}$/),
    classifier: input.oneOf('classifier', ['PLN', 'EST', 'ACT'] as const),
    type: input.oneOf('type', ['TRANSPORT', 'EQUIPMENT', 'SHIPMENT'] as const),
    code: input.text('code', /^[A-Z]{4}$/),
    occurredAt: input.with('occurredAt', parseInstant),
    location: input.optionalText('location', /^[A-Z]{2}[A-Z2-9]{3}$/),
    retracts: input.optionalText('retracts', /^[A-Za-z0-9._:-]{1,100}$/),
    document: input.optionalText('document', /^[0-9a-f]{64}$/),
  };
  input.end();
  return event;
}

/** The carrier states an event; plans and estimates are kept as history, a retraction reopens what its event settled. */
export const recordEvent: Operation<EventInput> = {
  authority: {
    operation: 'recordEvent',
    record: 'shipment',
    from: ['despatched', 'delivered'],
    to: 'despatched | delivered',
    creator: 'carrier',
    signature: 'none',
    lateral: 'unilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = { shipment: input.id('shipment'), event: parseEvent(input.object('event')) };
    input.end();
    return value;
  },
  reads: () => ({ network: false }),
  apply(context, { shipment: id, event }): readonly Change[] {
    const record = context.record(id, 'shipment');
    const shipment = as<Shipment>(record.groups);
    requireStatus(record, recordEvent.authority);
    requireCreator(context, shipment.goods.carrier);
    const { list } = shipment.events;
    if (list.some(({ eventId }) => eventId === event.eventId)) throw new Rejection('EVENT_DUPLICATE', { record: id });
    if (event.retracts !== null && !list.some(({ eventId }) => eventId === event.retracts)) {
      throw new Rejection('EVENT_UNKNOWN', { record: id });
    }
    if (list.length >= MAX_EVENTS)
      throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/event', limit: String(MAX_EVENTS) });
    const next = [...list, event];
    const on = deliveredOn(next);
    const groups = { ...record.groups, events: { list: next as never, deliveredOn: on } };
    return [{ kind: 'update', record, status: on === null ? 'despatched' : 'delivered', groups }];
  },
};
