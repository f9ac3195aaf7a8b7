import type { BusinessDay } from '../../chaincode/domain/business-day';
import { Rejection } from '../../chaincode/domain/errors';
import { StatementInputs } from '../closing/statement-inputs';
import type { Route } from '../http/route';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import { as } from '../../chaincode/domain/trade-types';
import { proveEntry } from '../statements/entry-proof';
import type { RouteDeps, StatementFormat } from './dependencies';
import {
  BusinessDayDto,
  CalendarDto,
  CloseDto,
  DateDto,
  ProofQuery,
  RefuseStatementDto,
  ReissueDto,
  StandingAgreementDto,
} from './dto/reconciliation';
import { entriesRoute } from './entries';
import { toSent } from './finance';
import { operationRoute, plain, type OperationRow } from './operation-route';
import { ownRecord } from './records';
import { BusinessDayList, SentAnswer } from './views/answers';
import { EntryProofView } from './views/closing';

/** Business dates, agreements, entries, statements. */
export function reconciliationRoutes(deps: RouteDeps): readonly Route[] {
  const rows = [...dateRows(deps), ...agreementRows(deps), ...statementRows(deps)];
  return [
    ...rows.map((row) => operationRoute(row, deps)),
    ...calendarRoutes(deps),
    entriesRoute(deps),
    statementFileRoute(deps),
    proofRoute(deps),
    evidenceRoute(deps),
  ];
}

async function dayOf(deps: RouteDeps, id: string | undefined): Promise<BusinessDay> {
  const day = id === undefined ? undefined : await deps.index.businessDay(id);
  if (day === undefined || !day.members.includes(deps.member)) {
    throw new Rejection('BUSINESS_DAY_NOT_FOUND');
  }
  return day;
}

function dateRows(deps: RouteDeps): readonly OperationRow[] {
  const step = (operation: string, name: string, summary: string): OperationRow => ({
    operation,
    path: `/v1/business-days/{id}/${name}`,
    tag: 'business-days',
    summary,
    permission: 'reconcile',
    body: DateDto,
    build: async ({ params, body }) => {
      const { id, members } = await dayOf(deps, params['id']);
      return { input: { businessDay: id, members, date: (body as DateDto).date }, recordIds: [], actsOn: [id] };
    },
  });
  return [
    {
      operation: 'openBusinessDay',
      path: '/v1/business-days',
      tag: 'business-days',
      summary: 'Open the business date between this member and another',
      permission: 'reconcile',
      body: BusinessDayDto,
      build: ({ body }) => ({ input: plain(body), recordIds: [] }),
    },
    step('proposeDate', 'proposal', 'Propose the next business date'),
    step('advanceDate', 'advance', 'Advance to the date the other member proposed'),
  ];
}

function agreementRows(deps: RouteDeps): readonly OperationRow[] {
  const step = (operation: string, name: string, summary: string, shows: string): OperationRow => ({
    operation,
    path: `/v1/standing-agreements/{id}/${name}`,
    tag: 'standing-agreements',
    summary,
    permission: 'administer',
    shows,
    build: async ({ params }) => {
      const { id } = await ownRecord(deps, 'standingAgreement', params['id']);
      return { input: { agreement: id }, recordIds: [id] };
    },
  });
  return [
    {
      operation: 'proposeAgreement',
      path: '/v1/standing-agreements',
      tag: 'standing-agreements',
      summary: 'Offer to post entries to another member within kinds and limits',
      permission: 'administer',
      body: StandingAgreementDto,
      shows: 'standingAgreement',
      createdUnder: 'standing-agreements',
      build: ({ body }) => ({ input: plain(body), recordIds: [] }),
    },
    step('agreeAgreement', 'agreement', 'Agree: the lane opens', 'lane'),
    step('endAgreement', 'end', 'End an agreement', 'standingAgreement'),
  ];
}

function statementRows(deps: RouteDeps): readonly OperationRow[] {
  const inputs = new StatementInputs(deps);
  return [
    {
      operation: 'closeDay',
      path: '/v1/statements',
      tag: 'statements',
      summary: 'Close a date of a pair in one currency',
      permission: 'reconcile',
      body: CloseDto,
      shows: 'statement',
      createdUnder: 'statements',
      build: ({ body }) => {
        const { businessDay, currency, date } = body as CloseDto;
        return inputs.closing(businessDay, currency, date);
      },
    },
    {
      operation: 'signStatement',
      path: '/v1/statements/{id}/signature',
      tag: 'statements',
      summary: "Write the statement's files here and sign their digests",
      permission: 'reconcile',
      shows: 'statement',
      build: async ({ params }) => {
        const { input, recordIds } = await inputs.signing((await ownRecord(deps, 'statement', params['id'])).id);
        return { input, recordIds };
      },
    },
    statementStep(
      deps,
      'refuseStatement',
      'refusal',
      'Say why this member does not sign: a dispute',
      RefuseStatementDto,
    ),
    statementStep(deps, 'reissueStatement', 'reissue', 'Issue it anew with a reason, to be signed again', ReissueDto),
  ];
}

function statementStep(
  deps: RouteDeps,
  operation: string,
  name: string,
  summary: string,
  body: typeof RefuseStatementDto | typeof ReissueDto,
): OperationRow {
  return {
    operation,
    path: `/v1/statements/{id}/${name}`,
    tag: 'statements',
    summary,
    permission: 'reconcile',
    body,
    shows: 'statement',
    build: async ({ params, body: sent }) => {
      const { id } = await ownRecord(deps, 'statement', params['id']);
      return { input: { statement: id, ...(plain(sent as object) as object) }, recordIds: [id] };
    },
  };
}

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const FILES: Readonly<Record<string, readonly [format: StatementFormat, mediaType: string, extension: string]>> = {
  jsonl: ['jsonl', 'application/x-ndjson', 'jsonl'],
  csv: ['csv', 'text/csv', 'csv'],
  camt053: ['camt053', 'application/xml', 'camt053.xml'],
  xlsx: ['xlsx', XLSX, 'xlsx'],
};

function statementFileRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/statements/{id}/files/{format}',
    operationId: 'readStatementFile',
    tag: 'statements',
    summary: 'A statement as canonical JSON lines, CSV, camt.053.001.08, or XLSX for people',
    permission: 'read',
    answer: {
      status: 200,
      description: 'The same bytes at both members.',
      mediaTypes: ['application/x-ndjson', 'text/csv', 'application/xml', XLSX],
    },
    handle: async ({ params }) => {
      const record = await ownRecord(deps, 'statement', params['id']);
      const file = FILES[params['format'] ?? ''];
      if (file === undefined) throw new Rejection('RECORD_NOT_FOUND');
      const [format, mediaType, extension] = file;
      return {
        stream: deps.statements.stream(record, format),
        mediaType,
        headers: { 'content-disposition': `attachment; filename="statement-${record.id}.${extension}"` },
      };
    },
  };
}

/** One entry's proof, for whoever is shown nothing else of the day. */
function proofRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/statements/{id}/proof',
    operationId: 'proveEntry',
    tag: 'statements',
    summary: 'Proof that an entry is, or is not, in a countersigned statement',
    permission: 'read',
    query: ProofQuery,
    answer: { status: 200, description: 'Verifies offline: `concordat statement verify-proof`.', type: EntryProofView },
    handle: async ({ params, query }) => {
      const record = await ownRecord(deps, 'statement', params['id']);
      if (record.status !== 'countersigned') throw new Rejection('STATEMENT_NOT_COUNTERSIGNED', { record: record.id });
      const { signatures } = as<Statement>(record.groups);
      const { endToEndId } = query as ProofQuery;
      return { json: await proveEntry(deps.statements.source(record), signatures, endToEndId) };
    },
  };
}

/** The statement's commitment with everything it rests on, for whoever verifies without this gateway. */
function evidenceRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/statements/{id}/evidence-package',
    operationId: 'readStatementEvidence',
    tag: 'statements',
    summary: "The statement's evidence package, for the offline verifier",
    permission: 'evidence',
    answer: {
      status: 200,
      description: 'Verifies offline: `concordat statement verify FILE --evidence PACKAGE --trust TRUST`.',
      mediaTypes: ['application/json'],
    },
    handle: async ({ params }) => {
      const { id } = await ownRecord(deps, 'statement', params['id']);
      return {
        bytes: await deps.evidence.statementPackage(id),
        mediaType: 'application/json',
        headers: { 'content-disposition': `attachment; filename="statement-${id}.evidence.json"` },
      };
    },
  };
}

function calendarRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/business-days',
      operationId: 'listBusinessDays',
      tag: 'business-days',
      summary: "This member's open business dates",
      permission: 'read',
      answer: { status: 200, description: 'One per pair.', type: BusinessDayList },
      handle: async () => ({
        json: {
          items: (await deps.index.businessDays())
            .filter(({ members }) => members.includes(deps.member))
            .map(({ id, members, date, proposal, lanes, version }) => ({
              id,
              members,
              date,
              proposal,
              lanes,
              version,
            })),
        },
      }),
    },
    {
      method: 'post',
      path: '/v1/calendars',
      operationId: 'publishCalendar',
      tag: 'business-days',
      summary: "Publish this member's calendar",
      permission: 'administer',
      body: { kind: 'json', type: CalendarDto },
      answer: { status: 200, description: 'Committed.', type: SentAnswer },
      handle: async ({ body, reference }) => ({
        json: toSent(await deps.registry.publishCalendar(body as CalendarDto, reference)),
      }),
    },
  ];
}
