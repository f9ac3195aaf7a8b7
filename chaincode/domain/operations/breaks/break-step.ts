import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { AuthorityRow, Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { claimedIds, groupsOf, requireCreator, requireStatus } from '../rules';
import { passed } from './ball';
import type { BreakContent } from './types';

export const TEXT = /^[^\u0000-\u0008]{1,2000}$/u,
  PERSON = /^[^\u0000-\u001f]{1,128}$/u;
const MAX_COMMENTS = 200;

/** A break as a step sees it. */
export interface Scene {
  readonly context: OperationContext;
  readonly record: LoadedRecord;
  readonly content: BreakContent;
  /** The member that acts, and the other one. */
  readonly member: string;
  readonly other: string;
  /** The pair's open business date. */
  readonly date: string;
}

export interface Next {
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
export function step<I>({
  operation,
  from,
  to,
  creator,
  parse,
  next,
}: StepRow<I>): Operation<{ id: string; input: I }> {
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

/** The person that acts, as its member's gateway names it. */
export const person = (input: Input): string => input.text('user', PERSON);
