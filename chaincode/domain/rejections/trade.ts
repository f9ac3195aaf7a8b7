import type { RejectionRow } from '../errors';

/** Refusals of the trade operations. */
export const TRADE_REJECTIONS = {
} as const satisfies Record<string, RejectionRow>;
