import { sample } from './steps-order';
import type { Stage } from './stage';

interface DespatchDocument {
  readonly sha256: string;
  readonly content: {
    readonly id: string;
    readonly issueDate: string;
    readonly lines: readonly { readonly id: string; readonly quantity: string; readonly unit: string }[];
  };
}

interface EventDocument {
  readonly sha256: string;
  readonly content: Readonly<Record<string, unknown>>;
}

/** 90 of 100 leave the seller by its own advice; the carrier's actual event says that they arrived. */
export async function fulfilOrder(stage: Stage): Promise<void> {
  await despatch(stage);
  await deliver(stage);
}

async function despatch(stage: Stage): Promise<void> {
  const { sha256, content } = await stage.platform.upload<DespatchDocument>(
    '/v1/documents',
    'maker',
    'demo-despatch-document',
    sample('ubl/examples/despatch-advice-2.0.xml'),
    'application/xml',
  );
  const order = stage.known('order');
  const lines = content.lines.map(({ id, quantity, unit }) => ({ id, quantity, unit }));
  const { member: carrier } = stage.logistics;
  const goods = { number: content.id, despatchedOn: content.issueDate, carrier, lines, document: sha256 };
  await stage.sign(stage.platform, 'demo-despatch', 'despatchGoods', { order, ...goods });
  const path = `/v1/purchase-orders/${order}/shipments`;
  const { record } = await stage.platform.post(path, 'maker', 'demo-shipment', goods);
  const shipment = record?.id ?? '';
  stage.remember({ shipment, despatchDocument: sha256 });
  const [first] = lines;
  stage.say(
    `its OASIS despatch advice ships ${first?.quantity ?? ''} ${first?.unit ?? ''} of 100: shipment ${shipment}`,
  );
}

async function deliver(stage: Stage): Promise<void> {
  const shipment = stage.known('shipment');
  const estimated = await event(stage, 'transport-event-arrival-estimated', 'demo-event-estimated');
  const actual = await event(stage, 'equipment-event-dropped-off', 'demo-event-actual');
  const path = `/v1/shipments/${shipment}/events`;
  await stage.logistics.post(path, 'maker', 'demo-estimated', { event: estimated });
  const { record } = await stage.logistics.post(path, 'maker', 'demo-delivered', { event: actual });
  const order = stage.known('order');
  await stage.platform.post(`/v1/purchase-orders/${order}/deliveries`, 'maker', 'demo-delivery', { shipment });
  stage.say(
    `the carrier's estimate is history only; its DCSA event with classifier ACT counts: ${record?.status ?? ''}`,
  );
}

async function event(stage: Stage, name: string, key: string): Promise<object> {
  const { sha256, content } = await stage.logistics.upload<EventDocument>(
    '/v1/documents',
    'maker',
    key,
    sample(`dcsa/examples/${name}.json`),
    'application/json',
  );
  return { ...content, document: sha256 };
}
