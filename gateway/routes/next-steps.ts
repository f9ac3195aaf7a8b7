import type { Json } from '../../chaincode/domain/json';
import { isJsonObject } from '../../chaincode/domain/json';
import type { IndexedVersion, RecordIndex } from '../ports/record-index';
import { DueBook } from '../services/due-standing';

/** The step a record waits for: operation, who submits it, which party signs, last date. */
export interface NextStep {
  readonly operation: string;
  readonly member: string;
  readonly signature: 'none' | 'seller' | 'buyer' | 'both';
  /** yyyy-mm-dd; null when nothing sets a date. */
  readonly until: string | null;
}

interface Scene {
  readonly record: IndexedVersion;
  readonly order: IndexedVersion | undefined;
  readonly index: RecordIndex;
}
type Steps = (scene: Scene) => readonly NextStep[] | Promise<readonly NextStep[]>;

/**
 * Who acts next on a record and until when, read from the record and its order; empty once it has come to an end.
 *
 * A hint for people: what the contract allows is in the authority table.
 */
export async function nextSteps(record: IndexedVersion, index: RecordIndex): Promise<readonly NextStep[]> {
  const order =
    record.type === 'purchaseOrder' ? record : record.orderId === null ? undefined : await index.record(record.orderId);
  return (await STEPS[`${record.type}/${record.status}`]?.({ record, order, index })) ?? [];
}

const STEPS: Readonly<Record<string, Steps>> = {
  'purchaseOrder/drafted': (scene) => [byRole('proposePurchaseOrder', 'platform', scene, 'seller')],
  'purchaseOrder/proposed': proposedOrder,
  'purchaseOrder/confirmed': (scene) => [byRole('despatchGoods', 'platform', scene, 'seller', deliveryEnd(scene))],
  'purchaseOrder/fulfilling': fulfillingOrder,
  'shipment/despatched': (scene) => [
    step('recordEvent', text(scene.record.groups['goods']?.['carrier']), 'none', deliveryEnd(scene)),
  ],
  'shipment/delivered': noteDelivery,
  'invoice/drafted': (scene) => [byRole('issueInvoice', 'platform', scene, 'seller')],
  'invoice/issued': (scene) => [
    byRole('acceptInvoice', 'platform', scene, 'buyer', date(scene.record.groups['invoice']?.['dueDate'])),
  ],
  'receivable/open': (scene) => [
    byRole('instructPayment', 'buyerBank', scene, 'none', date(scene.record.groups['claim']?.['dueDate'])),
  ],
  'receivable/discounted': (scene) => [
    byRole('instructPayment', 'buyerBank', scene, 'none', date(scene.record.groups['claim']?.['dueDate'])),
  ],
  'receivable/paying': (scene) => [byRole('reportPayment', 'buyerBank', scene)],
  'payment/instructed': (scene) => [
    byRole('reportPayment', 'buyerBank', scene, 'none', date(scene.record.groups['payment']?.['requestedDate'])),
  ],
  'payment/paid': postDues,
  'payment/returned': postDues,
  'standingAgreement/proposed': ({ record }) => [
    step('agreeAgreement', text(record.groups['agreement']?.['receiver'])),
  ],
  'statement/closed': ({ record }) => record.participants.map((member) => step('signStatement', member)),
  'statement/signed': ({ record }) =>
    record.participants
      .filter((member) => !Object.hasOwn(record.groups['signatures'] ?? {}, member))
      .map((member) => step('signStatement', member)),
  'statement/disputed': ({ record }) => record.participants.map((member) => step('reissueStatement', member)),
  'break/open': ({ record }) => [breakStep('proposeResolution', record)],
  'break/assigned': ({ record }) => [breakStep('proposeResolution', record)],
  'break/proposed': ({ record }) => [breakStep('agreeResolution', record)],
  'break/agreed': async (scene) => [breakStep('closeBreak', scene.record), ...(await postDues(scene))],
  'break/closed': postDues,
  'break/escalated': ({ record }) => [breakStep('proposeResolution', record)],
  'break/disputed': ({ record }) => [breakStep('referBreak', record)],
  'ruleSet/proposed': ({ record }) => record.participants.map((member) => step('approveRuleSet', member)),
  'clearingAgreement/proposed': ({ record }) =>
    missing('joinClearingAgreement', record, listed(record, 'agreement', 'joined')),
  'clearing/computed': ({ record }) => missing('signClearing', record, []),
  'clearing/signed': ({ record }) => missing('signClearing', record, Object.keys(record.groups['signatures'] ?? {})),
  'clearing/agreed': ({ record }) => settlementSteps(record),
  'case/filed': ({ record }) => neutralSteps('acceptCase', record),
  'case/accepted': ({ record }) => neutralSteps('closeCase', record),
};

function proposedOrder(scene: Scene): readonly NextStep[] {
  const qualified = text(scene.record.groups['progress']?.['buyerQualifiedBy']) !== '';
  return qualified
    ? [byRole('confirmPurchaseOrder', 'platform', scene, 'buyer')]
    : [byRole('qualifyBuyer', 'buyerBank', scene)];
}

async function fulfillingOrder(scene: Scene): Promise<readonly NextStep[]> {
  const left = (done: string, of: string): boolean =>
    lines(scene.record.groups['progress']?.[done]) < lines(scene.record.groups['progress']?.[of]);
  const steps: NextStep[] = [];
  if (left('invoiced', 'delivered')) steps.push(byRole('draftInvoice', 'platform', scene, 'seller'));
  if (await hasDespatchWithoutShipment(scene)) steps.push(byRole('createShipment', 'platform', scene));
  const despatched = lines(scene.record.groups['progress']?.['despatched']);
  if (despatched < ordered(scene.record))
    steps.push(byRole('despatchGoods', 'platform', scene, 'seller', deliveryEnd(scene)));
  else if (!left('delivered', 'despatched') && !left('invoiced', 'delivered'))
    steps.push(byRole('completePurchaseOrder', 'platform', scene));
  return steps;
}

/** A despatch whose carrier has no record of it yet. */
async function hasDespatchWithoutShipment({ record, index }: Scene): Promise<boolean> {
  const despatches = record.groups['progress']?.['despatches'];
  const numbers = Array.isArray(despatches)
    ? despatches.map((one) => (isJsonObject(one) ? text(one['number']) : ''))
    : [];
  const shipments = (await index.list({ type: 'shipment', orderId: record.id, limit: 200 })).items;
  const known = new Set(shipments.map(({ groups }) => text(groups['goods']?.['number'])));
  return numbers.some((number) => !known.has(number));
}

/** What it leaves owing and no lane has, as far as this member holds a lane that takes it. */
async function postDues({ record, index }: Scene): Promise<readonly NextStep[]> {
  const standings = await new DueBook(index).of(record);
  const senders = standings.flatMap(({ isPosted, takers }) =>
    isPosted ? [] : takers.slice(0, 1).map(({ groups }) => text(groups['lane']?.['sender'])),
  );
  return [...new Set(senders)].map((sender) => step('postDue', sender));
}

/** A delivery the order does not know of yet. */
function noteDelivery(scene: Scene): readonly NextStep[] {
  const progress = scene.order?.groups['progress'];
  return progress !== undefined && lines(progress['delivered']) < lines(progress['despatched'])
    ? [byRole('noteDelivery', 'platform', scene)]
    : [];
}

/** Whoever holds the ball, until its deadline. */
function breakStep(operation: string, { groups }: IndexedVersion): NextStep {
  const { holder, dueOn } = groups['handling'] ?? {};
  return step(operation, text(holder), 'none', date(dueOn));
}

/** A step for every participant that has not taken it. */
function missing(operation: string, { participants }: IndexedVersion, done: readonly string[]): readonly NextStep[] {
  return participants.filter((member) => !done.includes(member)).map((member) => step(operation, member));
}

function listed({ groups }: IndexedVersion, group: string, field: string): readonly string[] {
  const value = groups[group]?.[field];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** Debtors pay, creditors confirm. */
function settlementSteps({ groups }: IndexedVersion): readonly NextStep[] {
  const instructions = groups['settlement']?.['instructions'];
  return (Array.isArray(instructions) ? (instructions as readonly Json[]) : []).flatMap((one) => {
    if (!isJsonObject(one) || one['status'] === 'settled') return [];
    return one['status'] === 'paid'
      ? [step('confirmSettlement', text(one['creditor']))]
      : [step('reportSettlement', text(one['debtor']))];
  });
}

function neutralSteps(operation: string, record: IndexedVersion): readonly NextStep[] {
  return record.participants
    .filter((member) => member !== record.creatorMspId)
    .slice(0, 1)
    .map((member) => step(operation, member));
}

function byRole(
  operation: string,
  role: 'platform' | 'buyerBank' | 'sellerBank',
  { order }: Scene,
  signature: NextStep['signature'] = 'none',
  until: string | null = null,
): NextStep {
  return step(operation, text(order?.groups['payment']?.[role]), signature, until);
}

function step(
  operation: string,
  member: string,
  signature: NextStep['signature'] = 'none',
  until: string | null = null,
): NextStep {
  return { operation, member: member === '' ? 'unknown' : member, signature, until };
}

function deliveryEnd({ order }: Scene): string | null {
  const window = order?.groups['terms']?.['deliveryWindow'];
  return isJsonObject(window) ? date(window['to'] ?? window['end'] ?? window['latest']) : null;
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function date(value: Json | undefined): string | null {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : null;
}

/** Sum of a per-line progress map or list, in millionths, for comparison only. */
function lines(value: Json | undefined): bigint {
  const quantities = Array.isArray(value)
    ? (value as readonly Json[])
    : isJsonObject(value)
      ? Object.values(value)
      : [];
  return quantities.reduce<bigint>((sum, one) => sum + millionths(isJsonObject(one) ? one['quantity'] : one), 0n);
}

function ordered(order: IndexedVersion): bigint {
  return lines(order.groups['terms']?.['lines']);
}

function millionths(value: Json | undefined): bigint {
  const parts = typeof value === 'string' ? /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(value) : null;
  return parts === null ? 0n : BigInt(parts[1] as string) * 1_000_000_000n + BigInt((parts[2] ?? '').padEnd(9, '0'));
}
