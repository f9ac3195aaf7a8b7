import { Rejection } from '../errors';
import type { Json } from '../json';
import type { AuthorityRow, LoadedRecord, OperationContext, SuppliedRecord } from '../operation';
import type { Groups } from '../record';
import type { MemberKind } from '../registry';

/** @throws Rejection CREATOR_NOT_ENTITLED unless the submitting organisation is one of these. */
export function requireCreator(context: OperationContext, ...entitled: readonly (string | null)[]): void {
  if (!entitled.includes(context.creatorMspId))
    throw new Rejection('CREATOR_NOT_ENTITLED', { creator: context.creatorMspId });
}

/** @throws Rejection STATUS_FORBIDS unless the record stands in a status the operation starts from. */
export function requireStatus(record: LoadedRecord, { from, operation }: AuthorityRow): void {
  const { id, status } = record.document;
  if (!from.includes(status)) throw new Rejection('STATUS_FORBIDS', { record: id, operation });
}

/** Whoever changes a record, or judges by all of it, needs every group. @throws Rejection RECORD_NOT_SUPPLIED. */
export function requireWhole({ document, groups }: LoadedRecord): void {
  const missing = document.groups.find(({ name }) => groups[name] === undefined);
  if (missing !== undefined) throw new Rejection('RECORD_NOT_SUPPLIED', { record: document.id, group: missing.name });
}

/** @throws Rejection MEMBER_UNKNOWN unless a registered member of this kind has this MSP id. */
export function requireMember(context: OperationContext, mspId: string, kind: MemberKind, field: string): void {
  const member = context.network().members.find((candidate) => candidate.mspId === mspId);
  if (member?.kind !== kind) throw new Rejection('MEMBER_UNKNOWN', { field, kind });
}

/** A field of a supplied record before anything about it was checked; only good for finding out what else to read. */
export function claimedField(supplied: SuppliedRecord | undefined, group: string, field: string): Json {
  return supplied?.groups[group]?.find(({ name }) => name === field)?.value ?? null;
}

/** The text of such a field, or nothing to read. */
export function claimedIds(supplied: SuppliedRecord | undefined, group: string, field: string): string[] {
  const value = claimedField(supplied, group, field);
  return typeof value === 'string' ? [value] : [];
}

/** Any typed content as the plain groups a change carries. */
export function groupsOf(content: object): Groups {
  return content as unknown as Groups;
}

/** MSP ids without repetition, sorted: the participants of a record. */
export function participantsOf(...mspIds: readonly string[]): string[] {
  return [...new Set(mspIds)].sort();
}
