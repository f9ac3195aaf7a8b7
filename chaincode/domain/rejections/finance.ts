import type { RejectionRow } from '../errors';

/** Refusals of invoices, receivables, payments and the registry of financings. */
export const FINANCE_REJECTIONS = {
  INVOICE_EXCEEDS_DELIVERY: {
    kind: 'impossible',
    text: 'more would be invoiced than was delivered',
    zh: '开票数量超过已交付数量',
    remedy: 'Invoice at most what is delivered and not invoiced yet.',
  },
  INVOICE_DIFFERS_FROM_ORDER: {
    kind: 'impossible',
    text: "the invoice's price or currency is not the order's",
    zh: '发票价格或币种与订单不符',
    remedy: "Use the order's currency and prices.",
  },
  FINGERPRINT_KEY_WRONG: {
    kind: 'malformed',
    text: "this is not the consortium's fingerprint key",
    zh: '不是联盟的指纹密钥',
    remedy: 'Use the key whose hash the registry states.',
  },
  FINGERPRINT_NOT_REGISTERED: {
    kind: 'missing',
    text: 'no document with this fingerprint is registered',
    zh: '该指纹未登记',
    remedy: "Register the accepted invoice's fingerprint first.",
  },
  FINGERPRINT_DUPLICATE: {
    kind: 'conflict',
    text: 'the same document is registered for another record',
    zh: '同一单据已为另一记录登记',
    remedy: 'Do not finance: this document was presented before.',
  },
  FINGERPRINT_FINANCED: {
    kind: 'conflict',
    text: 'the document is financed already',
    zh: '该单据已融资',
    remedy: 'Do not finance: another bank holds the claim.',
  },
  CLAIM_NOT_YOURS: {
    kind: 'forbidden',
    text: 'this bank does not hold the claim on the document, or on other terms',
    zh: '该银行未持有此单据的融资登记或条款不符',
    remedy: 'Claim the fingerprint on exactly these terms first.',
  },
  PRICE_OUT_OF_RANGE: {
    kind: 'impossible',
    text: 'the purchase price must be above zero and at most the face value',
    zh: '买入价必须大于零且不超过面值',
    remedy: 'Correct the purchase price.',
  },
  CONDITION_NOT_MET: {
    kind: 'impossible',
    text: 'the payment condition is not met, or not due yet',
    zh: '付款条件未满足或尚未到期',
    remedy: "See the order's instalments: trigger, evidence and delay against the open business date.",
  },
  PAYMENT_HELD_BY_NOTICE: {
    kind: 'conflict',
    text: 'an open notice holds the payment',
    zh: '未决通知暂停了付款',
    remedy: 'The giver withdraws the notice, or supply the withdrawals with the request.',
  },
  PAYMENT_REPORT_DIFFERS: {
    kind: 'impossible',
    text: 'the report is about another amount, currency or reference',
    zh: '付款报告的金额、币种或参考号不符',
    remedy: "Report the bank's message for this payment.",
  },
  PAYMENT_REFUNDED: {
    kind: 'impossible',
    text: 'part of the payment has been refunded, so that it cannot be returned whole',
    zh: '该付款已部分退款，不能整笔退回',
    remedy: 'Refund the rest instead.',
  },
  REFUND_EXCEEDS_PAYMENT: {
    kind: 'impossible',
    text: 'all refunds together are more than was paid',
    zh: '退款总额超过付款金额',
    remedy: 'Refund at most what was paid and not refunded yet.',
  },
} as const satisfies Record<string, RejectionRow>;
