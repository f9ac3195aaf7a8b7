import type { RejectionRow } from '../errors';

/** Refusals of the finance operations. */
export const FINANCE_REJECTIONS = {
} as const satisfies Record<string, RejectionRow>;
