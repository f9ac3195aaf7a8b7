import { Rejection } from '../../errors';
import type { Operation } from '../../operation';
import { passed } from './ball';
import { person, PERSON, step, TEXT, type Scene } from './break-step';
import { agreeResolution, declineResolution, proposeResolution } from './resolution';

const ID = /^[0-9a-f]{32}$/;
/** Statuses in which a break still waits for somebody. */
export const LIVE_STATUSES = [
  'open',
  'assigned',
  'proposed',
  'agreed',
  'timing',
  'escalated',
  'disputed',
  'arbitration',
] as const;

function requireHolder({ content, member }: Scene): void {
  if (content.handling.holder !== member) throw new Rejection('BALL_NOT_YOURS', { holder: content.handling.holder });
}

/** Whoever holds the ball hands it to the other member, with a word. */
export const assignBreak = step({
  operation: 'assignBreak',
  from: ['open', 'assigned'],
  to: 'assigned',
  creator: 'holder',
  parse: (input) => ({ user: person(input), text: input.text('text', TEXT) }),
  next(scene, comment) {
    requireHolder(scene);
    return { status: 'assigned', ball: scene.other, comment };
  },
});

/** Closes what was agreed, once it has been done. */
export const closeBreak = step({
  operation: 'closeBreak',
  from: ['agreed'],
  to: 'closed',
  creator: 'eitherMember',
  parse: () => ({}),
  next({ content, member, date }) {
    const reason = content.handling.proposal?.type ?? 'noAction';
    return { status: 'closed', handling: { closing: { on: date, by: member, reason, approver: null } } };
  },
});

/** A later run found the entries matched: time has cleared it. */
export const clearTiming = step({
  operation: 'clearTiming',
  from: ['timing'],
  to: 'selfCleared',
  creator: 'eitherMember',
  parse: (input) => ({ run: input.text('run', ID) }),
  next({ content, member, date }, { run }) {
    if (run === content.break.run) throw new Rejection('NEW_DATA_MISSING');
    return { status: 'selfCleared', handling: { closing: { on: date, by: member, reason: run, approver: null } } };
  },
});

/** Its date has passed: now it is a break, and the clock of whoever holds it begins. */
export const expireTiming = step({
  operation: 'expireTiming',
  from: ['timing'],
  to: 'open',
  creator: 'eitherMember',
  parse: () => ({}),
  next({ content, context, date }) {
    const { clearsBy } = content.break;
    if (clearsBy !== null && date <= clearsBy) throw new Rejection('TIMING_NOT_OVER', { date: clearsBy });
    const { holder } = content.handling;
    // What it waited for was nobody's delay.
    const fresh = passed({ ...content.handling, holder: '', since: date }, holder, date, (mspId) =>
      context.calendar(mspId),
    );
    return { status: 'open', handling: { since: date, dueOn: fresh.dueOn } };
  },
});

/** Nobody answered in time: either member takes it to the next level. */
export const escalateBreak = step({
  operation: 'escalateBreak',
  from: ['open', 'assigned', 'proposed', 'agreed'],
  to: 'escalated',
  creator: 'eitherMember',
  parse: () => ({}),
  next({ content, date }) {
    const { dueOn } = content.handling;
    if (date <= dueOn) throw new Rejection('DEADLINE_NOT_PASSED', { date: dueOn });
    return { status: 'escalated', handling: { escalatedOn: date } };
  },
});

/** The members do not agree. */
export const disputeBreak = step({
  operation: 'disputeBreak',
  from: ['escalated', 'proposed'],
  to: 'disputed',
  creator: 'eitherMember',
  parse: (input) => ({ user: person(input), text: input.text('text', TEXT) }),
  next: (_scene, comment) => ({ status: 'disputed', comment }),
});

/** It goes to the arbitration member, under a case filed there. */
export const referBreak = step({
  operation: 'referBreak',
  from: ['disputed'],
  to: 'arbitration',
  creator: 'eitherMember',
  parse: (input) => ({ case: input.text('case', ID) }),
  next: (_scene, { case: id }) => ({ status: 'arbitration', handling: { case: id } }),
});

/** One person asks to close it without the other member. */
export const requestForcedClosing = step({
  operation: 'requestForcedClosing',
  from: LIVE_STATUSES,
  to: 'as before',
  creator: 'eitherMember',
  parse: (input) => ({ maker: input.text('maker', PERSON), reason: input.text('reason', TEXT) }),
  next({ record, member }, { maker, reason }) {
    return { status: record.document.status, handling: { forced: { maker, reason, by: member } } };
  },
});

/** A second person of the same member does it. */
export const approveForcedClosing = step({
  operation: 'approveForcedClosing',
  from: LIVE_STATUSES,
  to: 'closed',
  creator: 'eitherMember',
  parse: (input) => ({ approver: input.text('approver', PERSON) }),
  next({ content, member, date }, { approver }) {
    const { forced } = content.handling;
    if (forced === null || forced.by !== member || forced.maker === approver) {
      throw new Rejection('SECOND_PERSON_MISSING');
    }
    const closing = { on: date, by: member, reason: forced.reason, approver };
    return { status: 'closed', handling: { closing } };
  },
});

/** New data opens it again, and nothing else does. */
export const reopenBreak = step({
  operation: 'reopenBreak',
  from: ['closed', 'selfCleared'],
  to: 'open',
  creator: 'eitherMember',
  parse: (input) => ({ run: input.text('run', ID) }),
  next({ content, member }, { run }) {
    const { closing } = content.handling;
    if (run === content.break.run || run === closing?.reason) throw new Rejection('NEW_DATA_MISSING');
    return { status: 'open', ball: member, handling: { closing: null, forced: null, proposal: null } };
  },
});

/** A word to the other member; changes nothing else. */
export const commentBreak = step({
  operation: 'commentBreak',
  from: [...LIVE_STATUSES, 'closed', 'selfCleared'],
  to: 'as before',
  creator: 'eitherMember',
  parse: (input) => ({ user: person(input), text: input.text('text', TEXT) }),
  next: ({ record }, comment) => ({ status: record.document.status, comment }),
});

/** Every step of a break's life cycle. */
export const BREAK_STEPS = [
  assignBreak,
  proposeResolution,
  agreeResolution,
  declineResolution,
  closeBreak,
  clearTiming,
  expireTiming,
  escalateBreak,
  disputeBreak,
  referBreak,
  requestForcedClosing,
  approveForcedClosing,
  reopenBreak,
  commentBreak,
] as unknown as readonly Operation<unknown>[];
