import { PERMISSIONS } from '../roles';
import type { Route } from '../route';
import { dtoSchemas, referred } from './schemas';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApiInput {
  readonly routes: readonly Route[];
  readonly member: string;
  readonly version: string;
}

/** Answers every route can give beside its own, each a problem document. */
const PROBLEMS: Readonly<Record<string, string>> = {
  400: 'The request is malformed.',
  401: 'The token is missing or not accepted.',
  403: 'Not entitled.',
  404: "Not found, or another member's.",
  409: 'Conflict with the present state.',
  413: 'Too large.',
  415: 'Media type not read here.',
  422: 'Refused by the rules.',
  429: 'Too many requests.',
  500: 'The gateway failed.',
  503: 'Unavailable; nothing was sent.',
  504: 'Sent; the outcome is not known yet.',
};

/**
 * The OpenAPI 3.1 description, made from the same classes that check the input.
 *
 * @see OpenAPI Specification 3.1.1
 */
export function openApiDocument({ routes, member, version }: OpenApiInput): Json {
  const schemas = dtoSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operation(route, schemas);
  const used = [...referred({ paths, problem: '#/components/schemas/Problem' }, schemas), 'Problem'];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Concordat gateway',
      version,
      description: `Orders, fulfilment, financing and reconciliation. Gateway of ${member}. Every POST takes an Idempotency-Key.`,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'ES256, at most 12 hours.' },
      },
      schemas: Object.fromEntries([...new Set(used)].sort().map((name) => [name, schemas[name]])),
    },
  };
}

function operation(route: Route, schemas: Readonly<Record<string, Json>>): Json {
  return {
    operationId: route.operationId,
    tags: [route.tag],
    summary: route.summary,
    description: `Roles: ${PERMISSIONS[route.permission].join(', ')}.`,
    parameters: [...pathParameters(route.path), ...queryParameters(route, schemas), ...headerParameters(route)],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: { [route.answer.status]: success(route), ...problems(route) },
    'x-roles': PERMISSIONS[route.permission],
  };
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 128 },
  }));
}

function queryParameters({ query }: Route, schemas: Readonly<Record<string, Json>>): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = (schemas[query.name] ?? {}) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ method, headers = {} }: Route): Json[] {
  const language = {
    name: 'Accept-Language',
    in: 'header',
    required: false,
    schema: { type: 'string' },
    description: 'en or zh.',
  };
  const afterBlock = {
    name: 'Concordat-After-Block',
    in: 'header',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
    description: "Block another member's change stands in: waited for before the request is looked at.",
  };
  const own = Object.entries(headers).map(([name, { pattern, description }]) => ({
    name,
    in: 'header',
    required: true,
    schema: { type: 'string', pattern: pattern.source },
    description,
  }));
  if (method !== 'post') return [...own, language, afterBlock];
  const schema = { type: 'string', minLength: 1, maxLength: 255 };
  return [
    { name: 'Idempotency-Key', in: 'header', required: true, schema, description: 'Fresh for every new write.' },
    language,
    afterBlock,
  ];
}

function requestBody(body: NonNullable<Route['body']>): Json {
  if (body.kind === 'json')
    return { required: true, content: { 'application/json': { schema: reference(body.type.name) } } };
  const binary = { schema: { type: 'string', contentEncoding: 'binary' } };
  return { required: true, content: Object.fromEntries(body.mediaTypes.map((mediaType) => [mediaType, binary])) };
}

function success({ answer, method }: Route): Json {
  const headers =
    method !== 'post'
      ? {}
      : {
          'Idempotency-Replayed': {
            description: 'true when answered from an earlier answer.',
            schema: { type: 'string' },
          },
        };
  const content =
    answer.type !== undefined
      ? { 'application/json': { schema: reference(answer.type.name) } }
      : Object.fromEntries((answer.mediaTypes ?? []).map((mediaType) => [mediaType, { schema: { type: 'string' } }]));
  return { description: answer.description, headers, content };
}

function problems({ method }: Route): Json {
  const skipped = method === 'get' ? ['413', '415', '422'] : [];
  return Object.fromEntries(
    Object.entries(PROBLEMS)
      .filter(([status]) => !skipped.includes(status))
      .map(([status, description]) => [
        status,
        { description, content: { 'application/problem+json': { schema: reference('Problem') } } },
      ]),
  );
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
