import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { LIVE_STATUSES } from '../../chaincode/domain/operations/breaks/break-steps';
import type { BreakContent } from '../../chaincode/domain/operations/breaks/types';
import { Rejection } from '../../chaincode/domain/errors';
import { as } from '../../chaincode/domain/trade-types';
import { breakSheet, requestsOf, type RowRequest } from '../breaks/break-sheet';
import { ageOf } from '../../chaincode/domain/operations/breaks/ball';
import { HttpProblem } from '../http/problem';
import type { Call, Route, Upload } from '../http/route';
import { LedgerError } from '../ports/ledger-port';
import type { IndexedRecord } from '../ports/record-index';
import { readWorkbook, WorkbookError } from '../spreadsheets/read-workbook';
import { workbookBytes } from '../spreadsheets/write-workbook';
import { cell } from '../statements/csv';
import type { RouteDeps } from './dependencies';
import { lastBlock } from './last-block';
import { RowOutcomes } from './views/breaks';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
/** Largest sheet that comes back, bytes. */
const SHEET_LIMIT = 16_777_216;
/** Breaks in one sheet. */
const MAX_ROWS = 10_000;

/** Breaks out to spreadsheets and back, and all of them as CSV. */
export function breakSheetRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/break-sheet',
      operationId: 'readBreakSheet',
      tag: 'breaks',
      summary: 'Open breaks as a workbook to fill in; key columns are locked',
      permission: 'read',
      answer: { status: 200, description: 'XLSX.', mediaTypes: [XLSX] },
      handle: async () => {
        return { bytes: await workbookBytes([breakSheet(await live(deps))]), mediaType: XLSX };
      },
    },
    {
      method: 'post',
      path: '/v1/break-sheet',
      operationId: 'takeBreakSheet',
      tag: 'breaks',
      summary: 'Do what a filled-in workbook asks for, row by row',
      permission: 'reconcile',
      body: { kind: 'upload', mediaTypes: [XLSX], limit: SHEET_LIMIT },
      answer: { status: 200, description: "Each row's own outcome.", type: RowOutcomes },
      handle: (call) => takeSheet(deps, call),
    },
    {
      method: 'get',
      path: '/v1/break-export',
      operationId: 'exportBreaks',
      tag: 'breaks',
      summary: 'Every break, closed ones too, with ages, as CSV',
      permission: 'read',
      answer: { status: 200, description: 'RFC 4180, no formulas.', mediaTypes: ['text/csv'] },
      handle: async () => ({ bytes: Buffer.from(await exported(deps), 'utf8'), mediaType: 'text/csv' }),
    },
  ];
}

async function live(deps: RouteDeps): Promise<IndexedRecord[]> {
  const found: IndexedRecord[] = [];
  for (const status of LIVE_STATUSES) found.push(...(await listed(deps, status)));
  return found.sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, MAX_ROWS);
}

async function listed({ index }: RouteDeps, status?: string): Promise<IndexedRecord[]> {
  const filter = { type: 'break' as const, limit: 200, ...(status === undefined ? {} : { status }) };
  let page = await index.list(filter);
  const found = [...page.items];
  while (page.next !== undefined && found.length < 1_000_000) {
    page = await index.list({ ...filter, cursor: page.next });
    found.push(...page.items);
  }
  return found;
}

async function takeSheet(deps: RouteDeps, { upload, caller, reference }: Call): Promise<{ readonly json: object }> {
  const rows = await rowsOf(upload as Upload);
  const breaks = new Map((await listed(deps)).map((record) => [record.id, record]));
  const requests = requestsOf(rows, breaks, caller.userId);
  if (requests === undefined) throw new HttpProblem('SHEET_INVALID');
  const rowsDone: RowDone[] = [];
  for (const request of requests.slice(0, MAX_ROWS)) rowsDone.push(await done(deps, request, reference));
  const items = rowsDone.map(({ item }) => item);
  return { json: { items, ...lastBlock(rowsDone.map(({ block }) => block)) } };
}

interface RowDone {
  readonly item: object;
  readonly block?: bigint;
}

/** One row: done, or refused for itself. */
async function done({ operations }: RouteDeps, request: RowRequest, reference: string): Promise<RowDone> {
  const { row, id } = request;
  if ('code' in request) return { item: { row, id, outcome: 'refused', code: request.code } };
  try {
    const { operation, input } = request;
    const call = { operation, input, recordIds: [id], reference: `${reference}:${row}` };
    const { blockNumber: block } = await operations.submit(call);
    return { item: { row, id, outcome: 'done' }, block };
  } catch (error) {
    const isRefusal = error instanceof Rejection || (error instanceof LedgerError && error.outcome !== 'unknown');
    if (!isRefusal) throw error;
    return { item: { row, id, outcome: 'refused', code: error.code } };
  }
}

async function rowsOf(upload: Upload): Promise<Awaited<ReturnType<typeof readWorkbook>>['rows']> {
  const folder = await mkdtemp(join(tmpdir(), 'concordat-sheet-'));
  try {
    const path = join(folder, 'sheet.xlsx');
    await pipeline(upload.open(), createWriteStream(path, { mode: 0o600 }));
    return (await readWorkbook(path)).rows;
  } catch (error) {
    if (error instanceof WorkbookError) throw new HttpProblem('SHEET_INVALID', { reason: error.code });
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const EXPORT = [
  'id',
  'status',
  'code',
  'currency',
  'oursMinor',
  'theirsMinor',
  'residualMinor',
  'openedBy',
  'openedOn',
  'holder',
  'dueOn',
  'holderAge',
  'isOverdue',
  'reason',
] as const;

/** Ages as both members see them: from the record, the pair's open date and the holder's calendar alone. */
async function exported(deps: RouteDeps): Promise<string> {
  const lines = [EXPORT.join(',')];
  for (const { id, status, groups } of await listed(deps)) {
    const { break: found, handling } = as<BreakContent>(groups);
    const date = (await deps.index.businessDay(found.businessDay))?.date ?? found.openedOn;
    const book = await deps.registry.calendar(handling.holder);
    const isLive = (LIVE_STATUSES as readonly string[]).includes(status);
    const values: Readonly<Record<(typeof EXPORT)[number], string>> = {
      id,
      status,
      code: found.code,
      currency: found.currency,
      oursMinor: found.oursMinor,
      theirsMinor: found.theirsMinor,
      residualMinor: found.residualMinor,
      openedBy: found.openedBy,
      openedOn: found.openedOn,
      holder: handling.holder,
      dueOn: handling.dueOn,
      holderAge: isLive ? String(ageOf(handling, handling.holder, date, book)) : '',
      isOverdue: String(isLive && status !== 'timing' && date > handling.dueOn),
      reason: handling.closing?.reason ?? handling.proposal?.reason ?? '',
    };
    lines.push(EXPORT.map((name) => cell(values[name])).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}
