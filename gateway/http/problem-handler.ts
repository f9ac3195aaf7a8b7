import type { NextFunction, Request, Response } from 'express';
import type { Logger } from 'winston';
import { faultOf } from './logger';
import type { GatewayMetrics } from './metrics';
import { HttpProblem, toProblem } from './problem';
import { contextOf } from './request-context';

/** Turns whatever was thrown into a problem document, the only place that answers errors. */
export function problemHandler(log: Logger, metrics: GatewayMetrics) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    const context = contextOf(response);
    const problem = toProblem(error, { ...context, isWrite: request.method !== 'GET' && request.method !== 'HEAD' });
    context.code = problem.code;
    if (problem.transactionId !== undefined) context.transactionId = problem.transactionId;
    metrics.problem(problem.code);
    if (problem.status === 500)
      log.error('fault', { event: 'fault', requestId: context.requestId, route: context.route, fault: faultOf(error) });
    if (response.headersSent) {
      next(error);
      return;
    }
    if (error instanceof HttpProblem) response.set(error.headers);
    if (problem.status === 401)
      response.set('www-authenticate', problem.code === 'TOKEN_MISSING' ? 'Bearer' : 'Bearer error="invalid_token"');
    if (problem.status === 503) response.set('retry-after', '2');
    response
      .status(problem.status)
      .set('content-language', context.language)
      .type('application/problem+json')
      .json(problem);
  };
}
