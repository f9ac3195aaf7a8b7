import type { RejectionRow } from '../errors';

/** Refusals of the reconciliation operations. */
export const RECONCILIATION_REJECTIONS = {
  DATE_NOT_NEXT: {
    kind: 'impossible',
    text: "this is not the next business date of both members' calendars",
    zh: '不是双方日历的下一营业日',
    remedy: 'Propose the first day after the open date that is no weekend and no holiday of either member.',
  },
  CALENDAR_OUT_OF_ORDER: {
    kind: 'impossible',
    text: 'a calendar cannot hold from an earlier date than the version before',
    zh: '日历生效日期不得早于前一版本',
    remedy: 'Publish it with an effective date no earlier than the named one.',
  },
  CALENDAR_EMPTY: {
    kind: 'impossible',
    text: 'a calendar has at least one business day a week',
    zh: '日历每周至少有一个营业日',
    remedy: 'Take a day out of the weekend.',
  },
  PROPOSAL_MISSING: {
    kind: 'conflict',
    text: 'the other member has not proposed this date',
    zh: '对方尚未提议该日期',
    remedy: 'One member proposes the next date, the other one advances to it.',
  },
  DATE_NOT_OPEN: {
    kind: 'conflict',
    text: 'this is not the open business date of the pair',
    zh: '不是双方当前的营业日',
    remedy: 'Post for the open business date; late entries go to the next one.',
  },
  AGREEMENT_NOT_IN_FORCE: {
    kind: 'impossible',
    text: 'no standing agreement in force covers these entries',
    zh: '没有生效的常设协议涵盖这些分录',
    remedy: 'Have the receiver agree to a standing agreement for this sender, currency and kind.',
  },
  NOTHING_OWED: {
    kind: 'impossible',
    text: 'the record leaves nothing of this kind owing',
    zh: '该记录未产生此类应付款项',
    remedy: 'Look at what the record leaves owing; a payment, for example, must be reported as made first.',
  },
  DUE_POSTED_ALREADY: {
    kind: 'conflict',
    text: 'what the record leaves owing is in a lane already',
    zh: '该应付款项已入账',
    remedy: 'Nothing to do: the first posting stands.',
  },
  SEGMENT_ENTRY_INVALID: {
    kind: 'malformed',
    text: 'an entry is not well formed',
    zh: '分录格式不正确',
    remedy: 'Correct the named field of the named entry.',
  },
  SEGMENT_ENTRY_DUPLICATE: {
    kind: 'malformed',
    text: 'an end-to-end id appears twice in the batch',
    zh: '同一批次中端到端标识重复',
    remedy: 'Post each entry once.',
  },
  SEGMENT_CONTROL_WRONG: {
    kind: 'malformed',
    text: 'the control totals are not those of the entries',
    zh: '控制总数与分录不符',
    remedy: 'Send the count and sum of exactly these entries.',
  },
  ENTRY_LIMIT_EXCEEDED: {
    kind: 'impossible',
    text: 'an entry is above the limit of the standing agreement',
    zh: '分录金额超过常设协议限额',
    remedy: 'Agree a higher limit, or have the entry signed by the receiver.',
  },
  DAY_LIMIT_EXCEEDED: {
    kind: 'impossible',
    text: "the day's sum would be above the limit of the standing agreement",
    zh: '当日总额超过常设协议限额',
    remedy: 'Agree a higher limit, or post on the next date.',
  },
  DAY_STILL_OPEN: {
    kind: 'impossible',
    text: 'the date is still open',
    zh: '该营业日仍开放',
    remedy: 'Advance the business date first.',
  },
  DAY_CLOSED: {
    kind: 'conflict',
    text: 'the date is closed for this currency already',
    zh: '该币种当日已关账',
    remedy: 'Read the statement; late entries go to the next date.',
  },
  DAY_INCOMPLETE: {
    kind: 'impossible',
    text: 'a lane or a segment of the day is missing, or an earlier date is not closed',
    zh: '当日缺少通道或分段，或更早的营业日未关账',
    remedy: 'Supply every lane of the pair and every segment of the day, and close dates in order.',
  },
  LATE_DATE_NOT_CLOSED: {
    kind: 'impossible',
    text: 'the date a late entry refers to is not closed',
    zh: '迟到分录所指营业日尚未关账',
    remedy: 'Post it for the open date without a back-reference, or name a date that is closed.',
  },
  STATEMENT_SIGNED_ALREADY: {
    kind: 'conflict',
    text: 'this member has signed the statement already',
    zh: '该成员已签署此对账单',
    remedy: 'Nothing to do.',
  },
  STATEMENT_SIGNATURE_INVALID: {
    kind: 'forbidden',
    text: 'the signature is not one of the submitting certificate over these digests',
    zh: '签名与提交证书及摘要不符',
    remedy: 'Sign the canonical JSON of channel, statement, root, digests, blocks and member; P-256, low S.',
  },
} as const satisfies Record<string, RejectionRow>;
