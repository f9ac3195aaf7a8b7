import type { RejectionRow } from '../errors';

/** Refusals of orders, shipments, notices, cases and disclosures, and of the codes and numbers they carry. */
export const TRADE_REJECTIONS = {
  CURRENCY_UNKNOWN: {
    kind: 'malformed',
    text: 'this is no ISO 4217 currency in use',
    zh: '不是有效的 ISO 4217 货币代码',
    remedy: 'Use a current alphabetic code, for example USD or CNY.',
  },
  AMOUNT_INVALID: {
    kind: 'malformed',
    text: 'an amount must be a positive whole number of minor units',
    zh: '金额必须为最小货币单位的正整数',
    remedy: 'Send minor units as a decimal string: 12.34 USD is "1234", 12 JPY is "12".',
  },
  QUANTITY_INVALID: {
    kind: 'malformed',
    text: 'a quantity must be a decimal string of at most 9 decimals',
    zh: '数量必须为最多 9 位小数的十进制字符串',
    remedy: 'Send, for example, "90" or "12.5"; no sign, no exponent.',
  },
  DATE_INVALID: {
    kind: 'malformed',
    text: 'this is no date of the calendar',
    zh: '日期无效',
    remedy: 'Send yyyy-mm-dd, or an instant in UTC such as 2026-11-24T08:30:00Z.',
  },
  CODE_UNKNOWN: {
    kind: 'malformed',
    text: 'this code is not in its code list',
    zh: '代码不在其代码表中',
    remedy: 'Use a code of the list the field names.',
  },
  ARITHMETIC_WRONG: {
    kind: 'malformed',
    text: 'the amounts do not add up',
    zh: '金额计算不一致',
    remedy: 'Correct the named amount: quantity × price ÷ base, and the sum of the lines.',
  },
  TERMS_INCOMPLETE: {
    kind: 'impossible',
    text: 'a term of the order is still missing',
    zh: '订单条款不完整',
    remedy: 'Complete the named term before the order is proposed.',
  },
  BUYER_NOT_QUALIFIED: {
    kind: 'impossible',
    text: "the buyer's bank has not qualified the buyer",
    zh: '买方银行尚未对买方进行资格审核',
    remedy: "The buyer's bank qualifies the buyer first.",
  },
  LINE_UNKNOWN: {
    kind: 'malformed',
    text: 'the order has no such line',
    zh: '订单中没有此行',
    remedy: "Name lines of the order, each once, in the order's unit.",
  },
  DESPATCH_EXCEEDS_ORDER: {
    kind: 'impossible',
    text: 'more would be despatched than was ordered',
    zh: '发货数量超过订单数量',
    remedy: 'Despatch at most what is open on the line.',
  },
  DESPATCH_DUPLICATE: {
    kind: 'conflict',
    text: 'the order has a despatch of this number already',
    zh: '订单中已有该编号的发货',
    remedy: 'Give each despatch a number of its own.',
  },
  SHIPMENT_NOT_DESPATCHED: {
    kind: 'impossible',
    text: 'the order has no despatch of exactly this content',
    zh: '订单中没有与此货运内容一致的发货',
    remedy: 'Create the shipment with number, date, carrier, lines and document as the seller signed them.',
  },
  EVENT_DUPLICATE: {
    kind: 'conflict',
    text: 'this event was recorded before',
    zh: '该事件已记录',
    remedy: 'Nothing to do: the first recording stands.',
  },
  EVENT_UNKNOWN: {
    kind: 'impossible',
    text: 'the event to retract was not recorded',
    zh: '要撤回的事件不存在',
    remedy: 'Retract an event of this shipment.',
  },
  DELIVERY_NOT_PROVEN: {
    kind: 'impossible',
    text: 'no actual carrier event says delivered',
    zh: '没有承运人的实际交付事件',
    remedy: "Wait for the carrier's ACT event; estimates and plans do not count.",
  },
  DELIVERY_NOTED_ALREADY: {
    kind: 'conflict',
    text: "this shipment's delivery is in the order already",
    zh: '该货运的交付已记入订单',
    remedy: 'Nothing to do.',
  },
  ORDER_NOT_FULFILLED: {
    kind: 'impossible',
    text: 'a line of the order is not delivered in full',
    zh: '订单行尚未全部交付',
    remedy: 'Complete the order when every line is delivered.',
  },
  NOTICE_KIND_FORBIDS: {
    kind: 'impossible',
    text: 'there is no open notice to withdraw',
    zh: '没有可撤回的未决通知',
    remedy: 'Withdraw an open dispute of your own.',
  },
  DISCLOSURE_MISMATCH: {
    kind: 'malformed',
    text: "the disclosed bodies are not the record's complete sequence",
    zh: '披露的正文与记录的完整序列不符',
    remedy: 'Disclose every version from the first to the current one, unchanged.',
  },
} as const satisfies Record<string, RejectionRow>;
