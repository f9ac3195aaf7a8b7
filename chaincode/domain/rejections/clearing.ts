import type { RejectionRow } from '../errors';

/** Refusals of multilateral clearing. */
export const CLEARING_REJECTIONS = {
  STATEMENT_NOT_COUNTERSIGNED: {
    kind: 'impossible',
    text: 'both members have not signed this statement',
    zh: '此对账单未经双方签署',
    remedy: 'Clear countersigned statements; leave the pair out until it has signed.',
  },
  STATEMENT_NOT_DUE: {
    kind: 'impossible',
    text: 'the statement belongs to no pair and date that this clearing asks for',
    zh: '此对账单不属于本次清算所需的成员对与日期',
    remedy: 'Supply statements of the date itself, or of dates that earlier clearings left out, once each.',
  },
  CURRENCY_DIFFERS: {
    kind: 'impossible',
    text: 'the statement is in another currency than the agreement',
    zh: '对账单币种与清算协议不同',
    remedy: 'Clear each currency under an agreement of its own.',
  },
  CLEARING_UNDER_WAY: {
    kind: 'conflict',
    text: 'a clearing of this agreement is waiting for signatures',
    zh: '该协议下尚有清算等待签署',
    remedy: 'Sign or refuse it first.',
  },
  CLEARING_SIGNED_ALREADY: {
    kind: 'conflict',
    text: 'this member has signed the clearing already',
    zh: '该成员已签署此清算',
    remedy: 'Nothing to do.',
  },
  CLEARING_SIGNATURE_INVALID: {
    kind: 'forbidden',
    text: 'the signature is not one of the submitting certificate over this clearing',
    zh: '签名与提交证书及清算内容不符',
    remedy: 'Sign the canonical JSON of channel, clearing, digest and member; P-256, low S.',
  },
} as const satisfies Record<string, RejectionRow>;
