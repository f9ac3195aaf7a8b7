import type { Operation } from '../operation';
import { agreeAgreement, endAgreement, proposeAgreement } from './reconciliation/agreement';
import { advanceDate, openBusinessDay, proposeDate } from './reconciliation/business-day';
import { closeDay } from './reconciliation/close-day';
import { postDue } from './reconciliation/post-due';
import { postSegments } from './reconciliation/post-segments';
import { refuseStatement, reissueStatement } from './reconciliation/reissue-statement';
import { signStatement } from './reconciliation/sign-statement';

/** Business dates, agreements, segments, statements. */
export const RECONCILIATION_OPERATIONS = [
  openBusinessDay,
  proposeDate,
  advanceDate,
  proposeAgreement,
  agreeAgreement,
  endAgreement,
  postSegments,
  postDue,
  closeDay,
  signStatement,
  refuseStatement,
  reissueStatement,
] as unknown as readonly Operation<unknown>[];
