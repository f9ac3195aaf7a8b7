import type { Json } from '../../chaincode/domain/json';
import type { Fields, Groups, RecordDocument, SaltedGroups } from '../../chaincode/domain/record';
import type { SqlRow } from '../../network/storage/database';
import type { IndexedDisclosure, IndexedTransaction, IndexedVersion, TimelineEntry } from '../ports/record-index';

const text = (row: SqlRow, column: string): string => row[column] as string;

/** A row of `versions` whose body is there. */
export function toVersion(row: SqlRow): IndexedVersion {
  const document = JSON.parse(text(row, 'document')) as RecordDocument;
  const salted = JSON.parse(text(row, 'salted')) as SaltedGroups;
  return {
    id: document.id,
    type: document.type,
    status: document.status,
    version: document.version,
    participants: document.participants,
    commitment: text(row, 'commitment'),
    document,
    salted,
    groups: withoutSalts(salted),
    orderId: row['order_id'] as string | null,
    transactionId: text(row, 'transaction_id'),
    blockNumber: BigInt(row['block'] as number),
    txNumber: Number(row['position']),
    declaredAt: text(row, 'declared_at'),
    creatorMspId: text(row, 'creator'),
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
export function toTimelineEntry(row: SqlRow): TimelineEntry {
  return {
    recordId: text(row, 'id'),
    type: row['type'] as TimelineEntry['type'],
    version: Number(row['version']),
    status: text(row, 'status'),
    previousStatus: row['previous_status'] as string | null,
    commitment: text(row, 'commitment'),
    transactionId: text(row, 'transaction_id'),
    blockNumber: BigInt(row['block'] as number),
    declaredAt: text(row, 'declared_at'),
    creatorMspId: text(row, 'creator'),
  };
}

export function toTransaction(row: SqlRow): IndexedTransaction {
  return {
    transactionId: text(row, 'transaction_id'),
    blockNumber: BigInt(row['block'] as number),
    txNumber: Number(row['position']),
    code: text(row, 'code'),
    creatorMspId: text(row, 'creator'),
    declaredAt: text(row, 'declared_at'),
  };
}

export function toDisclosure(row: SqlRow): IndexedDisclosure {
  return {
    id: text(row, 'id'),
    caseId: text(row, 'case_id'),
    recordId: text(row, 'record_id'),
    body: JSON.parse(text(row, 'body')) as Json,
    transactionId: text(row, 'transaction_id'),
    blockNumber: BigInt(row['block'] as number),
    creatorMspId: text(row, 'creator'),
  };
}
