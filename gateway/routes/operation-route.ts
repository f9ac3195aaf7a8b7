import type { Json } from '../../chaincode/domain/json';
import type { BodyShape, Call, Route } from '../http/route';
import type { Permission } from '../http/roles';
import type { DtoClass } from '../http/validation/validate';
import type { RouteDeps } from './dependencies';
import { toWriteAnswer, WriteAnswer } from './views/answers';

/** What one route hands to the operations service. */
export interface OperationInput {
  readonly input: Json;
  readonly recordIds: readonly string[];
  readonly actsOn?: readonly string[];
}

/** A route that runs one operation of `records`. */
export interface OperationRow {
  readonly operation: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly permission: Permission;
  readonly body?: DtoClass;
  /** Type of the record the answer shows; the collection it is found under, when the route creates one. */
  readonly shows?: string;
  readonly createdUnder?: string;
  /** May look records up, to name those the operation needs. @throws Rejection RECORD_NOT_FOUND. */
  readonly build: (call: Call) => OperationInput | Promise<OperationInput>;
}

/** Makes the route of an operation: parse, call, answer 201 with the place of what was created. */
export function operationRoute(row: OperationRow, deps: RouteDeps): Route {
  const { operation, path, tag, summary, permission, body, shows, createdUnder } = row;
  const shape: { body?: BodyShape } = body === undefined ? {} : { body: { kind: 'json', type: body } };
  const status = createdUnder === undefined ? 200 : 201;
  return {
    method: 'post',
    path,
    operationId: operation,
    tag,
    summary,
    permission,
    ...shape,
    answer: { status, description: 'Committed and indexed here.', type: WriteAnswer },
    handle: async (call) => {
      const built = await row.build(call);
      const result = await deps.operations.submit({ operation, ...built, reference: call.reference });
      const json = await toWriteAnswer(result, deps, shows);
      const location =
        createdUnder === undefined || json.record === undefined
          ? {}
          : { location: `/v1/${createdUnder}/${json.record.id}` };
      return { status, json, headers: location };
    },
  };
}

/** A DTO as the plain JSON it came as. */
export function plain(body: object): Json {
  return body as unknown as Json;
}
