import type { Operation } from '../operation';
import { endClearingAgreement, joinClearingAgreement, proposeClearingAgreement } from './clearing/agreement';
import { computeClearing } from './clearing/compute';
import { confirmSettlement, refuseClearing, reportSettlement, signClearing } from './clearing/settle';

/** Multilateral clearing from countersigned statements. */
export const CLEARING_OPERATIONS = [
  proposeClearingAgreement,
  joinClearingAgreement,
  endClearingAgreement,
  computeClearing,
  signClearing,
  refuseClearing,
  reportSettlement,
  confirmSettlement,
] as unknown as readonly Operation<unknown>[];
