import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { clearingClaimBytes } from '../../chaincode/domain/operations/clearing/settle';
import {
  discloseStatement,
  type StatementDisclosure,
} from '../../chaincode/domain/operations/clearing/statement-disclosure';
import type { Clearing, ClearingAgreement, ClearingPair } from '../../chaincode/domain/operations/clearing/types';
import { as } from '../../chaincode/domain/trade-types';
import { clearingInstructions } from '../documents/iso20022/clearing-instructions';
import type { Call, Route } from '../http/route';
import type { IndexedRecord } from '../ports/record-index';
import type { RouteDeps } from './dependencies';
import { ClearingAgreementDto, ClearingDto, RefusalDto, SettlementDto } from './dto/clearing';
import { operationRoute, plain, type OperationInput, type OperationRow } from './operation-route';
import { ownRecord } from './records';
import { DisclosureView } from './views/clearing';
import { allRecords } from '../services/all-records';

/** Clearing agreements, clearings, and what a pair shows of its statement. */
export function clearingRoutes(deps: RouteDeps): readonly Route[] {
  const rows = [...agreementRows(deps), ...clearingRows(deps), ...settlementRows(deps)];
  return [...rows.map((row) => operationRoute(row, deps)), disclosureRoute(deps), instructionsRoute(deps)];
}

function agreementRows(deps: RouteDeps): readonly OperationRow[] {
  const step = (operation: string, name: string, summary: string): OperationRow => ({
    operation,
    path: `/v1/clearing-agreements/{id}/${name}`,
    tag: 'clearing',
    summary,
    permission: 'administer',
    shows: 'clearingAgreement',
    build: async ({ params }) => {
      const { id } = await ownRecord(deps, 'clearingAgreement', params['id']);
      return { input: { agreement: id }, recordIds: [id] };
    },
  });
  return [
    {
      operation: 'proposeClearingAgreement',
      path: '/v1/clearing-agreements',
      tag: 'clearing',
      summary: 'Offer to clear with other members: legal basis, pairs, accounts',
      permission: 'administer',
      body: ClearingAgreementDto,
      shows: 'clearingAgreement',
      createdUnder: 'clearing-agreements',
      build: ({ body }) => ({ input: plain(body), recordIds: [] }),
    },
    step('joinClearingAgreement', 'join', 'Agree; with the last member it is in force'),
    step('endClearingAgreement', 'end', 'End an agreement'),
  ];
}

function clearingRows(deps: RouteDeps): readonly OperationRow[] {
  return [
    {
      operation: 'computeClearing',
      path: '/v1/clearings',
      tag: 'clearing',
      summary: "Net a date's countersigned statements; the own ones are added to those that others disclosed",
      permission: 'reconcile',
      body: ClearingDto,
      shows: 'clearing',
      createdUnder: 'clearings',
      build: (call) => computing(deps, call),
    },
    {
      operation: 'signClearing',
      path: '/v1/clearings/{id}/signature',
      tag: 'clearing',
      summary: 'Sign the nets and payments; with the last signature they bind',
      permission: 'reconcile',
      shows: 'clearing',
      build: async ({ params }) => signing(deps, await ownRecord(deps, 'clearing', params['id'])),
    },
    {
      operation: 'refuseClearing',
      path: '/v1/clearings/{id}/refusal',
      tag: 'clearing',
      summary: 'Refuse before all have signed: the clearing is void',
      permission: 'reconcile',
      body: RefusalDto,
      shows: 'clearing',
      build: async ({ params, body }) => {
        const { id, groups } = await ownRecord(deps, 'clearing', params['id']);
        const { agreement } = as<Clearing>(groups).clearing;
        const input = { clearing: id, agreement, reason: (body as RefusalDto).reason };
        return { input, recordIds: [id, agreement] };
      },
    },
  ];
}

function settlementRows(deps: RouteDeps): readonly OperationRow[] {
  const step = (operation: string, name: string, summary: string): OperationRow => ({
    operation,
    path: `/v1/clearings/{id}/${name}`,
    tag: 'clearing',
    summary,
    permission: 'approve',
    body: SettlementDto,
    shows: 'clearing',
    build: async ({ params, body }) => {
      const { id } = await ownRecord(deps, 'clearing', params['id']);
      return { input: { clearing: id, ...(body as SettlementDto) }, recordIds: [id] };
    },
  });
  return [
    step('reportSettlement', 'payments', 'Say that this member has paid an instruction'),
    step('confirmSettlement', 'confirmations', 'Confirm that an instruction was paid to this member'),
  ];
}

/** The own countersigned statements that are due, and those of other pairs as their members handed them over. */
async function computing(deps: RouteDeps, { body }: Call): Promise<OperationInput> {
  const { agreement: id, date, disclosures = [] } = body as ClearingDto;
  const agreement = await ownRecord(deps, 'clearingAgreement', id);
  const { pairs } = as<ClearingAgreement>(agreement.groups).progress;
  const { currency } = as<ClearingAgreement>(agreement.groups).agreement;
  const own = await ownStatements(deps, { pairs, currency, date });
  const handed = disclosures as unknown as readonly StatementDisclosure[];
  const known = new Set(own.map(({ document }) => document.id));
  const statements = [...own, ...handed.filter(({ document }) => !known.has(document?.id))];
  return { input: { agreement: id, date, statements } as unknown as Json, recordIds: [agreement.id] };
}

interface Wanted {
  readonly pairs: readonly ClearingPair[];
  readonly currency: string;
  readonly date: string;
}

async function ownStatements(deps: RouteDeps, { pairs, currency, date }: Wanted): Promise<StatementDisclosure[]> {
  const found: StatementDisclosure[] = [];
  const countersigned = allRecords(deps.index, { type: 'statement', status: 'countersigned' });
  for await (const { groups, document, salted } of countersigned) {
    const statement = groups['statement'] ?? {};
    const pair = pairs.find(({ businessDay }) => businessDay === statement['businessDay']);
    const dates = [...(pair?.leftOut ?? []), date];
    const isDue = pair !== undefined && dates.includes(String(statement['date']));
    if (isDue && statement['currency'] === currency) found.push(discloseStatement(document, salted));
  }
  return found;
}

async function signing(deps: RouteDeps, { id, groups, document }: IndexedRecord): Promise<OperationInput> {
  const content = as<Clearing>(groups);
  const { agreement } = content.clearing;
  const signature = await deps.sign(clearingClaimBytes(document.channel, id, content, deps.member));
  return { input: { clearing: id, agreement, signature }, recordIds: [id, agreement] };
}

/** What this member hands to others that clear with it: the statement's sums with their proofs, and nothing else of it. */
function disclosureRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/statements/{id}/disclosure',
    operationId: 'readStatementDisclosure',
    tag: 'clearing',
    summary: "A statement's document and the fields a clearing needs, with their proofs",
    permission: 'reconcile',
    answer: { status: 200, description: 'For the members it is cleared with.', type: DisclosureView },
    handle: async ({ params }) => {
      const { document, salted, status, id } = await ownRecord(deps, 'statement', params['id']);
      if (status !== 'countersigned') throw new Rejection('STATEMENT_NOT_COUNTERSIGNED', { record: id });
      return { json: discloseStatement(document, salted) };
    },
  };
}

function instructionsRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/clearings/{id}/pain.001',
    operationId: 'readClearingInstructions',
    tag: 'clearing',
    summary: "This member's payments of a clearing as pain.001.001.09",
    permission: 'read',
    answer: { status: 200, description: 'Valid against its schema.', mediaTypes: ['application/xml'] },
    handle: async ({ params }) => {
      const { id, groups, status } = await ownRecord(deps, 'clearing', params['id']);
      if (!['agreed', 'settled'].includes(status)) throw new Rejection('STATUS_FORBIDS', { record: id });
      const bytes = clearingInstructions(id, as<Clearing>(groups), deps.member);
      if (bytes === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: id });
      return { bytes, mediaType: 'application/xml' };
    },
  };
}
