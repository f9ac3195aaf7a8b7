import type { ArbitrationCase } from '../../chaincode/domain/operations/trade/arbitration-case';
import type { RecordDocument, SaltedGroups } from '../../chaincode/domain/record';
import { HttpProblem } from '../http/problem';
import type { IndexedVersion, RecordIndex } from '../ports/record-index';

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
export function disclosedRecords(index: RecordIndex, caseId: string): DisclosedRecord[] {
  const content = index.record(caseId)?.groups['case'] as unknown as ArbitrationCase | undefined;
  if (content === undefined) throw new HttpProblem('EVIDENCE_INCOMPLETE', { record: caseId });
  const ids = new Set([caseId, content.order, ...content.records, ...noticesAbout(index, content.order)]);
  const given = disclosures(index, caseId);
  return [...ids].sort().map((id) => {
    const versions = index.record(id) === undefined ? given.get(id) : index.versions(id).map(toVersion);
    const current = index.skeleton(id)?.version;
    if (versions === undefined || versions.length !== current)
      throw new HttpProblem('EVIDENCE_INCOMPLETE', { record: id });
    return { id, versions };
  });
}

function toVersion({ document, salted }: IndexedVersion): DisclosedVersion {
  return { document, groups: salted };
}

/** Notices go to the neutral member as a participant, so its index has them. */
function noticesAbout(index: RecordIndex, orderId: string): string[] {
  const ids: string[] = [];
  let page = index.list({ type: 'notice', limit: 200 });
  for (;;) {
    ids.push(...page.items.filter(({ groups }) => groups['notice']?.['order'] === orderId).map(({ id }) => id));
    if (page.next === undefined) return ids;
    page = index.list({ type: 'notice', limit: 200, cursor: page.next });
  }
}

/** Several participants may disclose one record, each other groups and at another time: together they show the most. */
function disclosures(index: RecordIndex, caseId: string): Map<string, DisclosedVersion[]> {
  const merged = new Map<string, DisclosedVersion[]>();
  for (const { recordId, body } of index.disclosures(caseId)) {
    const { versions } = body as unknown as { readonly versions: readonly DisclosedVersion[] };
    const known = merged.get(recordId) ?? [];
    versions.forEach((version, at) => {
      known[at] = { document: version.document, groups: { ...known[at]?.groups, ...version.groups } };
    });
    merged.set(recordId, known);
  }
  return merged;
}
