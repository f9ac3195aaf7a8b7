import type { RejectionRow } from '../errors';

/** Refusals of the reconciliation operations. */
export const RECONCILIATION_REJECTIONS = {} as const satisfies Record<string, RejectionRow>;
