import type { RouteDeps } from '../routes/dependencies';
import type { PageFrame } from './layout';

/** What a page is made from. */
export interface PageInput {
  readonly deps: RouteDeps;
  readonly frame: PageFrame;
  /** A member's name in the page's language; the MSP id when the network does not name it. */
  readonly memberName: (mspId: string) => string;
}
