import type { Json } from '../../chaincode/domain/json';
import type { Fields, Groups, RecordDocument, SaltedGroups } from '../../chaincode/domain/record';
import type { Tables, VersionsTable } from '../database/tables';
import type { IndexedDisclosure, IndexedTransaction, IndexedVersion, TimelineEntry } from '../ports/record-index';

/** A row of `versions` whose body is there. */
export function toVersion(row: VersionsTable): IndexedVersion {
  const document = JSON.parse(row.document as string) as RecordDocument;
  const salted = JSON.parse(row.salted as string) as SaltedGroups;
  return {
    id: document.id,
    type: document.type,
    status: document.status,
    version: document.version,
    participants: document.participants,
    commitment: row.commitment,
    document,
    salted,
    groups: withoutSalts(salted),
    orderId: row.order_id,
    transactionId: row.transaction_id,
    blockNumber: BigInt(row.block),
    txNumber: row.position,
    declaredAt: row.declared_at,
    creatorMspId: row.creator,
  };
}

/** Group → field → value; the salts were checked when the block was indexed. */
function withoutSalts(salted: SaltedGroups): Groups {
  return Object.fromEntries(
    Object.entries(salted).map(([group, fields]): [string, Fields] => [
      group,
      Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    ]),
  );
}

/** A row of `versions` joined with the status before. */
export function toTimelineEntry(row: VersionsTable & { previous_status: string | null }): TimelineEntry {
  return {
    recordId: row.id,
    type: row.type as TimelineEntry['type'],
    version: row.version,
    status: row.status as string,
    previousStatus: row.previous_status,
    commitment: row.commitment,
    transactionId: row.transaction_id,
    blockNumber: BigInt(row.block),
    declaredAt: row.declared_at,
    creatorMspId: row.creator,
  };
}

export function toTransaction(row: Tables['transactions']): IndexedTransaction {
  return {
    transactionId: row.transaction_id,
    blockNumber: BigInt(row.block),
    txNumber: row.position,
    code: row.code,
    creatorMspId: row.creator,
    declaredAt: row.declared_at,
  };
}

export function toDisclosure(row: Tables['disclosures']): IndexedDisclosure {
  return {
    id: row.id,
    caseId: row.case_id,
    recordId: row.record_id,
    body: JSON.parse(row.body) as Json,
    transactionId: row.transaction_id,
    blockNumber: BigInt(row.block),
    creatorMspId: row.creator,
  };
}
