import { Rejection } from '../../chaincode/domain/errors';
import type { Json } from '../../chaincode/domain/json';
import { HttpProblem } from '../http/problem';
import type { Route } from '../http/route';
import { ledgerError } from '../ports/ledger-port';
import type { RouteDeps } from './dependencies';
import { KeyBindingDto, SignaturesDto, SigningRequestDto } from './dto/finance';
import { toSent } from './finance';
import { ownRecord } from './records';
import {
  KeyBindingList,
  SentAnswer,
  SignaturesAnswer,
  SigningRequestView,
  toWriteAnswer,
  TypedDataView,
} from './views/answers';

type Input = Readonly<Record<string, unknown>>;

/** Which records an operation that parties sign works on. */
const RECORDS_OF: Readonly<Record<string, (deps: RouteDeps, input: Input) => Promise<string[]>>> = {
  proposePurchaseOrder: orderOf,
  confirmPurchaseOrder: orderOf,
  cancelPurchaseOrder: orderOf,
  despatchGoods: orderOf,
  issueInvoice: invoiceAndOrder,
  acceptInvoice: invoiceAndOrder,
  rejectInvoice: invoiceAndOrder,
  discountReceivable: async (deps, { terms }) => [
    (await ownRecord(deps, 'receivable', text((terms as Input | undefined)?.['receivable']))).id,
  ],
};

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function orderOf(deps: RouteDeps, { order }: Input): Promise<string[]> {
  return [(await ownRecord(deps, 'purchaseOrder', text(order))).id];
}

async function invoiceAndOrder(deps: RouteDeps, { invoice }: Input): Promise<string[]> {
  const record = await ownRecord(deps, 'invoice', text(invoice));
  return [record.id, String(record.groups['invoice']?.['order'])];
}

/** Acts that parties sign, and the keys they sign with. */
export function signingRoutes(deps: RouteDeps): readonly Route[] {
  return [...requestRoutes(deps), ...keyRoutes(deps)];
}

function requestRoutes(deps: RouteDeps): readonly Route[] {
  return [newRequestRoute(deps), ...openRequestRoutes(deps)];
}

function newRequestRoute(deps: RouteDeps): Route {
  return {
    method: 'post',
    path: '/v1/signing-requests',
    operationId: 'createSigningRequest',
    tag: 'signing',
    summary: 'Prepare an act for its parties to sign (EIP-712)',
    permission: 'prepare',
    body: { kind: 'json', type: SigningRequestDto },
    answer: {
      status: 201,
      description: 'What each party signs, and what it would establish.',
      type: SigningRequestView,
    },
    handle: async ({ body }) => {
      const { operation, input, validDays } = body as SigningRequestDto;
      const recordIds = (await RECORDS_OF[operation]?.(deps, input as Input)) ?? [];
      // Only this gateway and the contracts know the consortium's key.
      const full = operation === 'acceptInvoice' ? { ...input, fingerprintKey: deps.fingerprintKey } : input;
      const request = await deps.signingRequests.create({
        operation,
        input: full as unknown as Json,
        recordIds,
        ...(validDays === undefined ? {} : { validDays }),
      });
      return { status: 201, json: request, headers: { location: `/v1/signing-requests/${request.id}` } };
    },
  };
}

function openRequestRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/signing-requests/{id}',
      operationId: 'readSigningRequest',
      tag: 'signing',
      summary: 'An act and who has signed it',
      permission: 'read',
      answer: { status: 200, description: 'The request.', type: SigningRequestView },
      handle: async ({ params }) => {
        const request = await deps.signingRequests.get(params['id'] ?? '');
        if (request === undefined) throw ledgerError('rejected', 'SIGNING_REQUEST_NOT_FOUND');
        return { json: request };
      },
    },
    {
      method: 'post',
      path: '/v1/signing-requests/{id}/signatures',
      operationId: 'addSignatures',
      tag: 'signing',
      summary: 'Hand in signatures; the last one submits the act',
      permission: 'sign',
      body: { kind: 'json', type: SignaturesDto },
      answer: { status: 200, description: 'The request, and the write once all have signed.', type: SignaturesAnswer },
      handle: async ({ params, body, reference }) => {
        const { signatures } = body as SignaturesDto;
        const { request, result } = await deps.signingRequests.addSignatures(params['id'] ?? '', signatures, reference);
        if (result === undefined) return { json: { request } };
        const written = await toWriteAnswer(result, deps);
        return { json: { request, transactionId: result.transactionId, result: written } };
      },
    },
  ];
}

function bindingStep(deps: RouteDeps, name: 'attestation' | 'revocation', summary: string): Route {
  return {
    method: 'post',
    path: `/v1/key-bindings/{address}/${name}`,
    operationId: name === 'attestation' ? 'attestKeyBinding' : 'revokeKeyBinding',
    tag: 'key-bindings',
    summary,
    permission: 'administer',
    answer: { status: 200, description: 'Committed.', type: SentAnswer },
    handle: async ({ params, reference }) => {
      const address = params['address'] ?? '';
      if (!/^0x[0-9a-fA-F]{40}$/.test(address)) throw new Rejection('RECORD_NOT_FOUND');
      const { registry } = deps;
      const sent =
        name === 'attestation'
          ? await registry.attestKeyBinding(address, reference)
          : await registry.revokeKeyBinding(address, reference);
      return { json: toSent(sent) };
    },
  };
}

function keyRoutes(deps: RouteDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/v1/key-bindings',
      operationId: 'listKeyBindings',
      tag: 'key-bindings',
      summary: "Parties' signing keys",
      permission: 'read',
      answer: { status: 200, description: 'Every binding of the registry.', type: KeyBindingList },
      handle: async () => ({ json: { items: await deps.registry.bindings() } }),
    },
    {
      method: 'post',
      path: '/v1/key-bindings/typed-data',
      operationId: 'describeKeyBinding',
      tag: 'key-bindings',
      summary: 'What a key signs to prove its possession',
      permission: 'administer',
      body: { kind: 'json', type: KeyBindingDto },
      answer: { status: 200, description: 'Nothing is written.', type: TypedDataView },
      handle: async ({ body }) => {
        const { signature: _none, ...binding } = body as KeyBindingDto;
        return { json: await deps.registry.keyBindingTypedData({ ...binding, platform: deps.member }) };
      },
    },
    {
      method: 'post',
      path: '/v1/key-bindings',
      operationId: 'proposeKeyBinding',
      tag: 'key-bindings',
      summary: "Propose a party's signing key, with its proof of possession",
      permission: 'administer',
      body: { kind: 'json', type: KeyBindingDto },
      answer: { status: 200, description: 'Proposed; the bank attests it.', type: SentAnswer },
      handle: async ({ body, reference }) => {
        const { signature, ...binding } = body as KeyBindingDto;
        if (signature === undefined)
          throw new HttpProblem('FIELDS_INVALID', {}, [{ pointer: '/signature', code: 'FIELD_MISSING' }]);
        const proposal = { ...binding, signature, platform: deps.member };
        return { json: toSent(await deps.registry.proposeKeyBinding(proposal, reference)) };
      },
    },
    bindingStep(deps, 'attestation', "The bank attests a party's key"),
    bindingStep(deps, 'revocation', "Platform or bank ends a party's key"),
  ];
}
