import { canonicalJson } from '../../chaincode/domain/canonical-json';
import { sha256Hex } from '../../chaincode/domain/hash';
import type { Json } from '../../chaincode/domain/json';
import { isPassedOn } from '../../chaincode/domain/succession';
import { commitmentOf, recordId, skeletonOf, type RecordDocument } from '../../chaincode/domain/record';
import type { EvidenceRecord, EvidenceVersion } from '../package-format';
import { ensure, EvidenceError, type ReportBuilder } from '../report';
import type { TransactionView } from '../transaction-view';
import type { Receipt, ReceiptVersion } from './receipts';
import { RECORDS, type CheckedTransactions } from './transactions';

/** Most records one transaction creates; an id's index lies below it. */
const MAX_CREATED = 1_200;

/** Step `sequence`: each record is exactly the versions the receipt lists, linked, committed and held by everyone. */
export function checkSequences(
  records: readonly EvidenceRecord[],
  channel: string,
  checked: CheckedTransactions,
  receipts: ReadonlyMap<string, Receipt>,
  report: ReportBuilder,
): void {
  for (const record of records) {
    checkListed(record, (receipts.get(record.id) as Receipt).versions);
    checkLinks(record, channel);
    record.versions.forEach((version, at) => {
      const listed = (receipts.get(record.id) as Receipt).versions[at] as ReceiptVersion;
      checkWritten(version, checked.writers.get(version.transactionId) as TransactionView, listed);
    });
    const [first] = record.versions;
    const indices = Array.from({ length: MAX_CREATED }, (_, index) => index);
    const derived = indices.some((index) => recordId((first as EvidenceVersion).transactionId, index) === record.id);
    ensure(derived, 'ID_NOT_DERIVED', record.id);
    report.note('SEQUENCE_COMPLETE', `record ${record.id}, versions 1 to ${record.versions.length}`);
  }
}

/** Same transactions, same order, none left out, none put in. */
function checkListed({ id, versions }: EvidenceRecord, listed: readonly ReceiptVersion[]): void {
  const shown = versions.map(({ transactionId }) => transactionId);
  const known = listed.map(({ transactionId }) => transactionId);
  known.forEach((transactionId, at) =>
    ensure(shown.includes(transactionId), 'VERSION_MISSING', `record ${id} version ${at + 1}`),
  );
  shown.forEach((transactionId, at) => {
    ensure(known.includes(transactionId), 'VERSION_UNKNOWN', `record ${id} version ${at + 1}`);
    ensure(known[at] === transactionId, 'LINK_BROKEN', `record ${id} version ${at + 1}`);
  });
  ensure(shown.length === known.length, 'VERSION_UNKNOWN', `record ${id} version ${shown.length}`);
}

function checkLinks({ id, versions }: EvidenceRecord, channel: string): void {
  let before: RecordDocument | undefined;
  versions.forEach(({ document }, at) => {
    const linked =
      document.id === id &&
      document.channel === channel &&
      document.chaincode === RECORDS &&
      document.version === at + 1 &&
      document.previous === (before === undefined ? null : commitmentOf(before)) &&
      (before === undefined || sameKind(before, document));
    ensure(linked, 'LINK_BROKEN', `record ${id} version ${at + 1}`);
    before = document;
  });
}

function sameKind(before: RecordDocument, document: RecordDocument): boolean {
  const same = before.participants.join('\n') === document.participants.join('\n');
  return before.type === document.type && (same || isSuccession(before, document));
}

/** One participant follows another, and nothing else changes. */
function isSuccession(before: RecordDocument, document: RecordDocument): boolean {
  const groupsOf = ({ groups }: RecordDocument): string => canonicalJson(groups as unknown as Json);
  return (
    isPassedOn(before.participants, document.participants) &&
    before.status === document.status &&
    groupsOf(before) === groupsOf(document)
  );
}

/** What the transaction wrote publicly, what every participant holds, what the peers remember: one and the same. */
function checkWritten({ document }: EvidenceVersion, writer: TransactionView, listed: ReceiptVersion): void {
  const { id, version, participants } = document;
  const name = `record ${id} version ${version}`;
  const key = `r/${id}`;
  const written = writer.written(RECORDS, key);
  if (written === undefined) throw new EvidenceError('VERSION_UNKNOWN', name);
  const text = Buffer.from(written).toString('utf8');
  const remembered = !listed.isDelete && listed.value === text && listed.valueHash === sha256Hex(written);
  ensure(remembered, 'SKELETON_DIFFERS', name);
  const commitment = commitmentOf(document);
  ensure(text.includes(`"commitment":"${commitment}"`), 'COMMITMENT_DIFFERS', name);
  ensure(text === canonicalJson(skeletonOf(document) as unknown as Json), 'SKELETON_DIFFERS', name);
  for (const mspId of participants) {
    const held = writer.hashWritten(RECORDS, `_implicit_org_${mspId}`, sha256Hex(key));
    ensure(held === commitment, 'COLLECTION_DIFFERS', `${name} ${mspId}`);
  }
}
