import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { StoredResponse } from '../ports/local-stores';
import type { TransactionView } from '../services/transactions';
import { readBody, type ReadBody } from './body';
import { IdempotentWrites, idempotencyKey, referenceOf, type IdempotencyDeps } from './idempotency';
import type { GatewayMetrics } from './metrics';
import { HttpProblem } from './problem';
import type { RateLimiter } from './rate-limit';
import { contextOf } from './request-context';
import { PERMISSIONS, isPermitted, type Caller } from './roles';
import type { Answer, Call, Route } from './route';
import type { VerifyToken } from './tokens';
import { isReservedName, parseJsonBody, pointerToken } from './validation/json-body';
import { validated } from './validation/validate';

/** Header that names a block to wait for before the request is looked at. */
export const AFTER_BLOCK = 'concordat-after-block';

export interface MountDeps {
  readonly member: string;
  readonly verifyToken: VerifyToken;
  readonly limiter: RateLimiter;
  readonly idempotency: IdempotencyDeps;
  readonly metrics: GatewayMetrics;
  /** Where large bodies lie while they are worked on. */
  readonly spoolFolder: string;
  /** Resolves once the own index has this block. @throws LedgerError unavailable (INDEX_BEHIND). */
  readonly waitForBlock: (block: bigint) => Promise<void>;
  /** What a write whose answer was lost became: made from its transaction and the index. */
  readonly recover: (transaction: TransactionView, recordId: string | undefined) => Promise<unknown>;
}

/** The router of a route table: authentication, role, limits, body, validation and idempotency, in this order, for every row. */
export function mountRoutes(routes: readonly Route[], deps: MountDeps): Router {
  const router = Router({ caseSensitive: true });
  const writes = new IdempotentWrites(deps.idempotency);
  for (const route of routes) router[route.method](expressPath(route.path), handler(route, deps, writes));
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = routes
      .filter((route) => route.path === path)
      .map(({ method }) => method.toUpperCase())
      .join(', ');
    router.all(expressPath(path), (_request, response) => {
      contextOf(response).route = path;
      throw new HttpProblem('METHOD_NOT_ALLOWED', {}, [], { allow });
    });
  }
  return router;
}

function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function handler(route: Route, deps: MountDeps, writes: IdempotentWrites): RequestHandler {
  return async (request, response) => {
    contextOf(response).route = route.path;
    const caller = await authenticate(request, response, deps);
    if (!isPermitted(caller, route.permission))
      throw new HttpProblem('ROLE_MISSING', { roles: PERMISSIONS[route.permission].join(', ') });
    const query = validatedQuery(route, request);
    const headers = namedHeaders(route, request);
    await waitForNamedBlock(request, deps);
    if (route.method === 'get') {
      await send(response, await route.handle({ ...noBody(request, response, caller), query, headers }));
      return;
    }
    const isKeyed = route.method === 'post';
    const key = isKeyed ? idempotencyKey(request.get('idempotency-key')) : '';
    const body = await readBody(request, route.body, deps.spoolFolder);
    try {
      const call = { ...callOf({ route, request, response, caller, body, key, member: deps.member }), query, headers };
      if (isKeyed) await write(call, { route, request, response, body, key, deps, writes });
      else await send(response, await route.handle(call));
    } finally {
      await body.release();
    }
  };
}

/**
 * A caller who acts on another member's change names the block it stands in: the own index waits for it first.
 *
 * @throws HttpProblem FIELDS_INVALID; LedgerError unavailable (INDEX_BEHIND).
 */
async function waitForNamedBlock(request: Request, deps: MountDeps): Promise<void> {
  const named = request.get(AFTER_BLOCK);
  if (named === undefined) return;
  if (!/^\d{1,15}$/.test(named))
    throw new HttpProblem('FIELDS_INVALID', {}, [{ pointer: AFTER_BLOCK, code: 'FIELD_PATTERN' }]);
  await deps.waitForBlock(BigInt(named));
}

async function authenticate(request: Request, response: Response, deps: MountDeps): Promise<Caller> {
  const token = /^Bearer ([^\s]+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (token === undefined) {
    deps.limiter.take(`ip:${request.socket.remoteAddress ?? ''}`);
    throw new HttpProblem('TOKEN_MISSING');
  }
  const caller = await deps.verifyToken(token).catch((error: unknown) => {
    deps.limiter.take(`ip:${request.socket.remoteAddress ?? ''}`);
    throw error;
  });
  contextOf(response).userId = caller.userId;
  deps.limiter.take(`user:${caller.userId}`);
  return caller;
}

function validatedQuery({ query }: Route, request: Request): object {
  const given = request.query as Record<string, unknown>;
  const extra = Object.keys(given).find((name) => query === undefined || isReservedName(name));
  if (extra !== undefined)
    throw new HttpProblem('FIELDS_INVALID', {}, [{ pointer: `?${pointerToken(extra)}`, code: 'FIELD_UNKNOWN' }]);
  return query === undefined ? {} : queryFields(() => validated(query, given));
}

/** Query problems point at `?name`, since there is no document to point into. */
function queryFields<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    throw new HttpProblem(
      error.code,
      error.details,
      error.errors.map((one) => ({ ...one, pointer: `?${one.pointer.slice(1)}` })),
    );
  }
}

/** @throws HttpProblem FIELDS_INVALID with the header's name. */
function namedHeaders({ headers = {} }: Route, request: Request): Record<string, string> {
  const given = Object.entries(headers).map(([name, { pattern }]) => ({ name, pattern, value: request.get(name) }));
  const problems = given.flatMap(({ name, pattern, value }) => {
    if (value === undefined) return [{ pointer: name, code: 'FIELD_MISSING' }];
    return pattern.test(value) ? [] : [{ pointer: name, code: 'FIELD_PATTERN' }];
  });
  if (problems.length > 0) throw new HttpProblem('FIELDS_INVALID', {}, problems);
  return Object.fromEntries(given.map(({ name, value = '' }) => [name, value]));
}

function noBody(request: Request, response: Response, caller: Caller): Call {
  return {
    params: request.params as Record<string, string>,
    query: {},
    headers: {},
    body: {},
    bytes: Buffer.alloc(0),
    mediaType: '',
    caller,
    reference: '',
    language: contextOf(response).language,
  };
}

/** The body of a route that takes none: nothing, or an empty object. */
function requireNoFields(body: object): void {
  const problems = Object.keys(body).map((name) => ({
    pointer: `/${pointerToken(name)}`,
    code: 'FIELD_UNKNOWN' as const,
  }));
  if (problems.length > 0) throw new HttpProblem('FIELDS_INVALID', {}, problems);
}

interface CallInput {
  readonly route: Route;
  readonly request: Request;
  readonly response: Response;
  readonly caller: Caller;
  readonly body: ReadBody;
  readonly key: string;
  readonly member: string;
}

function callOf({ route, request, response, caller, body, key, member }: CallInput): Call {
  const dto = route.body?.kind === 'json' ? validated(route.body.type, parseJsonBody(body.bytes)) : {};
  if (route.body === undefined && body.bytes.byteLength > 0) requireNoFields(parseJsonBody(body.bytes));
  return {
    ...noBody(request, response, caller),
    body: dto,
    bytes: body.bytes,
    mediaType: body.mediaType,
    reference: referenceOf({ scope: scopeOf(member, caller), key }),
    ...(body.upload === undefined ? {} : { upload: body.upload }),
  };
}

function scopeOf(member: string, caller: Caller): string {
  return `${member}:${caller.userId}`;
}

interface WriteInput {
  readonly route: Route;
  readonly request: Request;
  readonly response: Response;
  readonly body: ReadBody;
  readonly key: string;
  readonly deps: MountDeps;
  readonly writes: IdempotentWrites;
}

async function write(call: Call, { route, request, response, body, key, deps, writes }: WriteInput): Promise<void> {
  const requestSha256 = createHash('sha256')
    .update(`${request.method}\n${request.originalUrl}\n${body.mediaType}\n${body.sha256}`)
    .digest('hex');
  const { response: stored, replayed } = await writes.run(
    { scope: scopeOf(deps.member, call.caller), key, requestSha256 },
    {
      resumes: route.body?.kind === 'upload',
      work: async () => toStored(await route.handle(call)),
      recover: async (transaction) => toStored({ json: await deps.recover(transaction, call.params['id']) }),
    },
  );
  if (replayed) {
    deps.metrics.replays.inc();
    response.set('idempotency-replayed', 'true');
  }
  sendStored(response, stored);
}

function toStored({ status = 200, headers = {}, json }: Answer): StoredResponse {
  return { status, headers, body: JSON.stringify(json ?? {}) };
}

/** Where an answer names its transaction: a field of the outermost object, first or not. */
const TRANSACTION_ID = /"transactionId":"([0-9a-f]{64})"/;

function sendStored(response: Response, { status, headers, body }: StoredResponse): void {
  const transactionId = TRANSACTION_ID.exec(body)?.[1];
  if (transactionId !== undefined) contextOf(response).transactionId = transactionId;
  response
    .status(status)
    .set({ ...headers })
    .type('json')
    .send(body);
}

async function send(response: Response, answer: Answer): Promise<void> {
  const { status = 200, headers = {}, json, bytes, stream, mediaType } = answer;
  response.status(status).set({ ...headers });
  if (stream !== undefined) await sendStream(response, stream, mediaType ?? 'application/octet-stream');
  else if (bytes === undefined) response.json(json);
  else
    response
      .type(mediaType ?? 'application/octet-stream')
      .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/** What fails before the first chunk is told as a problem; after it the connection breaks, so that nobody takes a part for all. */
async function sendStream(response: Response, stream: AsyncIterable<Uint8Array>, mediaType: string): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]();
  const first = await chunks.next();
  response.type(mediaType);
  await pipeline(Readable.from(rest(first, chunks)), response);
}

async function* rest(first: IteratorResult<Uint8Array>, chunks: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  for (let next = first; next.done !== true; next = await chunks.next()) yield next.value;
}
