import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import { parseMinor } from '../../money';
import type { AuthorityRow, Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { passed } from './ball';
import { RESOLUTION_TYPES, type BreakContent, type Resolution } from './types';

const TEXT = /^[^\u0000-\u0008]{1,2000}$/u,
  PERSON = /^[^\u0000-\u001f]{1,128}$/u,
  ID = /^[0-9a-f]{32}$/;
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
const MAX_COMMENTS = 200;

/** A break as a step sees it. */
interface Scene {
  readonly context: OperationContext;
  readonly record: LoadedRecord;
  readonly content: BreakContent;
  /** The member that acts, and the other one. */
  readonly member: string;
  readonly other: string;
  /** The pair's open business date. */
  readonly date: string;
}

interface Next {
  readonly status: string;
  readonly handling?: Partial<BreakContent['handling']>;
  /** Who holds the ball from now on; whoever held it before when absent. */
  readonly ball?: string;
  readonly comment?: { readonly user: string; readonly text: string };
}

interface StepRow<I> {
  readonly operation: string;
  readonly from: readonly string[];
  readonly to: string;
  readonly creator: string;
  readonly parse: (input: Input) => I;
  readonly next: (scene: Scene, input: I) => Next;
}

/** One row of the life cycle as an operation. */
function step<I>({ operation, from, to, creator, parse, next }: StepRow<I>): Operation<{ id: string; input: I }> {
  const authority: AuthorityRow = {
    operation,
    record: 'break',
    from,
    to,
    creator,
    signature: 'none',
    lateral: 'bilateral',
  };
  return {
    authority,
    parse(json: Json) {
      const input = Input.of(json);
      const value = { id: input.id('break'), input: parse(input) };
      input.end();
      return value;
    },
    reads: ({ id }, supplied) => ({
      network: false,
      businessDays: claimedIds(supplied.get(id), 'break', 'businessDay'),
      calendars: [...(supplied.get(id)?.document.participants ?? [])],
    }),
    apply(context, { id, input }): readonly Change[] {
      const record = context.record(id, 'break');
      requireCreator(context, ...record.document.participants);
      requireStatus(record, authority);
      const content = as<BreakContent>(record.groups);
      const member = context.creatorMspId;
      const other = record.document.participants.find((mspId) => mspId !== member) ?? member;
      const { date } = context.businessDay(content.break.businessDay);
      const scene = { context, record, content, member, other, date };
      return [changed(scene, next(scene, input))];
    },
  };
}

function changed({ context, record, content, member, date }: Scene, { status, handling, ball, comment }: Next): Change {
  const next = { ...content.handling, ...handling };
  const held = ball === undefined ? next : passed(next, ball, date, (mspId) => context.calendar(mspId));
  const said = comment === undefined ? [] : [{ by: member, on: date, ...comment }];
  const list = [...content.comments.list, ...said];
  if (list.length > MAX_COMMENTS) {
    throw new Rejection('REQUEST_TOO_LARGE', { field: '/input/text', limit: String(MAX_COMMENTS) });
  }
  return { kind: 'update', record, status, groups: groupsOf({ ...content, handling: held, comments: { list } }) };
}

function requireHolder({ content, member }: Scene): void {
  if (content.handling.holder !== member) throw new Rejection('BALL_NOT_YOURS', { holder: content.handling.holder });
}

const person = (input: Input): string => input.text('user', PERSON);

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

/** Either member proposes how it is resolved; the other one answers. */
export const proposeResolution = step({
  operation: 'proposeResolution',
  from: ['open', 'assigned', 'escalated', 'disputed'],
  to: 'proposed',
  creator: 'eitherMember',
  parse: (input) => ({
    type: input.oneOf('type', RESOLUTION_TYPES),
    reason: input.text('reason', TEXT),
    amountMinor: input.has('amountMinor')
      ? String(input.with('amountMinor', parseMinor))
      : input.optionalText('amountMinor'),
    evidence: input.list('evidence', { min: 0, max: 16 }, (item, field) => {
      // A document is what its digest says; an address alone proves nothing.
      if (typeof item !== 'string' || !/^[0-9a-f]{64}$/.test(item)) throw new Rejection('REQUEST_INVALID', { field });
      return item;
    }),
  }),
  next({ member, other, date }, input) {
    const proposal: Resolution = { ...input, by: member, on: date };
    return { status: 'proposed', ball: other, handling: { proposal } };
  },
});

/** The other member agrees. */
export const agreeResolution = step({
  operation: 'agreeResolution',
  from: ['proposed'],
  to: 'agreed',
  creator: 'otherMember',
  parse: () => ({}),
  next({ content, member, other }) {
    if (content.handling.proposal?.by === member) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: member });
    return { status: 'agreed', ball: other };
  },
});

/** The other member declines, says why, and the ball goes back. */
export const declineResolution = step({
  operation: 'declineResolution',
  from: ['proposed'],
  to: 'assigned',
  creator: 'otherMember',
  parse: (input) => ({ user: person(input), text: input.text('text', TEXT) }),
  next({ content, member, other }, comment) {
    if (content.handling.proposal?.by === member) throw new Rejection('CREATOR_NOT_ENTITLED', { creator: member });
    return { status: 'assigned', ball: other, comment, handling: { proposal: null } };
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
