import { Rejection } from '../../errors';
import { Input } from '../../input';
import type { Json } from '../../json';
import type { Change, LoadedRecord, Operation, OperationContext } from '../../operation';
import { as } from '../../trade-types';
import { passedIn, withSuccessor } from '../../succession';
import { requireCreator } from '../rules';
import { entriesRoot, parseEntry } from '../reconciliation/entries';
import { POSTING_LIMITS } from '../reconciliation/post-segments';
import type { SaltedEntry, Segment } from '../reconciliation/types';

interface Receiving {
  readonly record: string;
  readonly from: string;
  readonly to: string;
  /** A segment's entries; empty for every other record. */
  readonly entries: readonly SaltedEntry[];
}

function parseSalted(json: Json, path: string): SaltedEntry {
  const input = Input.of(json, path);
  const value = { entry: input.with('entry', parseEntry), salt: input.text('salt', /^[0-9a-f]{32}$/) };
  input.end();
  return value;
}

/**
 * Brings a passed-on record's content to the successor and puts its name where its predecessor's stood.
 *
 * The participants' peers endorse, the successor's among them; nobody else sees the content.
 */
export const receiveRecord: Operation<Receiving> = {
  authority: {
    operation: 'receiveRecord',
    record: 'any',
    from: ['any'],
    to: 'as before',
    creator: 'anyParticipant',
    signature: 'none',
    lateral: 'bilateral',
  },
  parse(json) {
    const input = Input.of(json);
    const value = {
      record: input.id('record'),
      from: input.mspId('from'),
      to: input.mspId('to'),
      entries: input.list('entries', { min: 0, max: POSTING_LIMITS.entries }, parseSalted),
    };
    input.end();
    return value;
  },
  reads: ({ from, to }) => ({ successions: [`${from}/${to}`] }),
  apply(context, input): readonly Change[] {
    const record = context.anyRecord(input.record);
    requireCreator(context, ...record.document.participants);
    requirePassedOn(context, record, input);
    const groups = withSuccessor(record.groups, input.from, input.to);
    const attachments = attachmentsOf(record, input.entries);
    return [{ kind: 'update', record, status: record.document.status, groups, attachments, isReceived: true }];
  },
};

function requirePassedOn(context: OperationContext, { document, groups }: LoadedRecord, { from, to }: Receiving): void {
  if (context.succession(from, to)?.status !== 'carried') throw new Rejection('SUCCESSION_NOT_CARRIED');
  const isOver = document.participants.includes(to) && !document.participants.includes(from);
  const isReceived = passedIn(groups).some((passed) => passed.from === from && passed.to === to);
  if (!isOver || isReceived) throw new Rejection('SUCCESSION_NOT_POSSIBLE', { from, to });
}

function attachmentsOf({ document, groups }: LoadedRecord, entries: readonly SaltedEntry[]): Record<string, Json> {
  if (document.type !== 'segment') {
    if (entries.length > 0) throw new Rejection('REQUEST_INVALID', { field: '/input/entries' });
    return {};
  }
  const { header } = as<Segment>(groups);
  if (entries.length === 0 || entriesRoot(entries) !== header.entriesRoot) {
    throw new Rejection('SEGMENT_CONTROL_WRONG', { field: '/input/entries' });
  }
  return { entries: entries as unknown as Json };
}
