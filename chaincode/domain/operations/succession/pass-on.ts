import { canonicalBytes } from '../../canonical-json';
import { Rejection } from '../../errors';
import { sha256Hex } from '../../hash';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import type { RecordType } from '../../record';
import { successors, type Succession } from '../../succession';
import { requireCreator } from '../rules';

/** Records and business days one transaction passes on. */
export const SUCCESSION_LIMITS = { records: 10 } as const;

/** Names of the attachments a record of this type has. */
const ATTACHMENTS: Partial<Record<RecordType, readonly string[]>> = { segment: ['entries'] };
/** A statement stays between the two members that closed the day: they signed it, or did not. */
const STAYS: readonly RecordType[] = ['statement'];

interface PassedRecord {
  readonly id: string;
  /** Name the leaving member's notice head of this order stands under; null for other records. */
  readonly head: string | null;
}

interface Passing {
  readonly from: string;
  readonly to: string;
  readonly records: readonly PassedRecord[];
  readonly businessDays: readonly string[];
  /** Members outside the records whose peers endorse too. */
  readonly witnesses: readonly string[];
}

function parseRecord(json: Json, path: string): PassedRecord {
  const input = Input.of(json, path);
  const record = { id: input.id('id'), head: input.has('head') ? input.mspId('head') : input.optionalText('head') };
  input.end();
  return record;
}

function parseText(pattern: RegExp) {
  return (item: Json, field: string): string => {
    if (typeof item !== 'string' || !pattern.test(item)) throw new Rejection('REQUEST_INVALID', { field });
    return item;
  };
}

/**
 * Puts a successor in a leaving member's place: in participants and policies, and nowhere else.
 *
 * Takes documents without groups, so that the witnesses learn type and status and no content; `receiveRecord` brings
 * the groups to the successor afterwards. The remaining participants, the arbitration members and a majority endorse.
 */
export const passOn: Operation<Passing> = {
  authority: {
    operation: 'passOn',
    record: 'any',
    from: ['any'],
    to: 'as before',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'bilateral',
  },
  shows: 'documents',
  parse(json) {
    const input = Input.of(json);
    const max = SUCCESSION_LIMITS.records;
    const value = {
      from: input.mspId('from'),
      to: input.mspId('to'),
      records: input.list('records', { min: 0, max }, parseRecord),
      businessDays: input.list('businessDays', { min: 0, max }, parseText(/^[0-9a-f]{32}$/)),
      witnesses: input.list('witnesses', { min: 1, max: 100 }, parseText(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/)),
    };
    input.end();
    return value;
  },
  reads: ({ from, to, records, businessDays }) => ({
    businessDays,
    successions: [`${from}/${to}`],
    noticeHeads: records.flatMap(({ id, head }) => (head === null ? [] : [{ orderId: id, participants: [head] }])),
  }),
  apply(context, input): readonly Change[] {
    const succession = context.succession(input.from, input.to);
    return [
      ...input.records.flatMap((passed) => recordChanges(context, input, passed, succession)),
      ...input.businessDays.map((id) => dayChange(context, input, id, succession)),
    ];
  },
};

function recordChanges(
  context: OperationContext,
  input: Passing,
  { id, head }: PassedRecord,
  succession: Succession | undefined,
): Change[] {
  const record = passable(context, id);
  const before = record.document.participants;
  requireCreator(context, ...before);
  const participants = successors(before, succession);
  requireWitnesses(context, input, participants);
  const { type } = record.document;
  const attachments = ATTACHMENTS[type] ?? [];
  const change: Change = { kind: 'passOn', record, participants, attachments, witnesses: input.witnesses };
  if ((type === 'purchaseOrder') !== (head !== null)) {
    throw new Rejection('REQUEST_INVALID', { field: '/input/records' });
  }
  return head === null ? [change] : [change, headChange(context, input, id, head)];
}

/** A record of any type: only its document was supplied. */
function passable(context: OperationContext, id: string): LoadedRecord {
  const record = context.anyRecord(id);
  const { type } = record.document;
  if (STAYS.includes(type)) throw new Rejection('RECORD_TYPE_WRONG', { record: id, type });
  return record;
}

function headChange(context: OperationContext, { from, to }: Passing, orderId: string, name: string): Change {
  const head = context.noticeHead(orderId, name);
  if ((head.holder ?? head.mspId) !== from) throw new Rejection('REQUEST_INVALID', { field: '/input/records' });
  return { kind: 'noticeHead', value: { ...head, holder: to }, guards: [to, head.neutral], isPassedOn: true };
}

function dayChange(context: OperationContext, input: Passing, id: string, succession: Succession | undefined): Change {
  const day = context.businessDay(id);
  requireCreator(context, ...day.members);
  const members = successors(day.members, succession) as [string, string];
  requireWitnesses(context, input, members);
  const previous = sha256Hex(canonicalBytes(day as unknown as Json));
  const value = { ...day, members, proposal: null, version: day.version + 1, previous };
  return { kind: 'businessDay', value, witnesses: input.witnesses };
}

/** Refuses early what the key-level policy would refuse at commit: arbitration, a majority, somebody from outside. */
function requireWitnesses(
  context: OperationContext,
  { from, to, witnesses }: Passing,
  participants: readonly string[],
): void {
  const { members } = context.network();
  const remaining = participants.filter((mspId) => mspId !== to);
  const endorsing = new Set([...remaining, ...witnesses]);
  const known = witnesses.every((mspId) => mspId !== from && members.some((member) => member.mspId === mspId));
  const arbitration = members.filter(({ kind, mspId }) => kind === 'arbitration' && mspId !== from);
  const fits =
    known &&
    arbitration.every(({ mspId }) => endorsing.has(mspId)) &&
    endorsing.size * 2 > members.length &&
    witnesses.some((mspId) => !remaining.includes(mspId));
  if (!fits) throw new Rejection('REQUEST_INVALID', { field: '/input/witnesses' });
}
