import type { ArbitrationCase } from '../../chaincode/domain/operations/trade/arbitration-case';
import type { RecordDocument, SaltedGroups } from '../../chaincode/domain/record';
import { HttpProblem } from '../http/problem';
import type { IndexedVersion, RecordIndex } from '../ports/record-index';
import { allRecords } from '../services/all-records';

/** A version as the arbitration member holds or was given it. */
export interface DisclosedVersion {
  readonly document: RecordDocument;
  readonly groups: SaltedGroups;
}

/** A record of a case, first version to current. */
export interface DisclosedRecord {
  readonly id: string;
  readonly versions: readonly DisclosedVersion[];
}

/**
 * Every record of a case as far as this member may show it: the case and its notices as its own, the others as disclosed.
 *
 * @throws HttpProblem EVIDENCE_INCOMPLETE naming a record that was not disclosed up to its current version.
 */
export async function disclosedRecords(index: RecordIndex, caseId: string): Promise<DisclosedRecord[]> {
  const content = (await index.record(caseId))?.groups['case'] as unknown as ArbitrationCase | undefined;
  if (content === undefined) throw new HttpProblem('EVIDENCE_INCOMPLETE', { record: caseId });
  const ids = new Set([caseId, content.order, ...content.records, ...(await noticesAbout(index, content.order))]);
  const given = await disclosures(index, caseId);
  const records: DisclosedRecord[] = [];
  for (const id of [...ids].sort()) {
    const isOwn = (await index.record(id)) !== undefined;
    const versions = isOwn ? (await index.versions(id)).map(toVersion) : given.get(id);
    const current = (await index.skeleton(id))?.version;
    if (versions === undefined || versions.length !== current)
      throw new HttpProblem('EVIDENCE_INCOMPLETE', { record: id });
    records.push({ id, versions });
  }
  return records;
}

/** A statement of this member, from its own index. @throws HttpProblem STATEMENT_INCOMPLETE. */
export async function ownStatement(index: RecordIndex, id: string): Promise<DisclosedRecord> {
  const versions = (await index.versions(id)).map(toVersion);
  const current = (await index.skeleton(id))?.version;
  if (versions.length === 0 || versions.length !== current)
    throw new HttpProblem('STATEMENT_INCOMPLETE', { record: id });
  return { id, versions };
}

function toVersion({ document, salted }: IndexedVersion): DisclosedVersion {
  return { document, groups: salted };
}

/** Notices go to the neutral member as a participant, so its index has them. */
async function noticesAbout(index: RecordIndex, orderId: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id, groups } of allRecords(index, { type: 'notice' })) {
    if (groups['notice']?.['order'] === orderId) ids.push(id);
  }
  return ids;
}

/** Several participants may disclose one record, each other groups and at another time: together they show the most. */
async function disclosures(index: RecordIndex, caseId: string): Promise<Map<string, DisclosedVersion[]>> {
  const merged = new Map<string, DisclosedVersion[]>();
  for (const { recordId, body } of await index.disclosures(caseId)) {
    const { versions } = body as unknown as { readonly versions: readonly DisclosedVersion[] };
    const known = merged.get(recordId) ?? [];
    versions.forEach((version, at) => {
      known[at] = { document: version.document, groups: { ...known[at]?.groups, ...version.groups } };
    });
    merged.set(recordId, known);
  }
  return merged;
}
