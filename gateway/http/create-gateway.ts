import express, { type Express, type Router } from 'express';
import helmet from 'helmet';
import type { Logger } from 'winston';
import { docsUi } from './docs-ui';
import { readiness, type HealthSources } from './health';
import type { GatewayMetrics } from './metrics';
import { mountRoutes, type MountDeps } from './mount';
import { openApiDocument } from './openapi/document';
import './openapi/problem-schema';
import { LedgerError } from '../ports/ledger-port';
import { HttpProblem } from './problem';
import { problemHandler } from './problem-handler';
import { contextOf, requestContext } from './request-context';
import type { Route } from './route';

export interface GatewayDeps extends Omit<MountDeps, 'metrics'> {
  readonly version: string;
  readonly routes: readonly Route[];
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
  readonly health: HealthSources;
  /** The web pages; absent in tests of the API alone. */
  readonly web?: Router;
}

/** No script, style, image or form target from anywhere but this gateway, and nothing inline. */
const POLICY = {
  useDefaults: false,
  directives: {
    'default-src': ["'none'"],
    'style-src': ["'self'"],
    'script-src': ["'self'"],
    'img-src': ["'self'"],
    'font-src': ["'self'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    'base-uri': ["'none'"],
  },
};

/** One member's HTTP service, not listening yet. */
export function createGateway(deps: GatewayDeps): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(requestContext(deps.log, deps.metrics));
  app.use(
    helmet({
      contentSecurityPolicy: POLICY,
      strictTransportSecurity: false,
      referrerPolicy: { policy: 'same-origin' },
    }),
  );
  app.use((_request, response, next) => {
    response.set('cache-control', 'no-store').vary('Accept-Language');
    next();
  });
  app.use(operatorRoutes(deps));
  app.use(docsUi());
  app.use((_request, _response, next) => {
    if (deps.health.isStopping()) throw new LedgerError('unavailable', 'GATEWAY_STOPPING', 'the gateway is stopping');
    next();
  });
  app.use(mountRoutes(deps.routes, deps));
  if (deps.web !== undefined) app.use(deps.web);
  app.use(() => {
    throw new HttpProblem('ROUTE_NOT_FOUND');
  });
  app.use(problemHandler(deps.log, deps.metrics));
  return app;
}

function operatorRoutes(deps: GatewayDeps): Router {
  const router = express.Router();
  const document = openApiDocument({ routes: deps.routes, member: deps.member, version: deps.version });
  const named = (path: string, handle: express.RequestHandler): void => {
    router.get(path, (request, response, next) => {
      contextOf(response).route = path;
      return handle(request, response, next);
    });
  };
  named('/openapi.json', (_request, response) => {
    response.json(document);
  });
  named('/livez', (_request, response) => {
    response.json({ status: 'live' });
  });
  named('/readyz', async (_request, response) => {
    const checks = await readiness(deps.health);
    const ready = checks.every(({ ok }) => ok);
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'not ready', checks });
  });
  named('/metrics', async (_request, response) => {
    response.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics());
  });
  return router;
}
