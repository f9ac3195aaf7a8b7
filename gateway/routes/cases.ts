import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import type { Call, Route } from '../http/route';
import { RECORD_ID } from '../http/validation/fields';
import type { RouteDeps } from './dependencies';
import { CaseDto, ClosingDto, DisclosureDto, NoticeDto } from './dto/cases';
import { operationRoute, type OperationInput, type OperationRow } from './operation-route';
import { ownRecord } from './records';
import { DisclosureList } from './views/disclosures';

/** Notices, cases, disclosures and evidence packages. */
export function caseRoutes(deps: RouteDeps): readonly Route[] {
  const rows = [...filingRows(deps), ...conductRows(deps)];
  return [...rows.map((row) => operationRoute(row, deps)), ...readRoutes(deps)];
}

function filingRows(deps: RouteDeps): readonly OperationRow[] {
  return [
    {
      operation: 'giveNotice',
      path: '/v1/notices',
      tag: 'notices',
      summary: 'Give notice about an order',
      permission: 'arbitrate',
      body: NoticeDto,
      shows: 'notice',
      createdUnder: 'notices',
      build: async ({ body }) => {
        const { kind, order, reason, withdraws = null } = body as NoticeDto;
        const recordIds = withdraws === null ? [] : [(await ownRecord(deps, 'notice', withdraws)).id];
        const { id } = await ownRecord(deps, 'purchaseOrder', order);
        const head = await ownHeadName(deps, id);
        return { input: { kind, order: id, giver: deps.member, head, reason, withdraws }, recordIds, actsOn: [id] };
      },
    },
    {
      operation: 'fileCase',
      path: '/v1/cases',
      tag: 'cases',
      summary: 'File a case about an order',
      permission: 'arbitrate',
      body: CaseDto,
      shows: 'case',
      createdUnder: 'cases',
      build: async ({ body }) => {
        const { order, records, statementOfClaim } = body as CaseDto;
        const { id } = await ownRecord(deps, 'purchaseOrder', order);
        return {
          input: {
            order: id,
            claimant: deps.member,
            head: await ownHeadName(deps, id),
            records,
            statementOfClaim,
          },
          recordIds: [],
        };
      },
    },
  ];
}

/** The name this member's notice head of an order stands under: that of the member it followed, if it followed one. */
async function ownHeadName(deps: RouteDeps, orderId: string): Promise<string> {
  const heads = await deps.index.noticeHeads(orderId);
  return heads.find(({ mspId, holder }) => (holder ?? mspId) === deps.member)?.mspId ?? deps.member;
}

function conductRows(deps: RouteDeps): readonly OperationRow[] {
  return [
    {
      operation: 'acceptCase',
      path: '/v1/cases/{id}/acceptance',
      tag: 'cases',
      summary: 'Take a case up',
      permission: 'arbitrate',
      shows: 'case',
      build: ({ params }) => caseStep(deps, params['id'], {}),
    },
    {
      operation: 'closeCase',
      path: '/v1/cases/{id}/closing',
      tag: 'cases',
      summary: 'Close a case',
      permission: 'arbitrate',
      body: ClosingDto,
      shows: 'case',
      build: ({ params, body }) => caseStep(deps, params['id'], { closing: (body as ClosingDto).closing }),
    },
    {
      operation: 'disclose',
      path: '/v1/cases/{id}/disclosures',
      tag: 'cases',
      summary: "Hand a record's complete sequence to the arbitration member",
      permission: 'arbitrate',
      body: DisclosureDto,
      build: (call) => disclosure(deps, call),
    },
  ];
}

async function caseStep(
  deps: RouteDeps,
  id: string | undefined,
  more: Readonly<Record<string, Json>>,
): Promise<OperationInput> {
  const record = await ownRecord(deps, 'case', id);
  return { input: { case: record.id, ...more }, recordIds: [record.id] };
}

/** Every version's document from the own index, with the groups asked for; the case itself may be another member's. */
async function disclosure(deps: RouteDeps, { params, body }: Call): Promise<OperationInput> {
  const caseId = params['id'] ?? '';
  const { record: recordId, groups } = body as DisclosureDto;
  const versions = await deps.index.versions(recordId);
  if (!RECORD_ID.test(caseId) || versions.length === 0) throw new Rejection('RECORD_NOT_FOUND');
  const shown = versions.map(({ document, salted }) => ({
    document,
    groups: Object.fromEntries(
      Object.entries(salted).filter(([name]) => groups === undefined || groups.includes(name)),
    ),
  }));
  const input = { case: caseId, neutral: await neutralOf(deps, caseId), record: recordId, versions: shown };
  return { input: input as unknown as Json, recordIds: [] };
}

async function neutralOf(deps: RouteDeps, caseId: string): Promise<string> {
  const named = (await deps.index.record(caseId))?.groups['case']?.['neutral'];
  if (typeof named === 'string') return named;
  const participants = (await deps.index.skeleton(caseId))?.participants ?? [];
  const { members } = await deps.registry.network();
  const neutral = members.find(({ kind, mspId }) => kind === 'arbitration' && participants.includes(mspId));
  if (neutral === undefined) throw new Rejection('RECORD_NOT_FOUND', { record: caseId });
  return neutral.mspId;
}

function readRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/cases/{id}/disclosures',
      operationId: 'listDisclosures',
      tag: 'cases',
      summary: 'What was disclosed to this member',
      permission: 'read',
      answer: { status: 200, description: 'Disclosed bodies.', type: DisclosureList },
      handle: async ({ params }) => {
        const { id } = await ownRecord(deps, 'case', params['id']);
        const items = (await deps.index.disclosures(id)).map((one) => ({
          record: one.recordId,
          disclosedBy: one.creatorMspId,
          transactionId: one.transactionId,
          blockNumber: one.blockNumber.toString(),
          body: one.body,
        }));
        return { json: { items } };
      },
    },
    {
      method: 'get',
      path: '/v1/cases/{id}/evidence-package',
      operationId: 'readEvidencePackage',
      tag: 'cases',
      summary: "The case's evidence package, for the offline verifier",
      permission: 'evidence',
      answer: { status: 200, description: 'The package.', mediaTypes: ['application/json'] },
      handle: async ({ params }) => {
        const { id } = await ownRecord(deps, 'case', params['id']);
        return {
          bytes: await deps.evidence.package(id),
          mediaType: 'application/json',
          headers: { 'content-disposition': `attachment; filename="case-${id}.evidence.json"` },
        };
      },
    },
  ];
}
