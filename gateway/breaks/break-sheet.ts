import type { Json } from '../../chaincode/domain/json';
import { RESOLUTION_TYPES, type BreakContent } from '../../chaincode/domain/operations/breaks/types';
import { as } from '../../chaincode/domain/trade-types';
import type { IndexedRecord } from '../ports/record-index';
import type { Sheet } from '../spreadsheets/write-workbook';

/** What a row may ask for. */
export const SHEET_ACTIONS = ['comment', 'assign', 'propose', 'agree', 'decline', 'close'] as const;
type SheetAction = (typeof SHEET_ACTIONS)[number];

/** Columns that tell which break a row is about, in its present version; nobody changes them. */
const LOCKED = [
  'id',
  'version',
  'code',
  'status',
  'holder',
  'dueOn',
  'currency',
  'oursMinor',
  'theirsMinor',
  'residualMinor',
  'entries',
] as const;
const EDITABLE = ['action', 'type', 'reason', 'amountMinor', 'debtor'] as const;
const COLUMNS: readonly string[] = [...LOCKED, ...EDITABLE];

/** Breaks as a sheet that people fill in: key columns locked, the others theirs. */
export function breakSheet(breaks: readonly IndexedRecord[]): Sheet {
  return {
    name: 'Breaks 差异',
    isLocked: true,
    columns: COLUMNS.map((heading) => ({
      heading,
      width: heading === 'id' || heading === 'entries' || heading === 'reason' ? 36 : 16,
      ...((EDITABLE as readonly string[]).includes(heading) ? { isEditable: true } : {}),
      ...(heading === 'action' ? { choices: SHEET_ACTIONS } : {}),
      ...(heading === 'type' ? { choices: RESOLUTION_TYPES } : {}),
    })),
    rows: [breaks.map((record) => [...lockedCells(record), ...EDITABLE.map(() => '')])],
  };
}

function lockedCells({ id, version, status, groups }: IndexedRecord): string[] {
  const { break: found, handling } = as<BreakContent>(groups);
  const { code, currency, oursMinor, theirsMinor, residualMinor, ours, theirs } = found;
  const entries = [...ours, ...theirs]
    .map(({ line, reference }) => `${line}:${reference ?? ''}`)
    .join(' ')
    .slice(0, 500);
  const { holder, dueOn } = handling;
  return [id, String(version), code, status, holder, dueOn, currency, oursMinor, theirsMinor, residualMinor, entries];
}

/** What one row asks for, or why it is not done. */
export type RowRequest =
  | { readonly row: number; readonly id: string; readonly operation: string; readonly input: Json }
  | { readonly row: number; readonly id: string; readonly code: string };

const OPERATIONS: Readonly<Record<SheetAction, string>> = {
  comment: 'commentBreak',
  assign: 'assignBreak',
  propose: 'proposeResolution',
  agree: 'agreeResolution',
  decline: 'declineResolution',
  close: 'closeBreak',
};

/**
 * Reads a sheet that came back; rows without an action ask for nothing. Undefined for a sheet with other columns.
 *
 * Protection of a sheet is a courtesy: every locked cell is compared with the record as it stands, so that an altered row
 * is refused (`SHEET_CELL_ALTERED`) and a row of an older version too (`RECORD_STALE`).
 */
export function requestsOf(
  rows: readonly { readonly row: number; readonly cells: readonly string[] }[],
  breaks: ReadonlyMap<string, IndexedRecord>,
  user: string,
): readonly RowRequest[] | undefined {
  const [header, ...body] = rows;
  if (header === undefined || COLUMNS.some((name, at) => header.cells[at] !== name)) return undefined;
  return body.flatMap(({ row, cells }): RowRequest[] => {
    const cell = (name: string): string => (cells[COLUMNS.indexOf(name)] ?? '').trim();
    if (cell('action') === '') return [];
    const id = cell('id');
    const record = breaks.get(id);
    if (record === undefined) return [{ row, id: id.slice(0, 64), code: 'RECORD_NOT_FOUND' }];
    if (cell('version') !== String(record.version)) return [{ row, id, code: 'RECORD_STALE' }];
    const isAltered = lockedCells(record).some((text, at) => (cells[at] ?? '').trim() !== text.trim());
    if (isAltered) return [{ row, id, code: 'SHEET_CELL_ALTERED' }];
    const action = SHEET_ACTIONS.find((one) => one === cell('action'));
    if (action === undefined) return [{ row, id, code: 'SHEET_ACTION_UNKNOWN' }];
    return [{ row, id, operation: OPERATIONS[action], input: inputOf(action, id, cell, user) }];
  });
}

function inputOf(action: SheetAction, id: string, cell: (name: string) => string, user: string): Json {
  switch (action) {
    case 'comment':
    case 'assign':
    case 'decline':
      return { break: id, user, text: cell('reason') };
    case 'propose': {
      const amountMinor = cell('amountMinor') === '' ? null : cell('amountMinor');
      const owing = cell('debtor') === '' ? {} : { debtor: cell('debtor') };
      return { break: id, type: cell('type'), reason: cell('reason'), amountMinor, evidence: [], ...owing };
    }
    case 'agree':
    case 'close':
      return { break: id };
  }
}
