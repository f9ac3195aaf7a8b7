import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { BREAK_LIMITS } from '../../chaincode/domain/operations/breaks/open-breaks';
import type { LedgerRuleSet, MatchRun } from '../../chaincode/domain/operations/breaks/types';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import type { ShownBreak } from '../reconciliation/matching/break-items';
import type { Undone } from '../reconciliation/matching/undone';
import type { BookEntry } from '../reconciliation/book-entry';
import { reconcileBooks, type BooksResult } from '../reconciliation/books-service';
import { SideRefused } from '../reconciliation/reconcile-files';
import { DEFAULT_RULE_SET } from '../reconciliation/rules/default-rule-set';
import { parseRuleSet } from '../reconciliation/rules/parse-rule-set';
import type { RuleSet } from '../reconciliation/rules/rule-set';
import type { SourceOptions } from '../reconciliation/sources/open-source';
import { HttpProblem } from '../http/problem';
import type { Answer, Call, Route, Upload } from '../http/route';
import type { IndexedRecord } from '../ports/record-index';
import type { RouteDeps } from './dependencies';
import { lastBlock } from './last-block';
import { ReconcileQuery } from './dto/reconcile';
import { ownRecord } from './records';
import { ReconciliationView } from './views/breaks';
import { allRecords } from '../services/all-records';

/** Largest file of books, bytes. */
const BOOKS_LIMIT = 536_870_912;
const MEDIA_TYPES = [
  'application/xml',
  'application/x-ndjson',
  'text/csv',
  'text/plain',
  'application/octet-stream',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
];

/** A member's own books against a statement: matched off the ledger, its result and breaks on it. */
export function reconcileRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/v1/statements/{id}/reconciliation',
      operationId: 'reconcileBooks',
      tag: 'breaks',
      summary: "Match this member's own books against a statement; record the run and open its breaks unless dry",
      permission: 'reconcile',
      query: ReconcileQuery,
      body: { kind: 'upload', mediaTypes: MEDIA_TYPES, limit: BOOKS_LIMIT },
      answer: { status: 200, description: 'What it comes to.', type: ReconciliationView },
      handle: (call) => reconcileStatement(deps, call),
    },
  ];
}

async function reconcileStatement(deps: RouteDeps, call: Call): Promise<Answer> {
  const statement = await ownRecord(deps, 'statement', call.params['id']);
  const { dryRun, ruleSet, mapping, profile, mirror } = call.query as ReconcileQuery;
  const options: SourceOptions = {
    ...(mapping === undefined ? {} : { mapping: mappingOf(mapping) }),
    ...(profile === undefined ? {} : { profile }),
    ...(mirror === 'true' ? { mirror: true } : {}),
  };
  const rules = ruleSet === undefined ? DEFAULT_RULE_SET : await approvedRules(deps, ruleSet);
  const result = await matched(deps, statement, call.upload as Upload, rules, options);
  const { summary } = result;
  if (dryRun === 'true') return { json: { summary, root: summary.root, breaks: [] } };
  const run = await recorded(deps, statement, result, call.reference);
  const breaks = await opened(deps, statement, run.id, result.breaks, call.reference);
  const blocks = lastBlock([run.block, ...breaks.map(({ block }) => block)]);
  return { json: { summary, root: summary.root, run: run.id, breaks: breaks.flatMap(({ ids }) => ids), ...blocks } };
}

function mappingOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HttpProblem('BOOKS_UNREADABLE', { reason: 'MAPPING_INVALID' });
  }
}

/** @throws HttpProblem RULE_SET_NOT_APPROVED; Rejection RECORD_NOT_FOUND. */
async function approvedRules(deps: RouteDeps, id: string): Promise<RuleSet> {
  const record = await ownRecord(deps, 'ruleSet', id);
  if (record.status !== 'approved') throw new HttpProblem('RULE_SET_NOT_APPROVED', { record: id });
  const { digest } = as<LedgerRuleSet>(record.groups).ruleSet;
  const document = await deps.documents.get(digest);
  if (document === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: digest });
  return parseRuleSet(document.bytes);
}

/** @throws HttpProblem BOOKS_UNREADABLE, STATEMENT_INCOMPLETE. */
async function matched(
  deps: RouteDeps,
  record: IndexedRecord,
  upload: Upload,
  rules: RuleSet,
  options: SourceOptions,
): Promise<BooksResult> {
  const { businessDay, date } = as<Statement>(record.groups).statement;
  const asOf = (await deps.index.businessDay(businessDay))?.date ?? date;
  const undone = await undoneMatches(deps, record);
  const bytes = await deps.statements.file(record, 'jsonl');
  try {
    const ours = upload.open();
    return await reconcileBooks({ ours, options, statement: bytes, member: deps.member, rules, asOf, undone });
  } catch (error) {
    if (!(error instanceof SideRefused)) throw error;
    const { reason } = error;
    const place = 'place' in reason ? { place: reason.place } : {};
    throw new HttpProblem('BOOKS_UNREADABLE', { reason: reason.code, side: error.side, ...place });
  }
}

/** What this member has undone of its own runs of the statement's date and currency: it is not matched again. */
async function undoneMatches(deps: RouteDeps, record: IndexedRecord): Promise<readonly Undone[]> {
  const { businessDay, date, currency } = as<Statement>(record.groups).statement;
  const undone: Undone[] = [];
  for await (const { groups } of allRecords(deps.index, { type: 'matchRun', status: 'amended' })) {
    const { run, undone: events } = as<MatchRun>(groups);
    const isOwn = run.by === deps.member && run.businessDay === businessDay;
    if (!isOwn || run.date !== date || run.currency !== currency) continue;
    const { id, version } = run.ruleSet;
    undone.push(...events.list.map((event) => ({ ...event, ruleSet: id, ruleSetVersion: version })));
  }
  return undone;
}

async function recorded(
  deps: RouteDeps,
  record: IndexedRecord,
  { summary }: BooksResult,
  reference: string,
): Promise<{ readonly id: string; readonly block: bigint }> {
  const { businessDay, date, currency } = as<Statement>(record.groups).statement;
  const inputs = (['ours', 'theirs'] as const).map((name) => {
    const { digest, entries } = summary.inputs[name];
    return { name, sha256: digest, entries };
  });
  const common = { businessDay, date, currency, statement: record.id, ruleSet: summary.rules, inputs };
  const input = { ...common, resultRoot: summary.root, matches: summary.matches, items: summary.itemsByCode };
  const { written, blockNumber } = await deps.operations.submit({
    operation: 'recordMatchRun',
    input: input as unknown as Json,
    recordIds: [],
    reference: `${reference}:run`,
  });
  return { id: written[0]?.id as string, block: blockNumber };
}

async function opened(
  deps: RouteDeps,
  { participants }: IndexedRecord,
  run: string,
  shown: readonly ShownBreak[],
  reference: string,
): Promise<{ readonly ids: readonly string[]; readonly block: bigint }[]> {
  const other = participants.find((member) => member !== deps.member) ?? deps.member;
  const sent: { readonly ids: readonly string[]; readonly block: bigint }[] = [];
  for (let from = 0; from < shown.length; from += BREAK_LIMITS.breaks) {
    const page = shown.slice(from, from + BREAK_LIMITS.breaks).map((one) => ledgerBreak(one, deps.member, other));
    const { written, blockNumber } = await deps.operations.submit({
      operation: 'openBreaks',
      input: { run, breaks: page } as unknown as Json,
      recordIds: [run],
      reference: `${reference}:breaks:${from}`,
    });
    sent.push({ ids: written.map(({ id }) => id), block: blockNumber });
  }
  return sent;
}

/** Who looks first: what the own side lacks is the own member's to find, everything else the other one's to answer. */
function ledgerBreak({ item, ours, theirs }: ShownBreak, member: string, other: string): object {
  const { code, currency, clearsBy, oursMinor, theirsMinor, residualMinor, mismatches } = item;
  const own = ['MISSING_INTERNAL', 'DUPLICATE', 'MATCH_UNDONE'].includes(code);
  return {
    code,
    currency,
    clearsBy,
    holder: own ? member : other,
    oursMinor,
    theirsMinor,
    residualMinor,
    ours: ours.slice(0, BREAK_LIMITS.entries).map(entryOf),
    theirs: theirs.slice(0, BREAK_LIMITS.entries).map(entryOf),
    mismatches: mismatches.slice(0, BREAK_LIMITS.mismatches).map(({ field, expected, actual, delta }) => ({
      field,
      expected: short(expected),
      actual: short(actual),
      delta: short(delta),
    })),
  };
}

function entryOf({ line, endToEndId, references, amountMinor, direction, bookingDate }: BookEntry): object {
  const reference = short(endToEndId ?? references[0] ?? null);
  const signed = direction === 'credit' ? amountMinor : -amountMinor;
  return { line, reference, amountMinor: String(signed), date: bookingDate };
}

/** What a record takes of a text; nothing of a text that has control characters or is empty. */
function short(text: string | null): string | null {
  const plain = text?.replace(/[\u0000-\u001f]/g, ' ').slice(0, 140) ?? '';
  return plain.trim() === '' ? null : plain;
}
