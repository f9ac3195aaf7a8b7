import { provisionalStatement } from '../closing/provisional';
import type { Route } from '../http/route';
import { lastBlock } from './last-block';
import type { RouteDeps } from './dependencies';
import { ClosingDto, ProvisionalQuery } from './dto/closing';
import { CalendarBookView, ClosingStatusView, ProvisionalView, TakenSteps } from './views/closing';

/** Calendars, how days stand, and their close on demand. */
export function closingRoutes(deps: RouteDeps): readonly Route[] {
  return [calendarRoute(deps), statusRoute(deps), runRoute(deps), provisionalRoute(deps)];
}

function calendarRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/calendars/{mspId}',
    operationId: 'readCalendar',
    tag: 'business-days',
    summary: "A member's calendars that may still matter, by the date they hold from",
    permission: 'read',
    answer: { status: 200, description: 'No versions for a member that has published none.', type: CalendarBookView },
    handle: async ({ params }) => {
      const member = params['mspId'] ?? '';
      return { json: (await deps.registry.calendar(member)) ?? { member, versions: [] } };
    },
  };
}

function statusRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/business-days/{id}/closing',
    operationId: 'readClosing',
    tag: 'business-days',
    summary: "When a pair's open date ends, and what is this member's to do",
    permission: 'read',
    answer: { status: 200, description: 'As both calendars and the own index have it.', type: ClosingStatusView },
    handle: async ({ params }) => ({ json: await deps.closing.status(params['id'] ?? '') }),
  };
}

function runRoute(deps: RouteDeps): Route {
  return {
    method: 'post',
    path: '/v1/business-days/{id}/closing',
    operationId: 'runClosing',
    tag: 'business-days',
    summary: 'Move the date on after its cut-off, close what is over and sign, as far as it is this member’s turn',
    permission: 'reconcile',
    body: { kind: 'json', type: ClosingDto },
    answer: { status: 200, description: 'The steps taken; none when there is nothing to do.', type: TakenSteps },
    handle: async ({ params, body }) => {
      const { beforeCutOff = false } = body as ClosingDto;
      const steps = await deps.closing.run(params['id'] ?? '', beforeCutOff);
      const items = steps.map(({ blockNumber: _, ...step }) => step);
      return { json: { items, ...lastBlock(steps.map(({ blockNumber }) => blockNumber)) } };
    },
  };
}

function provisionalRoute(deps: RouteDeps): Route {
  return {
    method: 'get',
    path: '/v1/business-days/{id}/provisional',
    operationId: 'readProvisional',
    tag: 'statements',
    summary: 'How the open date stands: totals so far, unsigned',
    permission: 'read',
    query: ProvisionalQuery,
    answer: { status: 200, description: 'Will change until the date is closed.', type: ProvisionalView },
    handle: async ({ params, query }) => {
      const { currency } = query as ProvisionalQuery;
      const businessDay = params['id'] ?? '';
      return { json: await provisionalStatement(deps.index, deps.member, { businessDay, currency }) };
    },
  };
}
