import type { RejectionRow } from '../errors';

/** Refusals of match runs, rule sets and breaks. */
export const BREAK_REJECTIONS = {
  SECOND_PERSON_MISSING: {
    kind: 'forbidden',
    text: 'this takes a second person of the member that began it',
    zh: '此操作须由发起成员的另一人复核',
    remedy: 'Have another person approve what the first one asked for.',
  },
  BACK_TEST_MISSING: {
    kind: 'impossible',
    text: 'a later version of a rule set says what it changes on past days',
    zh: '规则集的新版本须附历史回测结果',
    remedy: 'Test it on past days (concordat reconcile back-test) and send the result with it.',
  },
  BACK_TEST_DIFFERS: {
    kind: 'conflict',
    text: 'the approval names another back-test than the proposal',
    zh: '复核所指的回测结果与提案不符',
    remedy: 'Read the back-test of the proposal and approve its digest.',
  },
  MATCH_NOT_IN_RUN: {
    kind: 'impossible',
    text: 'the run has no such match',
    zh: '该对账结果中没有此匹配',
    remedy: 'Send the line of the report as it is, its place and its path to the root (concordat reconcile --undo).',
  },
  MATCH_UNDONE_ALREADY: {
    kind: 'conflict',
    text: 'this match is undone already',
    zh: '该匹配已被撤销',
    remedy: 'Nothing to do.',
  },
  BALL_NOT_YOURS: {
    kind: 'forbidden',
    text: 'the other member is to act',
    zh: '当前应由对方处理',
    remedy: 'Wait for the named member, propose a resolution, or comment.',
  },
  NEW_DATA_MISSING: {
    kind: 'impossible',
    text: 'this takes a later run than the one it rests on',
    zh: '须以更新的对账结果为依据',
    remedy: 'Match again, record the run and name it.',
  },
  TIMING_NOT_OVER: {
    kind: 'impossible',
    text: 'time may still clear it',
    zh: '尚在时间差期限内',
    remedy: 'Wait until the named date has passed.',
  },
  DEADLINE_NOT_PASSED: {
    kind: 'impossible',
    text: 'whoever holds the ball still has time to answer',
    zh: '处理方尚在答复期限内',
    remedy: 'Wait until the named date has passed.',
  },
} as const satisfies Record<string, RejectionRow>;
