import { allRoutes } from '../../gateway/compose/routes';
import { openApiDocument } from '../../gateway/http/openapi/document';
import '../../gateway/http/openapi/problem-schema';
import type { RouteDeps } from '../../gateway/routes/dependencies';

/** The API's description as text; routes look at what they stand on only when they are called. */
export function apiDocument(): string {
  const routes = allRoutes({ authority: [] } as unknown as RouteDeps);
  return `${JSON.stringify(openApiDocument({ routes, member: 'a member', version: '0.1.0' }), null, 2)}\n`;
}
