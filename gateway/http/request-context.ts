import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'winston';
import { chooseLanguage, type Language } from './language';
import type { GatewayMetrics } from './metrics';

/** What accompanies one request through the handlers, and what its log line is made of. */
export interface RequestContext {
  readonly requestId: string;
  readonly language: Language;
  /** Pattern of the matched route, never the address itself: addresses hold ids. */
  route: string;
  code?: string;
  transactionId?: string;
  userId?: string;
}

export function contextOf(response: Response): RequestContext {
  return response.locals['context'] as RequestContext;
}

/** Gives every request its id and language, and logs and counts its answer. */
export function requestContext(log: Logger, metrics: GatewayMetrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const startedAt = performance.now();
    const asked = request.headers['x-request-id'];
    const requestId = typeof asked === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(asked) ? asked : randomUUID();
    const context: RequestContext = {
      requestId,
      language: chooseLanguage(request.headers['accept-language']),
      route: 'none',
    };
    response.locals['context'] = context;
    response.set('x-request-id', requestId);
    response.once('close', () => {
      const durationMs = Math.round(performance.now() - startedAt);
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.answered(request.method, context.route, status, durationMs / 1_000);
      const { route, code, transactionId, userId } = context;
      log.log(status >= 500 ? 'error' : 'info', 'answered', {
        event: 'request',
        method: request.method,
        route,
        status,
        durationMs,
        requestId,
        code,
        transactionId,
        userId,
      });
    });
    next();
  };
}
