import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../project-root';
import { BUYER, SELLER, type Stage } from './stage';

/** An order's content as the API takes it; only what the steps touch is spelled out. */
interface OrderDraft {
  readonly parties: Readonly<Record<'buyer' | 'seller', Readonly<Record<string, unknown>>>>;
  readonly terms: Readonly<Record<string, unknown>> & { readonly lines: readonly Readonly<Record<string, unknown>>[] };
  readonly price: object;
  readonly payment: Readonly<Record<string, unknown>>;
}

interface UploadedDocument {
  readonly sha256: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly orderDraft?: OrderDraft;
}

/** One of the sample documents under docs/data. */
export function sample(path: string): Uint8Array {
  return readFileSync(join(projectRoot(), 'docs', 'data', path));
}

/** The real order is imported, completed, and agreed by both parties; further payment terms where they want some. */
export async function agreeOrder(stage: Stage, further: object = {}): Promise<void> {
  const content = await importOrder(stage);
  await completeTerms(stage, content, further);
  await signOrder(stage);
}

async function importOrder(stage: Stage): Promise<OrderDraft> {
  const bytes = sample('ubl/examples/order-2.0-international.xml');
  const { sha256, orderDraft } = await stage.platform.upload<UploadedDocument>(
    '/v1/documents',
    'maker',
    'demo-order-document',
    bytes,
    'application/xml',
  );
  if (orderDraft === undefined) throw new Error('the order document gave no draft');
  const draft: OrderDraft = {
    ...orderDraft,
    terms: { ...orderDraft.terms, document: sha256, arbitration: { seat: null, neutral: stage.arbitration.member } },
    payment: {
      ...orderDraft.payment,
      platform: stage.platform.member,
      buyerBank: stage.buyerBank.member,
      sellerBank: stage.sellerBank.member,
      businessDay: stage.known('businessDay'),
    },
  };
  const { record } = await stage.platform.post('/v1/purchase-orders', 'maker', 'demo-order', draft);
  stage.remember({ order: record?.id ?? '', orderDocument: sha256 });
  stage.say(`the OASIS order ${String(draft.terms['number'])} is imported as an unsigned draft: ${record?.id ?? ''}`);
  return draft;
}

/** What the document does not say is entered by the parties. */
async function completeTerms(stage: Stage, draft: OrderDraft, further: object): Promise<void> {
  const content: OrderDraft = {
    parties: {
      buyer: { ...draft.parties.buyer, partyId: BUYER },
      seller: { ...draft.parties.seller, partyId: SELLER },
    },
    terms: {
      ...draft.terms,
      lines: draft.terms.lines.map((line) => ({ ...line, hsCode: '152190' })),
      incoterms: { rule: 'FOB', place: 'Felixstowe', edition: '2020' },
      deliveryWindow: { from: '2026-11-01', to: '2026-11-30' },
      governingLaw: 'England and Wales',
      arbitration: { seat: 'London', neutral: stage.arbitration.member },
    },
    price: draft.price,
    payment: {
      ...draft.payment,
      instalments: [{ shareBasisPoints: 10_000, trigger: 'deliveredByCarrier', delayDays: 0, date: null }],
      payee: { name: 'Consortial', account: 'US00CONSORTIAL0001', bic: 'SELLUS33' },
      ...further,
    },
  };
  const path = `/v1/purchase-orders/${stage.known('order')}/terms`;
  await stage.platform.post(path, 'maker', 'demo-order-terms', content);
  stage.say('the parties enter what the document left open: HS code, Incoterms, delivery window, law, payment');
}

async function signOrder(stage: Stage): Promise<void> {
  const order = stage.known('order');
  await stage.sign(stage.platform, 'demo-propose', 'proposePurchaseOrder', { order, by: 'seller' });
  await stage.buyerBank.post(`/v1/purchase-orders/${order}/qualification`, 'approver', 'demo-qualify');
  const { record } = await stage.sign(stage.platform, 'demo-confirm', 'confirmPurchaseOrder', { order });
  stage.say(`seller and buyer sign it (EIP-712), the buyer's bank qualifies the buyer: ${record?.status ?? ''}`);
}
