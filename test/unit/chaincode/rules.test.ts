import { expect } from 'chai';
import type { Json } from '../../../chaincode/domain/json';
import { chapterAt, codeOf, storyFrom } from '../../support/chaincode/attempts';
import { CASES } from '../../support/chaincode/acts';
import {
  closeAct,
  despatchInput,
  entry,
  eventInput,
  invoiceInput,
  orderContent,
  reportAct,
  segmentsInput,
  TERMS,
  wholeStory,
  type Chapter,
  type Ids,
} from '../../support/chaincode/story';
import type { Act } from '../../support/chaincode/world';

type Fields = { readonly [name: string]: Json };
type Make = (chapter: Chapter) => Act;

const order =
  (change: (content: Record<string, Record<string, Json>>) => object): Make =>
  (chapter) => {
    const content = orderContent(chapter.ids['businessDay']!) as never as Record<string, Record<string, Json>>;
    return { as: 'PlatformMSP', operation: 'draftPurchaseOrder', input: { ...content, ...change(content) } as Json };
  };
const priced = (price: string, amountMinor: string, total = amountMinor): Make =>
  order(() => ({ price: { lines: [{ id: '1', price, baseQuantity: '1', amountMinor }], totalMinor: total } }));
const terms = (change: Fields): Make => order((content) => ({ terms: { ...content['terms'], ...change } }));
const line = (change: Fields): Make =>
  terms({ lines: [{ id: '1', item: 'kettle', hsCode: '851679', quantity: '100', unit: 'C62', ...change }] });
const onOrder =
  (operation: string, input: (ids: Ids) => Json): Make =>
  (chapter) => ({
    as: 'PlatformMSP',
    operation,
    input: input(chapter.ids),
    records: [chapter.ids['order']!],
  });
const invoice = (change: Fields): Make => onOrder('draftInvoice', (ids) => invoiceInput(ids['order']!, change));
const discount =
  (change: Fields, as = 'SellerBankMSP'): Make =>
  (chapter) => ({
    as,
    operation: 'discountReceivable',
    input: { terms: { ...TERMS, receivable: chapter.ids['receivable']!, ...change } },
    records: [chapter.ids['receivable']!],
  });
const report =
  (change: Fields): Make =>
  (chapter) =>
    reportAct(storyFrom(chapter), 'paid', change);
const segments =
  (change: Fields, as = 'BuyerBankMSP'): Make =>
  (chapter) => ({
    as,
    operation: 'postSegments',
    input: segmentsInput(chapter.ids, change),
    records: [chapter.ids['lane']!, chapter.ids['agreement']!],
  });
const posted = (...entries: readonly Fields[]): Fields => ({
  segments: [
    {
      count: entries.length,
      amountMinor: String(entries.reduce((sum, { amountMinor }) => sum + BigInt(String(amountMinor)), 0n)),
      entries,
    },
  ],
});
const close =
  (change: Fields): Make =>
  (chapter) =>
    closeAct(storyFrom(chapter), change);
const usual =
  (operation: string, as: string): Make =>
  (chapter) => ({ ...CASES[operation]!.make(chapter), as });

/** What the rules refuse: where in the story, what is tried, and the code it must get. */
const REFUSED: readonly (readonly [chapter: string, what: string, make: Make, code: string])[] = [
  ['agreement agreed', 'a currency that is none', terms({ currency: 'XXQ' }), 'CURRENCY_UNKNOWN'],
  ['agreement agreed', 'a negative amount', priced('12.5', '-125000'), 'AMOUNT_INVALID'],
  ['agreement agreed', 'a fractional amount', priced('12.5', '1250.00'), 'AMOUNT_INVALID'],
  ['agreement agreed', 'an amount beyond the largest', priced('12.5', `1${'0'.repeat(19)}`), 'AMOUNT_INVALID'],
  ['agreement agreed', 'a line that is not quantity times price', priced('12.5', '125001'), 'ARITHMETIC_WRONG'],
  ['agreement agreed', 'a total that is not the sum', priced('12.5', '125000', '125001'), 'ARITHMETIC_WRONG'],
  ['agreement agreed', 'the 30th of February', terms({ issueDate: '2026-02-30' }), 'DATE_INVALID'],
  [
    'agreement agreed',
    'a window that ends first',
    terms({ deliveryWindow: { from: '2026-11-02', to: '2026-11-01' } }),
    'DATE_INVALID',
  ],
  ['agreement agreed', 'quantity zero', line({ quantity: '0' }), 'QUANTITY_INVALID'],
  ['agreement agreed', 'a negative quantity', line({ quantity: '-1' }), 'QUANTITY_INVALID'],
  [
    'agreement agreed',
    'an Incoterms rule that is none',
    terms({ incoterms: { rule: 'XXX', place: 'x', edition: '2020' } }),
    'CODE_UNKNOWN',
  ],
  [
    'agreement agreed',
    'a bank that is none',
    order((content) => ({ payment: { ...content['payment'], buyerBank: 'LogisticsMSP' } })),
    'MEMBER_UNKNOWN',
  ],
  [
    'agreement agreed',
    "a date of other banks' pair",
    order((content) => ({ payment: { ...content['payment'], businessDay: '0'.repeat(32) } })),
    'BUSINESS_DAY_NOT_FOUND',
  ],
  ['agreement agreed', 'a field nobody knows', order(() => ({ surprise: 1 })), 'REQUEST_INVALID'],
  [
    'order proposed',
    'confirming a buyer nobody qualified',
    usual('confirmPurchaseOrder', 'PlatformMSP'),
    'BUYER_NOT_QUALIFIED',
  ],
  [
    'order confirmed',
    'more than was ordered',
    onOrder('despatchGoods', (ids) => despatchInput(ids['order']!, '101')),
    'DESPATCH_EXCEEDS_ORDER',
  ],
  [
    'goods delivered',
    'the rest and one more',
    onOrder('despatchGoods', (ids) => despatchInput(ids['order']!, '11', 'DES-2')),
    'DESPATCH_EXCEEDS_ORDER',
  ],
  [
    'goods despatched',
    'a number that is taken',
    onOrder('despatchGoods', (ids) => despatchInput(ids['order']!, '1')),
    'DESPATCH_DUPLICATE',
  ],
  ['shipment created', 'a delivery nobody proved', usual('noteDelivery', 'PlatformMSP'), 'DELIVERY_NOT_PROVEN'],
  ['delivery noted', 'a delivery twice', usual('noteDelivery', 'PlatformMSP'), 'DELIVERY_NOTED_ALREADY'],
  [
    'delivery noted',
    'an end before everything is delivered',
    usual('completePurchaseOrder', 'PlatformMSP'),
    'ORDER_NOT_FULFILLED',
  ],
  [
    'goods delivered',
    'the same event twice',
    (chapter) => ({
      as: 'LogisticsMSP',
      operation: 'recordEvent',
      input: eventInput(chapter.ids['shipment']!, 'EV-1'),
      records: [chapter.ids['shipment']!],
    }),
    'EVENT_DUPLICATE',
  ],
  [
    'goods delivered',
    'taking back what never was',
    (chapter) => ({
      as: 'LogisticsMSP',
      operation: 'recordEvent',
      input: eventInput(chapter.ids['shipment']!, 'EV-3', { retracts: 'EV-2' }),
      records: [chapter.ids['shipment']!],
    }),
    'EVENT_UNKNOWN',
  ],
  [
    'delivery noted',
    "another price than the order's",
    invoice({ lines: [{ id: '1', quantity: '90', amountMinor: '112501' }], totalMinor: '112501' }),
    'INVOICE_DIFFERS_FROM_ORDER',
  ],
  ['delivery noted', 'another currency than the order', invoice({ currency: 'EUR' }), 'INVOICE_DIFFERS_FROM_ORDER'],
  [
    'delivery noted',
    'a line the order does not have',
    invoice({ lines: [{ id: '2', quantity: '90', amountMinor: '112500' }] }),
    'LINE_UNKNOWN',
  ],
  ['delivery noted', 'an invoice whose sum is wrong', invoice({ totalMinor: '112501' }), 'ARITHMETIC_WRONG'],
  ['delivery noted', 'an invoice due before it is issued', invoice({ dueDate: '2026-11-09' }), 'DATE_INVALID'],
  ['invoice accepted', 'a discount without the registry', discount({}), 'FINGERPRINT_NOT_REGISTERED'],
  [
    'invoice claimed',
    'a discount on other terms than claimed',
    discount({ purchasePriceMinor: '110001' }),
    'CLAIM_NOT_YOURS',
  ],
  [
    'invoice claimed',
    'a discount by a bank without the claim',
    discount({ bank: 'BuyerBankMSP' }, 'BuyerBankMSP'),
    'CLAIM_NOT_YOURS',
  ],
  ['invoice claimed', "a discount in another bank's name", discount({ bank: 'BuyerBankMSP' }), 'CREATOR_NOT_ENTITLED'],
  ['payment instructed', 'the same instalment twice', usual('instructPayment', 'SellerBankMSP'), 'STATUS_FORBIDS'],
  ['payment instructed', 'a report of another amount', report({ amountMinor: '1' }), 'PAYMENT_REPORT_DIFFERS'],
  ['payment instructed', 'a report of another currency', report({ currency: 'EUR' }), 'PAYMENT_REPORT_DIFFERS'],
  ['payment instructed', 'a report of another payment', report({ endToEndId: 'X' }), 'PAYMENT_REPORT_DIFFERS'],
  [
    'payment made',
    'an entry in another currency',
    segments(posted({ ...entry(9), currency: 'EUR' })),
    'AGREEMENT_NOT_IN_FORCE',
  ],
  [
    'payment made',
    'an entry of a kind not agreed',
    segments(posted({ ...entry(9), type: 'interest' })),
    'AGREEMENT_NOT_IN_FORCE',
  ],
  ['payment made', 'an entry above the limit', segments(posted(entry(9, '10000001'))), 'ENTRY_LIMIT_EXCEEDED'],
  [
    'payment made',
    'a day above the limit',
    segments({
      segments: Array.from({ length: 11 }, (_, at) => ({
        count: 1,
        amountMinor: '10000000',
        entries: [entry(at, '10000000')],
      })),
    }),
    'DAY_LIMIT_EXCEEDED',
  ],
  [
    'payment made',
    'a control total that is wrong',
    segments({ segments: [{ count: 1, amountMinor: '101', entries: [entry(1)] }] }),
    'SEGMENT_CONTROL_WRONG',
  ],
  [
    'payment made',
    'a count that is wrong',
    segments({ segments: [{ count: 2, amountMinor: '100', entries: [entry(1)] }] }),
    'SEGMENT_CONTROL_WRONG',
  ],
  ['payment made', 'one entry twice', segments(posted(entry(1), entry(1))), 'SEGMENT_ENTRY_DUPLICATE'],
  ['payment made', 'an entry of zero', segments(posted(entry(1, '0'))), 'SEGMENT_ENTRY_INVALID'],
  ['payment made', 'another date than the open one', segments({ date: '2026-11-11' }), 'DATE_NOT_OPEN'],
  ['entries posted', 'closing the open date', close({}), 'DAY_STILL_OPEN'],
  [
    'entries posted',
    'a date over a weekend',
    (chapter) => ({
      as: 'BuyerBankMSP',
      operation: 'proposeDate',
      input: {
        businessDay: chapter.ids['businessDay']!,
        members: ['BuyerBankMSP', 'SellerBankMSP'],
        date: '2026-11-14',
      },
    }),
    'DATE_NOT_NEXT',
  ],
  ['date proposed', 'advancing what oneself proposed', usual('advanceDate', 'BuyerBankMSP'), 'PROPOSAL_MISSING'],
  ['date advanced', 'closing without a segment', close({ segments: [] }), 'DAY_INCOMPLETE'],
  ['day closed', 'closing twice', close({}), 'DAY_CLOSED'],
];

describe('rules', () => {
  let chapters: readonly Chapter[];
  before(async () => {
    chapters = (await wholeStory()).chapters;
  });

  for (const [title, what, make, code] of REFUSED) {
    it(`at "${title}", refuses ${what}: ${code}`, async () => {
      const chapter = chapterAt(chapters, title);
      expect(await codeOf(chapter, make(chapter))).to.equal(code);
    });
  }
});
