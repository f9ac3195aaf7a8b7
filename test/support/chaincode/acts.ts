import {
  closeAct,
  despatchInput,
  eventInput,
  FINGERPRINT_KEY,
  invoiceInput,
  orderContent,
  principalAct,
  refundAct,
  reportAct,
  returnAct,
  segmentsInput,
  Story,
  TERMS,
  type Chapter,
} from './story';
import type { Act } from './world';

type Make = (chapter: Chapter) => Omit<Act, 'as'>;

/** What an operation's acts need to exist, who may submit them, and how one is made. */
export interface OperationCase {
  readonly needs: readonly string[];
  /** MSP ids that the authority table's words mean in the story. */
  readonly creators: readonly string[];
  readonly make: Make;
}

const id = (chapter: Chapter, name: string): string => chapter.ids[name]!;
const onOrder =
  (operation: string, more: object = {}): Make =>
  (chapter) => ({ operation, input: { order: id(chapter, 'order'), ...more }, records: [id(chapter, 'order')] });
const storyOf = (chapter: Chapter): Story => Object.assign(new Story(), { world: chapter.world, ids: chapter.ids });
const onInvoice =
  (operation: string, more: object = {}): Make =>
  (chapter) => ({
    operation,
    input: { invoice: id(chapter, 'invoice'), ...more },
    records: [id(chapter, 'invoice'), id(chapter, 'order')],
  });
const PLATFORM = ['PlatformMSP'];
const BANKS = ['BuyerBankMSP', 'SellerBankMSP'];
const PARTICIPANTS = ['PlatformMSP', ...BANKS];
const date = (chapter: Chapter) => ({ businessDay: id(chapter, 'businessDay'), members: BANKS, date: '2026-11-11' });

/** One act for every operation of the contract, valid wherever its record stands in the right status. */
export const CASES: Readonly<Record<string, OperationCase>> = {
  draftPurchaseOrder: {
    needs: ['businessDay'],
    creators: PLATFORM,
    make: (chapter) => ({ operation: 'draftPurchaseOrder', input: orderContent(id(chapter, 'businessDay')) }),
  },
  completeTerms: {
    needs: ['order'],
    creators: PLATFORM,
    make: (chapter) => ({
      operation: 'completeTerms',
      input: { order: id(chapter, 'order'), content: orderContent(id(chapter, 'businessDay')) },
      records: [id(chapter, 'order')],
    }),
  },
  proposePurchaseOrder: {
    needs: ['order'],
    creators: PLATFORM,
    make: onOrder('proposePurchaseOrder', { by: 'seller' }),
  },
  qualifyBuyer: { needs: ['order'], creators: ['BuyerBankMSP'], make: onOrder('qualifyBuyer') },
  confirmPurchaseOrder: { needs: ['order'], creators: PLATFORM, make: onOrder('confirmPurchaseOrder') },
  cancelPurchaseOrder: { needs: ['order'], creators: PLATFORM, make: onOrder('cancelPurchaseOrder') },
  despatchGoods: {
    needs: ['order'],
    creators: PLATFORM,
    make: (chapter) => ({
      operation: 'despatchGoods',
      input: despatchInput(id(chapter, 'order'), '1', 'DES-9'),
      records: [id(chapter, 'order')],
    }),
  },
  createShipment: {
    needs: ['order'],
    creators: PLATFORM,
    make: (chapter) => ({ operation: 'createShipment', input: despatchInput(id(chapter, 'order'), '1', 'DES-9') }),
  },
  recordEvent: {
    needs: ['shipment'],
    creators: ['LogisticsMSP'],
    make: (chapter) => ({
      operation: 'recordEvent',
      input: eventInput(id(chapter, 'shipment'), 'EV-9', { classifier: 'EST' }),
      records: [id(chapter, 'shipment')],
    }),
  },
  noteDelivery: {
    needs: ['order', 'shipment'],
    creators: PLATFORM,
    make: (chapter) => ({
      operation: 'noteDelivery',
      input: { order: id(chapter, 'order'), shipment: id(chapter, 'shipment') },
      records: [id(chapter, 'order'), id(chapter, 'shipment')],
    }),
  },
  completePurchaseOrder: { needs: ['order'], creators: PLATFORM, make: onOrder('completePurchaseOrder') },
  giveNotice: {
    needs: ['order'],
    creators: ['BuyerBankMSP'],
    make: (chapter) => ({
      operation: 'giveNotice',
      input: { kind: 'dispute', order: id(chapter, 'order'), giver: 'BuyerBankMSP', reason: 'x', withdraws: null },
    }),
  },
  fileCase: {
    needs: ['order'],
    creators: ['BuyerBankMSP'],
    make: (chapter) => ({
      operation: 'fileCase',
      input: {
        order: id(chapter, 'order'),
        claimant: 'BuyerBankMSP',
        records: [id(chapter, 'order')],
        statementOfClaim: 'x',
      },
    }),
  },
  acceptCase: {
    needs: ['case'],
    creators: ['ArbitrationMSP'],
    make: (chapter) => ({
      operation: 'acceptCase',
      input: { case: id(chapter, 'case') },
      records: [id(chapter, 'case')],
    }),
  },
  closeCase: {
    needs: ['case'],
    creators: ['ArbitrationMSP'],
    make: (chapter) => ({
      operation: 'closeCase',
      input: { case: id(chapter, 'case'), closing: 'x' },
      records: [id(chapter, 'case')],
    }),
  },
  draftInvoice: {
    needs: ['order'],
    creators: PLATFORM,
    make: (chapter) => ({
      operation: 'draftInvoice',
      input: invoiceInput(id(chapter, 'order')),
      records: [id(chapter, 'order')],
    }),
  },
  issueInvoice: { needs: ['invoice'], creators: PLATFORM, make: onInvoice('issueInvoice') },
  acceptInvoice: {
    needs: ['invoice'],
    creators: PLATFORM,
    make: onInvoice('acceptInvoice', { fingerprintKey: FINGERPRINT_KEY }),
  },
  rejectInvoice: {
    needs: ['invoice'],
    creators: PLATFORM,
    make: onInvoice('rejectInvoice', { reason: 'not ordered' }),
  },
  discountReceivable: {
    needs: ['receivable'],
    creators: ['SellerBankMSP'],
    make: (chapter) => ({
      operation: 'discountReceivable',
      input: { terms: { ...TERMS, receivable: id(chapter, 'receivable') } },
      records: [id(chapter, 'receivable')],
    }),
  },
  instructPayment: {
    needs: ['receivable'],
    creators: PARTICIPANTS,
    make: (chapter) => ({
      operation: 'instructPayment',
      input: { receivable: id(chapter, 'receivable'), instalment: 0, notices: [] },
      records: ['receivable', 'order', 'invoice', 'shipment'].map((name) => id(chapter, name)),
    }),
  },
  reportPayment: {
    needs: ['payment'],
    creators: ['BuyerBankMSP'],
    make: (chapter) => reportAct(storyOf(chapter), 'paid'),
  },
  returnPayment: { needs: ['payment'], creators: ['SellerBankMSP'], make: (chapter) => returnAct(chapter) },
  refundPayment: { needs: ['payment'], creators: ['SellerBankMSP'], make: (chapter) => refundAct(chapter) },
  postDue: { needs: ['lane', 'payment'], creators: ['BuyerBankMSP'], make: (chapter) => principalAct(chapter) },
  // Any two members may open a date of their own; the one named cannot open it with itself.
  openBusinessDay: {
    needs: [],
    creators: ['BuyerBankMSP', 'SellerBankMSP', 'LogisticsMSP', 'ArbitrationMSP', 'ReserveBankMSP'],
    make: () => ({ operation: 'openBusinessDay', input: { with: 'PlatformMSP', date: '2026-11-10' } }),
  },
  proposeDate: {
    needs: ['businessDay'],
    creators: BANKS,
    make: (chapter) => ({ operation: 'proposeDate', input: date(chapter) }),
  },
  advanceDate: {
    needs: ['businessDay'],
    creators: ['SellerBankMSP'],
    make: (chapter) => ({ operation: 'advanceDate', input: date(chapter) }),
  },
  proposeAgreement: {
    needs: ['businessDay'],
    creators: ['BuyerBankMSP'],
    make: (chapter) => ({
      operation: 'proposeAgreement',
      input: {
        receiver: 'SellerBankMSP',
        debtor: 'BuyerBankMSP',
        currency: 'USD',
        types: ['fee'],
        entryLimitMinor: '1',
        dayLimitMinor: '1',
        businessDay: id(chapter, 'businessDay'),
      },
    }),
  },
  agreeAgreement: {
    needs: ['agreement'],
    creators: ['SellerBankMSP'],
    make: (chapter) => ({
      operation: 'agreeAgreement',
      input: { agreement: id(chapter, 'agreement') },
      records: [id(chapter, 'agreement')],
    }),
  },
  endAgreement: {
    needs: ['agreement'],
    creators: BANKS,
    make: (chapter) => ({
      operation: 'endAgreement',
      input: { agreement: id(chapter, 'agreement') },
      records: [id(chapter, 'agreement')],
    }),
  },
  postSegments: {
    needs: ['lane'],
    creators: ['BuyerBankMSP'],
    make: (chapter) => ({
      operation: 'postSegments',
      input: segmentsInput(chapter.ids, { date: '2026-11-10' }),
      records: [id(chapter, 'lane'), id(chapter, 'agreement')],
    }),
  },
  refuseStatement: {
    needs: ['statement'],
    creators: BANKS,
    make: (chapter) => ({
      operation: 'refuseStatement',
      input: { statement: id(chapter, 'statement'), code: 'amountWrong', text: 'E-2 is not 200' },
      records: [id(chapter, 'statement')],
    }),
  },
  reissueStatement: {
    needs: ['statement'],
    creators: BANKS,
    make: (chapter) => ({
      operation: 'reissueStatement',
      input: { statement: id(chapter, 'statement'), reason: 'checked together' },
      records: [id(chapter, 'statement')],
    }),
  },
  closeDay: { needs: ['lane'], creators: BANKS, make: (chapter) => closeAct(storyOf(chapter)) },
};
