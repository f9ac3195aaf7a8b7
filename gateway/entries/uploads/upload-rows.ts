import { createTable, type MigrationStep } from '../../database/migrations';
import type { UploadRow } from '../../database/tables';
import type { ControlTotals } from '../entries-answer';
import type { StoredUpload, UploadResult, UploadState } from './upload';

export const UPLOAD_STEPS: readonly MigrationStep[] = [
  async (db, types) => {
    await createTable(db, types, {
      name: 'uploads',
      columns: {
        id: 'text',
        lane: 'text',
        created_by: 'text',
        media_type: 'text',
        size: 'integer',
        sha256: 'text',
        partial: 'integer',
        control: 'text',
        state: 'text',
        received: 'integer',
        lines: 'integer?',
        settled: 'integer',
        result: 'text?',
        owner: 'text?',
        created_at: 'text',
        changed_at: 'text',
      },
      key: ['id'],
    });
    const parts = { upload: 'text', start: 'integer', bytes: 'bytes' } as const;
    await createTable(db, types, { name: 'upload_parts', columns: parts, key: ['upload', 'start'] });
    const outcomes = { upload: 'text', batch: 'integer', bytes: 'bytes' } as const;
    await createTable(db, types, { name: 'upload_outcomes', columns: outcomes, key: ['upload', 'batch'] });
  },
];

export function toRow(upload: StoredUpload): UploadRow {
  return {
    id: upload.id,
    lane: upload.lane,
    created_by: upload.createdBy,
    media_type: upload.mediaType,
    size: upload.size,
    sha256: upload.sha256,
    partial: upload.partial ? 1 : 0,
    control: JSON.stringify(upload.control),
    state: upload.state,
    received: upload.offset,
    lines: upload.lines,
    settled: upload.settled,
    result: upload.result && JSON.stringify(upload.result),
    owner: null,
    created_at: upload.createdAt,
    changed_at: upload.changedAt,
  };
}

export function toUpload(row: UploadRow): StoredUpload {
  return {
    id: row.id,
    lane: row.lane,
    createdBy: row.created_by,
    mediaType: row.media_type,
    size: row.size,
    sha256: row.sha256,
    partial: row.partial === 1,
    control: JSON.parse(row.control) as ControlTotals,
    state: row.state as UploadState,
    offset: row.received,
    lines: row.lines,
    settled: row.settled,
    result: row.result === null ? null : (JSON.parse(row.result) as UploadResult),
    createdAt: row.created_at,
    changedAt: row.changed_at,
  };
}
