import { commitmentOf } from '../../chaincode/domain/record';
import { parseCanonicalJson } from '../../chaincode/domain/canonical-json';
import { isJsonObject, type Json } from '../../chaincode/domain/json';
import type { ArbitrationCase } from '../../chaincode/domain/operations/trade/arbitration-case';
import type { Notice } from '../../chaincode/domain/operations/trade/give-notice';
import { headNames, parsePassed } from '../../chaincode/domain/succession';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import { isPlace, type TransactionView } from '../transaction-view';
import type { OpenRecord, OpenVersion } from './content';
import { RECORDS, type CheckedTransactions } from './transactions';

/** Step `case`: nothing the case names is missing, and what case and notices cite is what was committed. */
export function checkCase(
  records: readonly OpenRecord[],
  caseId: string,
  checked: CheckedTransactions,
  report: ReportBuilder,
): void {
  const byId = new Map(records.map((record) => [record.id, record]));
  const content = caseOf(byId.get(caseId), caseId);
  for (const id of [content.order, ...content.records]) ensure(byId.has(id), 'RECORD_MISSING', `record ${id}`);
  const order = byId.get(content.order) as OpenRecord;
  checkCitation(order, content.orderVersion, content.orderCommitment, `case ${caseId}`);
  const notices = records.flatMap((record) => noticeOf(record) ?? []);
  for (const { id, notice } of notices) {
    ensure(notice.order === content.order, 'CITATION_DIFFERS', `notice ${id}`);
    checkCitation(order, notice.version, notice.commitment, `notice ${id}`);
  }
  const headOf = headNaming(order);
  checkNoticeSequences(notices, headOf, checked);
  checkNoticesAtFiling(byId.get(caseId) as OpenRecord, content, headOf(content.claimant), checked);
  report.note('CASE_COMPLETE', `case ${caseId}, ${content.records.length} records, ${notices.length} notices`);
}

function caseOf(record: OpenRecord | undefined, id: string): ArbitrationCase {
  const version = record?.versions.at(-1);
  const group = version?.document.type === 'case' ? version.open['case'] : undefined;
  if (!isCase(group)) throw new EvidenceError('CASE_NOT_DISCLOSED', `case ${id}`);
  return group as unknown as ArbitrationCase;
}

function isCase(group: Readonly<Record<string, Json>> | undefined): boolean {
  const records = group?.['records'];
  return typeof group?.['order'] === 'string' && Array.isArray(records) && records.every(isText);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function checkCitation({ versions }: OpenRecord, version: number, commitment: string, name: string): void {
  const cited = versions[version - 1];
  const fits = cited !== undefined && commitmentOf(cited.document) === commitment;
  ensure(fits, 'CITATION_DIFFERS', name);
}

interface GivenNotice {
  readonly id: string;
  readonly notice: Notice;
  readonly version: OpenVersion;
}

function noticeOf({ id, versions }: OpenRecord): GivenNotice | undefined {
  const version = versions[0] as OpenVersion;
  if (version.document.type !== 'notice') return undefined;
  const notice = version.open['notice'] as unknown as Notice | undefined;
  if (notice === undefined) throw new EvidenceError('CASE_NOT_DISCLOSED', `notice ${id}`);
  return { id, notice, version };
}

type HeadOf = (mspId: string) => string;

/** The name a member's notices are counted under: its own, or that of the member it followed in the order. */
function headNaming({ versions }: OpenRecord): HeadOf {
  const passed =
    [...versions]
      .reverse()
      .map(({ open }) => parsePassed(open['succession']?.['passed']))
      .find(({ length }) => length > 0) ?? [];
  return (mspId) => headNames([mspId], passed)[0]?.name ?? mspId;
}

/** Each member's notices count from 1, each naming the one before; the public head says the same numbers. */
function checkNoticeSequences(notices: readonly GivenNotice[], headOf: HeadOf, checked: CheckedTransactions): void {
  for (const head of new Set(notices.map(({ notice }) => headOf(notice.giver)))) {
    const given = notices
      .filter(({ notice }) => headOf(notice.giver) === head)
      .sort((a, b) => a.notice.sequence - b.notice.sequence);
    given.forEach(({ id, notice, version }, at) => {
      const previous = at === 0 ? null : (given[at - 1] as GivenNotice).id;
      const linked = notice.sequence === at + 1 && notice.previous === previous;
      const counted = headCount(version, `n/${notice.order}/${head}`, checked);
      ensure(linked && counted === at + 1, 'NOTICES_INCOMPLETE', `${notice.giver} notice ${id}`);
    });
  }
}

/** Filing read the claimant's notice head: whatever wrote it last is in the package, so no earlier notice is left out. */
function checkNoticesAtFiling(
  { versions }: OpenRecord,
  content: ArbitrationCase,
  headName: string,
  checked: CheckedTransactions,
): void {
  const filing = checked.writers.get((versions[0] as OpenVersion).transactionId) as TransactionView;
  const head = `n/${content.order}/${headName}`;
  const read = filing.reads(RECORDS).find(({ key }) => key === head);
  const last = [...checked.writers.values()].filter((writer) => writer.written(RECORDS, head) !== undefined);
  const known = last.some(({ place }) => isPlace(read?.version, place));
  ensure(known, 'NOTICES_INCOMPLETE', `${content.claimant} at filing`);
}

function headCount({ transactionId }: OpenVersion, key: string, checked: CheckedTransactions): unknown {
  const bytes = checked.writers.get(transactionId)?.written(RECORDS, key);
  const head = bytes === undefined ? undefined : parseCanonicalJson(bytes);
  return isJsonObject(head) ? head['count'] : undefined;
}
