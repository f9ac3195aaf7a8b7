import { openGroups, type Groups } from '../../chaincode/domain/record';
import type { EvidenceRecord, EvidenceVersion } from '../package-format';
import { EvidenceError, type ReportBuilder } from '../report';

/** A version with the groups that were disclosed, checked against their roots. */
export interface OpenVersion extends EvidenceVersion {
  readonly open: Groups;
}

/** A record with its versions opened. */
export interface OpenRecord {
  readonly id: string;
  readonly versions: readonly OpenVersion[];
}

/** Step `groups`: what was disclosed is what each version committed to, salts included. */
export function openRecords(records: readonly EvidenceRecord[], report: ReportBuilder): OpenRecord[] {
  const opened = records.map((record) => ({ id: record.id, versions: record.versions.map(openVersion) }));
  for (const { id, versions } of opened) {
    const hidden = new Set(
      versions.flatMap(({ document, open }) =>
        document.groups.filter(({ name }) => open[name] === undefined).map(({ name }) => name),
      ),
    );
    if (hidden.size === 0) continue;
    const names = [...hidden].sort().join(', ');
    report.leaveOpen(`Record ${id}: groups not disclosed: ${names}. / 记录 ${id}：未披露的字段组：${names}。`);
  }
  report.note('GROUPS_OPENED', `${opened.length} records`);
  return opened;
}

function openVersion(version: EvidenceVersion): OpenVersion {
  const { document, groups } = version;
  try {
    return { ...version, open: openGroups(document, groups) };
  } catch {
    throw new EvidenceError('GROUP_NOT_COMMITTED', `record ${document.id} version ${document.version}`);
  }
}

/** A text field of a group, or undefined when it was not disclosed or is none. */
export function textOf(version: OpenVersion, group: string, field: string): string | undefined {
  const value = version.open[group]?.[field];
  return typeof value === 'string' ? value : undefined;
}
