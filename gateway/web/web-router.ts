import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { Router, type NextFunction, type Request, type Response } from 'express';
import type { Member } from '../../chaincode/domain/registry';
import { HttpProblem, toProblem } from '../http/problem';
import type { RateLimiter } from '../http/rate-limit';
import { contextOf } from '../http/request-context';
import { isPermitted, type Caller } from '../http/roles';
import type { VerifyToken } from '../http/tokens';
import type { RouteDeps, StatementFormat } from '../routes/dependencies';
import { ownRecord } from '../routes/records';
import type { Html } from './html';
import type { PageFrame } from './layout';
import type { PageInput } from './page-deps';
import { casePage, casesPage, verificationPage } from './pages/cases';
import { orderPage } from './pages/order';
import { ordersPage } from './pages/orders';
import { errorsPage, loginPage, problemPage } from './pages/plain';
import { statementPage, statementsPage } from './pages/statements';
import { chosenLanguage, keepLanguage, localPath, pageCaller, requireOwnForm, signIn, signOut } from './session';
import { wordsOf } from './words';

export interface WebDeps {
  readonly routes: RouteDeps;
  readonly verifyToken: VerifyToken;
  readonly limiter: RateLimiter;
  readonly isDevelopment: boolean;
}

type Page = (input: PageInput, request: Request, caller: Caller) => Html | Promise<Html>;

/** The pages for people: server-rendered, two languages, nothing from elsewhere. */
export function webRouter(deps: WebDeps): Router {
  const router = Router({ caseSensitive: true });
  const { routes } = deps;
  router.use('/assets', express.static(assetFolder(), { index: false, maxAge: '1h', fallthrough: true }));
  const shown = (path: string, make: Page): void => {
    router.get(path, async (request, response) => {
      contextOf(response).route = path;
      const caller = await pageCaller(request, routes.member, deps.verifyToken);
      if (caller === undefined) {
        response.redirect(303, `/login?next=${encodeURIComponent(localPath(request.originalUrl))}`);
        return;
      }
      contextOf(response).userId = caller.userId;
      deps.limiter.take(`user:${caller.userId}`);
      const input = await pageInput(deps, request, response, caller);
      response.type('html').send((await make(input, request, caller)).toString());
    });
  };
  shown('/orders', (input, { query }) =>
    ordersPage(input, { status: text(query['status']), cursor: text(query['cursor']) }),
  );
  shown('/orders/:id', async (input, { params }) =>
    orderPage(await ownRecord(routes, 'purchaseOrder', text(params['id'])), input),
  );
  shown('/statements', (input) => statementsPage(input));
  shown('/statements/:id', async (input, { params }, caller) => {
    const record = await ownRecord(routes, 'statement', text(params['id']));
    return statementPage(record, input, isPermitted(caller, 'evidence'));
  });
  shown('/cases', (input) => casesPage(input));
  shown('/cases/:id', async (input, { params }) =>
    casePage(await ownRecord(routes, 'case', text(params['id'])), input),
  );
  shown('/cases/:id/verification', async (input, { params }, caller) => {
    requireEvidence(caller);
    const record = await ownRecord(routes, 'case', text(params['id']));
    return verificationPage(record, await routes.evidence.report(record.id), input);
  });
  downloads(router, deps);
  openPages(router, deps);
  router.use(problemPages(deps));
  return router;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function requireEvidence(caller: Caller): void {
  if (!isPermitted(caller, 'evidence')) throw new HttpProblem('ROLE_MISSING');
}

const FILE_TYPES: Readonly<Record<StatementFormat, readonly [mediaType: string, extension: string]>> = {
  jsonl: ['application/x-ndjson', 'jsonl'],
  csv: ['text/csv', 'csv'],
  camt053: ['application/xml', 'camt053.xml'],
  xlsx: ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
};

/** Files behind links of the pages; the API offers the same to programs. */
function downloads(router: Router, { routes, verifyToken }: WebDeps): void {
  const signedIn = async (request: Request, response: Response): Promise<Caller> => {
    const caller = await pageCaller(request, routes.member, verifyToken);
    if (caller === undefined) throw new HttpProblem('TOKEN_MISSING');
    contextOf(response).userId = caller.userId;
    return caller;
  };
  router.get('/statements/:id/files/:format', async (request, response) => {
    await signedIn(request, response);
    const record = await ownRecord(routes, 'statement', text(request.params['id']));
    const format = request.params['format'] as StatementFormat;
    if (!Object.hasOwn(FILE_TYPES, format)) throw new HttpProblem('ROUTE_NOT_FOUND');
    const [mediaType, extension] = FILE_TYPES[format];
    response.type(mediaType).attachment(`statement-${record.id}.${extension}`).type(mediaType);
    await pipeline(Readable.from(routes.statements.stream(record, format)), response);
  });
  router.get('/statements/:id/evidence-package', async (request, response) => {
    requireEvidence(await signedIn(request, response));
    const { id } = await ownRecord(routes, 'statement', text(request.params['id']));
    const bytes = await routes.evidence.statementPackage(id);
    sendFile(response, bytes, 'application/json', `statement-${id}.evidence.json`);
  });
  router.get('/cases/:id/evidence-package', async (request, response) => {
    requireEvidence(await signedIn(request, response));
    const record = await ownRecord(routes, 'case', text(request.params['id']));
    sendFile(response, await routes.evidence.package(record.id), 'application/json', `case-${record.id}.evidence.json`);
  });
}

function sendFile(response: Response, bytes: Uint8Array, mediaType: string, name: string): void {
  response
    .type(mediaType)
    .attachment(name)
    .type(mediaType)
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

function openPages(router: Router, deps: WebDeps): void {
  const member = deps.routes.member;
  router.get('/', (_request, response) => {
    response.redirect(303, '/orders');
  });
  router.get('/docs/errors', async (request, response) => {
    response.type('html').send(errorsPage(await frameOf(deps, request, response)).toString());
  });
  router.get('/login', async (request, response) => {
    response
      .type('html')
      .send(loginPage(await frameOf(deps, request, response), { next: localPath(request.query['next']) }).toString());
  });
  router.get('/language/:language', (request, response) => {
    keepLanguage(response, request.params['language'] === 'zh' ? 'zh' : 'en');
    response.redirect(303, localPath(request.query['back']));
  });
  router.post('/logout', (request, response) => {
    requireOwnForm(request);
    signOut(response, member);
    response.redirect(303, '/login');
  });
  router.post(
    '/login',
    express.urlencoded({ extended: false, limit: '8kb', inflate: false }),
    async (request, response) => {
      requireOwnForm(request);
      deps.limiter.take(`ip:${request.socket.remoteAddress ?? ''}`);
      const form = (request.body ?? {}) as Record<string, unknown>;
      const token = (text(form['token']) ?? '').trim().replace(/^Bearer\s+/i, '');
      const next = localPath(form['next']);
      try {
        await deps.verifyToken(token);
      } catch (error) {
        const { requestId } = contextOf(response);
        const frame = await frameOf(deps, request, response);
        const problem = toProblem(error, { language: frame.words.language, requestId, isWrite: false });
        response.status(problem.status).type('html').send(loginPage(frame, { next, problem }).toString());
        return;
      }
      signIn(response, member, token, request.secure);
      response.redirect(303, next);
    },
  );
}

async function pageInput(deps: WebDeps, request: Request, response: Response, caller?: Caller): Promise<PageInput> {
  const members = await deps.routes.registry.network().then(
    ({ members: all }) => all,
    (): readonly Member[] => [],
  );
  const language = chosenLanguage(request) ?? contextOf(response).language;
  const memberName = (mspId: string): string => {
    const found = members.find((one) => one.mspId === mspId);
    return found === undefined ? mspId : language === 'zh' ? found.nameZh : found.name;
  };
  const member = deps.routes.member;
  const frame: PageFrame = {
    words: wordsOf(language),
    member,
    memberName: memberName(member),
    path: request.originalUrl,
    isDevelopment: deps.isDevelopment,
    ...(caller === undefined ? {} : { userId: caller.userId }),
  };
  return { deps: deps.routes, frame, memberName };
}

async function frameOf(deps: WebDeps, request: Request, response: Response): Promise<PageFrame> {
  const caller = await pageCaller(request, deps.routes.member, deps.verifyToken);
  return (await pageInput(deps, request, response, caller)).frame;
}

/** Refusals of pages as pages; those of anything else go on to the API's own handler. */
function problemPages(deps: WebDeps) {
  return async (error: unknown, request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (response.headersSent || !(request.get('accept') ?? '').includes('text/html')) {
      next(error);
      return;
    }
    const frame = await frameOf(deps, request, response);
    const { requestId } = contextOf(response);
    const problem = toProblem(error, { language: frame.words.language, requestId, isWrite: false });
    if (problem.status === 500) {
      next(error);
      return;
    }
    contextOf(response).code = problem.code;
    response.status(problem.status).type('html').send(problemPage(frame, problem).toString());
  };
}

/** Beside the compiled program, or in the source tree when the assets were not copied. */
function assetFolder(): string {
  const beside = join(__dirname, 'public');
  return existsSync(beside) ? beside : join(process.cwd(), 'gateway/web/public');
}
