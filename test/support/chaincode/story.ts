import { createHash } from 'node:crypto';
import type { Json } from '../../../chaincode/domain/json';
import { discountTermsHash } from '../../../chaincode/domain/operations/finance/discount-receivable';
import { World, type Act } from './world';

/** Names of the records a story has made so far. */
export type Ids = Readonly<Record<string, string>>;

/** One place of the story: the ledger as it stood, and what exists. */
export interface Chapter {
  readonly title: string;
  readonly world: World;
  readonly ids: Ids;
}

export const FINGERPRINT_KEY = '0'.repeat(64);
export const TERMS = {
  account: 'US00SELLERBANK',
  bank: 'SellerBankMSP',
  bic: 'BANKUS33',
  currency: 'USD',
  name: "Seller's Bank",
  purchasePriceMinor: '110000',
  salt: '8'.repeat(32),
};

const party = (partyId: string, country: string): Json => ({ partyId, name: partyId, country, addressLines: [] });

/** A whole order: 100 kettles at 12.50 dollars, due when the carrier has delivered. */
export function orderContent(businessDay: string): { readonly [name: string]: Json } {
  return {
    parties: { buyer: party('buyer', 'GB'), seller: party('seller', 'CN') },
    terms: {
      number: 'PO-1',
      issueDate: '2026-11-01',
      currency: 'USD',
      lines: [{ id: '1', item: 'kettle', hsCode: '851679', quantity: '100', unit: 'C62' }],
      incoterms: { rule: 'FOB', place: 'Ningbo', edition: '2020' },
      deliveryWindow: { from: '2026-11-01', to: '2026-11-30' },
      ports: { loading: 'CNNGB', discharge: 'GBFXT' },
      ruleSet: 'none',
      governingLaw: 'English law',
      arbitration: { seat: 'Singapore', neutral: 'ArbitrationMSP' },
      document: null,
    },
    price: { lines: [{ id: '1', price: '12.5', baseQuantity: '1', amountMinor: '125000' }], totalMinor: '125000' },
    payment: {
      instalments: [{ shareBasisPoints: 10_000, trigger: 'deliveredByCarrier', delayDays: 0, date: null }],
      payee: { name: 'seller', account: 'CN1234567890', bic: 'BKCHCNBJ' },
      platform: 'PlatformMSP',
      buyerBank: 'BuyerBankMSP',
      sellerBank: 'SellerBankMSP',
      businessDay,
    },
  };
}

export function despatchInput(order: string, quantity = '90', number = 'DES-1'): Json {
  return {
    order,
    number,
    despatchedOn: '2026-11-05',
    carrier: 'LogisticsMSP',
    document: null,
    lines: [{ id: '1', quantity, unit: 'C62' }],
  };
}

export function eventInput(shipment: string, eventId: string, change: { readonly [name: string]: Json } = {}): Json {
  const event = {
    eventId,
    classifier: 'ACT',
    type: 'EQUIPMENT',
    code: 'DROP',
    occurredAt: '2026-11-09T14:10:00Z',
    location: 'GBFXT',
    retracts: null,
    document: null,
    ...change,
  };
  return { shipment, event };
}

export function invoiceInput(order: string, change: { readonly [name: string]: Json } = {}): Json {
  return {
    order,
    number: 'INV-1',
    issueDate: '2026-11-10',
    dueDate: '2026-12-10',
    currency: 'USD',
    lines: [{ id: '1', quantity: '90', amountMinor: '112500' }],
    totalMinor: '112500',
    document: null,
    ...change,
  };
}

export function entry(number: number, amountMinor = '100'): { readonly [name: string]: Json } {
  return {
    endToEndId: `E-${number}`,
    uetr: null,
    orderRef: null,
    invoiceRef: null,
    type: 'fee',
    amountMinor,
    currency: 'USD',
    occurredAt: '2026-11-10T09:00:00Z',
    valueDate: '2026-11-10',
  };
}

export function segmentsInput(ids: Ids, change: { readonly [name: string]: Json } = {}): Json {
  return {
    lane: ids['lane']!,
    date: '2026-11-10',
    seed: '4'.repeat(64),
    segments: [{ count: 2, amountMinor: '300', entries: [entry(1), entry(2, '200')] }],
    ...change,
  };
}

/** Plays acts on a ledger and remembers what they made. */
export class Story {
  readonly chapters: Chapter[] = [];
  world = new World();
  ids: Ids = {};

  /** Runs an act; `names` are given to the records it wrote, in order. */
  async act(title: string, act: Act, names: readonly (string | null)[] = []): Promise<void> {
    const { response } = await this.world.run(act);
    const named = names.flatMap((name, at) => (name === null ? [] : [[name, response[at]!.id] as const]));
    this.ids = { ...this.ids, ...Object.fromEntries(named) };
    this.chapters.push({ title, world: this.world.clone(), ids: this.ids });
  }

  /** The registry's own chaincode has claimed the receivable's invoice for the seller's bank. */
  claim(): void {
    const { claim } = this.world.groups(this.ids['receivable']!) as unknown as { claim: { fingerprint: string } };
    const terms = { ...TERMS, receivable: this.ids['receivable']! };
    this.world.claims.set(claim.fingerprint, {
      fingerprint: claim.fingerprint,
      status: 'financed',
      recordId: this.ids['receivable']!,
      registeredBy: 'SellerBankMSP',
      bank: 'SellerBankMSP',
      terms: discountTermsHash(terms),
    });
  }
}

/** The whole life of an order and of the banks' day, one chapter per act. */
export async function wholeStory(): Promise<Story> {
  const story = new Story();
  await openDay(story);
  await agreeOrder(story);
  await deliver(story);
  story.chapters.push(await wholeDelivery(story));
  await bill(story);
  story.claim();
  story.chapters.push({ title: 'invoice claimed', world: story.world.clone(), ids: story.ids });
  await settle(story);
  await closeDay(story);
  await arbitrate(story);
  return story;
}

export async function openDay(story: Story): Promise<void> {
  const input = { with: 'SellerBankMSP', date: '2026-11-10' };
  const { writes } = await story.world.judge({ as: 'BuyerBankMSP', operation: 'openBusinessDay', input });
  story.ids = { ...story.ids, businessDay: writes[0]!.key.slice(2) };
  await story.act('date opened', { as: 'BuyerBankMSP', operation: 'openBusinessDay', input });
  const agreement = {
    receiver: 'SellerBankMSP',
    debtor: 'BuyerBankMSP',
    currency: 'USD',
    types: ['principal', 'fee'],
    entryLimitMinor: '10000000',
    dayLimitMinor: '100000000',
    businessDay: story.ids['businessDay']!,
  };
  await story.act('agreement proposed', { as: 'BuyerBankMSP', operation: 'proposeAgreement', input: agreement }, [
    'agreement',
  ]);
  const agreed = { as: 'SellerBankMSP', operation: 'agreeAgreement', input: { agreement: story.ids['agreement']! } };
  await story.act('agreement agreed', { ...agreed, records: [story.ids['agreement']!] }, [null, 'lane']);
}

export async function agreeOrder(story: Story, terms: { readonly [name: string]: Json } = {}): Promise<void> {
  const usual = orderContent(story.ids['businessDay']!);
  const content = { ...usual, payment: { ...(usual['payment'] as object), ...terms } };
  await story.act('order drafted', { as: 'PlatformMSP', operation: 'draftPurchaseOrder', input: content }, ['order']);
  const order = story.ids['order']!;
  const on = { records: [order] };
  const proposal = { order, by: 'seller' };
  await story.act('order proposed', { as: 'PlatformMSP', operation: 'proposePurchaseOrder', input: proposal, ...on });
  await story.act('buyer qualified', { as: 'BuyerBankMSP', operation: 'qualifyBuyer', input: { order }, ...on });
  await story.act('order confirmed', { as: 'PlatformMSP', operation: 'confirmPurchaseOrder', input: { order }, ...on });
}

export async function deliver(story: Story): Promise<void> {
  const order = story.ids['order']!;
  const despatch = { as: 'PlatformMSP', operation: 'despatchGoods', input: despatchInput(order), records: [order] };
  await story.act('goods despatched', despatch);
  const create = { as: 'PlatformMSP', operation: 'createShipment', input: despatchInput(order) };
  await story.act('shipment created', create, ['shipment']);
  const shipment = story.ids['shipment']!;
  const event = {
    as: 'LogisticsMSP',
    operation: 'recordEvent',
    input: eventInput(shipment, 'EV-1'),
    records: [shipment],
  };
  await story.act('goods delivered', event);
  const delivery = {
    as: 'PlatformMSP',
    operation: 'noteDelivery',
    input: { order, shipment },
    records: [order, shipment],
  };
  await story.act('delivery noted', delivery);
}

/** Aside: the rest of the goods are sent and delivered too. */
async function wholeDelivery(story: Story): Promise<Chapter> {
  const aside = Object.assign(new Story(), { world: story.world.clone(), ids: story.ids });
  const order = story.ids['order']!;
  const goods = despatchInput(order, '10', 'DES-2');
  const rest = { as: 'PlatformMSP', operation: 'despatchGoods', input: goods, records: [order] };
  await aside.act('rest despatched', rest);
  await aside.act('rest handed over', { as: 'PlatformMSP', operation: 'createShipment', input: goods }, ['shipment']);
  const shipment = aside.ids['shipment']!;
  const event = {
    as: 'LogisticsMSP',
    operation: 'recordEvent',
    input: eventInput(shipment, 'EV-2'),
    records: [shipment],
  };
  await aside.act('rest delivered', event);
  const delivery = { operation: 'noteDelivery', input: { order, shipment }, records: [order, shipment] };
  await aside.act('everything delivered', { as: 'PlatformMSP', ...delivery });
  return { ...aside.chapters.at(-1)!, ids: { ...story.ids, shipment } };
}

export async function bill(story: Story): Promise<void> {
  const order = story.ids['order']!;
  const draft = { as: 'PlatformMSP', operation: 'draftInvoice', input: invoiceInput(order), records: [order] };
  await story.act('invoice drafted', draft, ['invoice']);
  const invoice = story.ids['invoice']!;
  const on = { as: 'PlatformMSP', records: [invoice, order] };
  await story.act('invoice issued', { ...on, operation: 'issueInvoice', input: { invoice } });
  const acceptance = { invoice, fingerprintKey: FINGERPRINT_KEY };
  await story.act('invoice accepted', { ...on, operation: 'acceptInvoice', input: acceptance }, [null, 'receivable']);
}

export async function settle(story: Story): Promise<void> {
  await instruct(story);
  await story.act('payment made', reportAct(story, 'paid'));
  await story.act('principal posted', principalAct(story));
}

/** The seller's bank buys the receivable and has its payment instructed. */
export async function instruct(story: Story): Promise<void> {
  const { receivable, order, invoice, shipment } = story.ids as Record<string, string>;
  story.claim();
  const terms = { ...TERMS, receivable: receivable! };
  const discount = { as: 'SellerBankMSP', operation: 'discountReceivable', input: { terms }, records: [receivable!] };
  await story.act('receivable discounted', discount);
  const instruction = { receivable: receivable!, instalment: 0, notices: [] };
  const facts = [receivable!, order!, invoice!, shipment!];
  const instructing = { as: 'SellerBankMSP', operation: 'instructPayment', input: instruction, records: facts };
  await story.act('payment instructed', instructing, [null, 'payment']);
}

/** What the payment now made leaves owing between the banks. */
export function principalAct({ ids }: Pick<Story, 'ids'>): Act {
  const { lane, agreement, payment } = ids as Record<string, string>;
  const input = { lane: lane!, source: payment!, kind: 'principal', number: 1 };
  return { as: 'BuyerBankMSP', operation: 'postDue', input, records: [lane!, agreement!, payment!] };
}

/** The creditor's member gives the payment back. */
export function returnAct(
  { ids, world }: Pick<Story, 'ids' | 'world'>,
  change: { readonly [name: string]: Json } = {},
): Act {
  const payment = ids['payment']!;
  const { endToEndId, currency, amountMinor, paidOn } = world.groups(payment)['payment']!;
  const input = {
    payment,
    endToEndId: endToEndId!,
    currency: currency!,
    amountMinor: amountMinor!,
    valueDate: paidOn ?? '2026-11-10',
    reason: 'AC04',
    document: null,
    ...change,
  };
  return { as: 'SellerBankMSP', operation: 'returnPayment', input, records: [payment, ids['receivable']!] };
}

/** The creditor's member gives part of the payment back. */
export function refundAct({ ids }: Pick<Story, 'ids'>, change: { readonly [name: string]: Json } = {}): Act {
  const payment = ids['payment']!;
  const input = {
    payment,
    amountMinor: '12500',
    valueDate: '2026-11-10',
    code: 'rejectedQuantity',
    text: 'ten kettles without a lid',
    creditNote: 'CN-1',
    document: null,
    ...change,
  };
  return { as: 'SellerBankMSP', operation: 'refundPayment', input, records: [payment] };
}

/** The buyer's bank's report of the payment now instructed. */
export function reportAct(
  story: Story,
  outcome: 'paid' | 'rejected',
  change: { readonly [name: string]: Json } = {},
): Act {
  const payment = story.ids['payment']!;
  const fields = story.world.groups(payment)['payment']!;
  const input = {
    payment,
    outcome,
    endToEndId: fields['endToEndId']!,
    currency: fields['currency']!,
    amountMinor: fields['amountMinor']!,
    valueDate: '2026-11-10',
    reason: outcome === 'rejected' ? 'AM04' : null,
    document: null,
    ...change,
  };
  return {
    as: 'BuyerBankMSP',
    operation: 'reportPayment',
    input,
    records: [payment, story.ids['receivable']!],
  };
}

async function closeDay(story: Story): Promise<void> {
  const { lane, agreement, businessDay } = story.ids as Record<string, string>;
  const post = {
    as: 'BuyerBankMSP',
    operation: 'postSegments',
    input: segmentsInput(story.ids),
    records: [lane!, agreement!],
  };
  await story.act('entries posted', post, [null, 'segment']);
  const date = { businessDay: businessDay!, members: ['BuyerBankMSP', 'SellerBankMSP'], date: '2026-11-11' };
  await story.act('date proposed', { as: 'BuyerBankMSP', operation: 'proposeDate', input: date });
  await story.act('date advanced', { as: 'SellerBankMSP', operation: 'advanceDate', input: date });
  await story.act('day closed', closeAct(story), ['statement']);
  const aside = Object.assign(new Story(), { world: story.world.clone(), ids: story.ids });
  const statement = story.ids['statement']!;
  const refusal = { statement, code: 'amountWrong', text: 'E-2 is not 200' };
  const refuse = { as: 'SellerBankMSP', operation: 'refuseStatement', input: refusal, records: [statement] };
  await aside.act('statement refused', refuse);
  story.chapters.push(...aside.chapters);
}

/** The close of the first date, with every segment of its lane. */
export function closeAct(story: Pick<Story, 'ids' | 'world'>, change: { readonly [name: string]: Json } = {}): Act {
  const { lane, businessDay } = story.ids as Record<string, string>;
  const segments = story.world
    .privateKeys('BuyerBankMSP')
    .filter((key) => key.startsWith('r/') && story.world.supplied(key.slice(2)).document.type === 'segment')
    .map((key) => key.slice(2))
    .sort((one, other) => sequenceOf(story.world, one) - sequenceOf(story.world, other));
  const members = ['BuyerBankMSP', 'SellerBankMSP'];
  const input = { businessDay: businessDay!, members, currency: 'USD', date: '2026-11-10', segments, ...change };
  return { as: 'SellerBankMSP', operation: 'closeDay', input, records: [lane!, ...segments] };
}

function sequenceOf(world: World, id: string): number {
  return Number(world.groups(id)['header']?.['sequence']);
}

async function arbitrate(story: Story): Promise<void> {
  const order = story.ids['order']!;
  const notice = { kind: 'demand', order, giver: 'BuyerBankMSP', reason: 'ten are missing', withdraws: null };
  await story.act('notice given', { as: 'BuyerBankMSP', operation: 'giveNotice', input: notice }, ['notice']);
  const claim = { order, claimant: 'BuyerBankMSP', records: [order], statementOfClaim: 'ten are missing' };
  await story.act('case filed', { as: 'BuyerBankMSP', operation: 'fileCase', input: claim }, ['case']);
  const id = story.ids['case']!;
  await story.act('case accepted', {
    as: 'ArbitrationMSP',
    operation: 'acceptCase',
    input: { case: id },
    records: [id],
  });
  const closing = { case: id, closing: 'settled between the parties' };
  await story.act('case closed', { as: 'ArbitrationMSP', operation: 'closeCase', input: closing, records: [id] });
}

/** A digest for tests that need some. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
